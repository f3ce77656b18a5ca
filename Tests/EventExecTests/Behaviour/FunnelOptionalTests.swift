import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: optional steps are counted and listed as following each attempt by hand does. Method: random streams and steps.
struct FunnelOptionalTests {
    @Test("optional steps: users, and the times of each conversion, are those of the reference")
    func optionalSteps() throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed &* 104_729)
            let stream = RandomEvents(seed: seed)
            let required = ["a", "b", "c"].shuffled(using: &random).prefix(2)
            let others = [("d", 1), (["a", "b", "c", "d"].randomElement(using: &random)!, 1), ("d", 2)]
            let optionals = others.filter { _ in Bool.random(using: &random) }
            let window = Int64.random(in: 1...6, using: &random) * 10 * RandomEvents.second
            var reference = ReferenceFunnel(steps: required.map { name in { $0.name == name } }, windowMicros: window)
            reference.tiesAreStrict = Bool.random(using: &random)
            var steps: [String] = []
            for (place, name) in required.enumerated() {
                steps.append("s\(place): '\(name)'")
                for (index, optional) in optionals.enumerated() where optional.1 == place + 1 {
                    steps.append("o\(index): '\(optional.0)' OPTIONAL")
                }
            }
            let text =
                "FUNNEL FROM events STEPS \(steps.joined(separator: ", ")) WITHIN \(window / RandomEvents.second) SECONDS"
                + " TIES \(reference.tiesAreStrict ? "STRICT" : "ANY")"
            var users = Array(repeating: 0, count: steps.count)
            var conversions: [String] = []
            for rows in stream.persons.values {
                let times = reference.attempt(of: rows)
                if times.isEmpty { continue }
                let passed = reference.passed(
                    times, rows, optionals.map { name, after in ({ $0.name == name }, after) })
                let all = steps.map { step -> Int64? in
                    let place = Int(String(step.dropFirst().prefix(1)))!
                    return step.hasPrefix("o") ? passed[place] : place < times.count ? times[place] : nil
                }
                for (step, time) in all.enumerated() where time != nil { users[step] += 1 }
                if times.count == 2 {
                    conversions.append(
                        all.map { $0.map { TimestampText.print(micros: $0) } ?? "-" }.joined(separator: " "))
                }
            }
            let run = BehaviourRun(stream.snapshot)
            #expect(try run.text(text, columns: ["users"]) == users.map(String.init), "seed \(seed): \(text)")
            let names = steps.map { String($0.prefix(2)) + "_at" }
            let found = try run.text(text + " LIST TIMES", columns: names)
            #expect(found.sorted() == conversions.sorted(), "seed \(seed): \(text)")
            let dropped = try run.text(text + " LIST USERS DROPPED AFTER s0", columns: ["user_id"])
            let reached = stream.persons.values.count { reference.attempt(of: $0).count == 1 }
            #expect(dropped.count == reached, "seed \(seed): \(text)")
        }
    }

    @Test("of attempts that are equal in all required steps, the one with the most optional steps is reported")
    func optionalUnderHold() throws {
        var events: [TestEvent] = []
        for item in Int64(0)..<9 {
            let property = ["n": Value.int64(item)]
            events.append(TestEvent("u", BehaviourRun.minute(0), "a", property))
            events.append(TestEvent("u", BehaviourRun.minute(9), "c", property))
            if item == 4 { events.append(TestEvent("u", BehaviourRun.minute(5), "b", property)) }
        }
        let text = "FUNNEL FROM events STEPS 'a', 'b' OPTIONAL, 'c' WITHIN 1 HOUR HOLD n"
        #expect(try BehaviourRun(events).text(text, columns: ["users"]) == ["1", "1", "1"])
    }
}
