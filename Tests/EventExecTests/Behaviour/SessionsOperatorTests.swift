import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: SESSIONS equals what cutting each person's rows by hand gives, under every rule; TIMELINE shows each row once.
struct SessionsOperatorTests {
    @Test("random streams and rules give the reference's sessions")
    func equalsReference() throws {
        for seed in UInt64(1)...400 {
            var random = SeededRandom(seed: seed &* 19)
            let stream = RandomEvents(seed: seed, rowsPerUser: 10, instants: 14)
            var reference = ReferenceSessions()
            var text = "SESSIONS FROM events"
            let usesID = Int.random(in: 0..<3, using: &random) == 0
            if usesID {
                text += " USING n"
                reference.identifier = { $0.number.map { "\($0)" } }
            } else if Bool.random(using: &random) {
                let gap = [0, 10, 25].randomElement(using: &random)!
                text += " GAP \(gap) SECONDS"
                reference.gap = Int64(gap) * RandomEvents.second
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                text += " START 'a' OR 'b' WHERE n > 0"
                reference.opens = { ($0.name == "a" || $0.name == "b") && ($0.number ?? 0) > 0 }
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                text += " END 'b'"
                reference.ends = { $0.name == "b" }
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                text += " MAXIMUM 40 SECONDS"
                reference.maximum = 40 * RandomEvents.second
            }
            reference.value = { "\($0.number ?? -1)" }
            text += " BREAKDOWN n"
            let expected = stream.persons.flatMap { person, rows in
                reference.sessions(rows).map { session in
                    let (first, last) = (session[0], session[session.count - 1])
                    return [
                        person, usesID ? "\(first.number ?? -1)" : "-", TimestampText.print(micros: first.time),
                        TimestampText.print(micros: last.time), "\((last.time - first.time) / RandomEvents.second)",
                        "\(session.count)", first.name ?? "-", last.name ?? "-", "\(first.number ?? -1)",
                    ].joined(separator: " ")
                }
            }
            let columns = ["started_at", "ended_at", "seconds", "events", "first_event", "last_event", "breakdown"]
            let run = BehaviourRun(stream.snapshot)
            let found = try run.text(text, columns: ["user_id"] + (usesID ? ["session_id"] : []) + columns)
            let shown = usesID ? found : found.map { $0.replacing(" ", with: " - ", maxReplacements: 1) }
            #expect(shown.sorted() == expected.sorted(), "seed \(seed): \(text)")
            let together = MemorySnapshot(
                groups: [stream.groups.flatMap { $0 }.reversed()], merges: stream.merges)
            let again = try BehaviourRun(together).text(text, columns: ["user_id", "session"] + columns)
            #expect(try Set(run.text(text, columns: ["user_id", "session"] + columns)) == Set(again), "seed \(seed)")
        }
    }

    @Test("a timeline has every row of the person, whichever id is asked for")
    func timeline() throws {
        for seed in UInt64(1)...100 {
            let stream = RandomEvents(seed: seed, rowsPerUser: 10, instants: 14)
            let run = BehaviourRun(stream.snapshot)
            for (person, rows) in stream.persons {
                let expected = rows.map { row in
                    let name = row.name ?? "-"
                    return "\(TimestampText.print(micros: row.time)) \(name) \(row.user!) {\"n\":\(row.number!)}"
                }
                let columns = ["timestamp", "event_name", "user_id", "properties"]
                let found = try run.text("TIMELINE '\(person)'", columns: columns)
                #expect(found.sorted() == expected.sorted(), "seed \(seed), \(person)")
                let times = try run.text("TIMELINE '\(person)'", columns: ["timestamp"])
                #expect(times == times.sorted())
                for (id, owner) in stream.merges where owner == person && stream.snapshot.ordinal(ofUser: id) != nil {
                    #expect(try run.text("TIMELINE '\(id)'", columns: columns) == found, "seed \(seed), \(id)")
                }
            }
        }
    }
}
