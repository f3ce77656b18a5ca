import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: STICKINESS and LIFECYCLE equal what looking at each person's periods gives, with merged identities, ties and
/// overlapping row groups.
struct ActivityOperatorTests {
    private static let units: [(String, ReferenceRetention.Unit, Int64)] = [
        ("HOUR", .hour, 1300), ("DAY", .day, 30_000), ("WEEK", .week, 200_000), ("MONTH", .month, 900_000),
        ("QUARTER", .quarter, 2_700_000), ("YEAR", .year, 9_000_000),
    ]

    private static func selector(_ random: inout SeededRandom) -> (String, (TestEvent) -> Bool) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: ("", { _ in true })
        case 1: (" OF 'a' OR 'b'", { $0.name == "a" || $0.name == "b" })
        default: (" OF ANY EVENT WHERE n > 1", { ($0.number ?? 0) > 1 })
        }
    }

    /// Some day inside the stream, as text and as an instant.
    private static func day(_ random: inout SeededRandom) -> (String, Int64) {
        let day =
            CalendarMath.day(ofMicros: 1_700_000_000 * RandomEvents.second) + Int32.random(in: 1...4, using: &random)
        return (TimestampText.print(day: Int(day)), CalendarMath.micros(ofDay: day))
    }

    @Test("random stickiness gives the reference's people")
    func stickiness() throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed &* 91)
            let (unit, kind, step) = Self.units.randomElement(using: &random)!
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: step)
            let (of, isWanted) = Self.selector(&random)
            var reference = ReferenceActivity(unit: kind, isWanted: isWanted)
            reference.minimum = Int.random(in: 1...2, using: &random)
            var text = "STICKINESS FROM events\(of) EVERY \(unit) MINIMUM \(reference.minimum)"
            if Bool.random(using: &random) {
                let (day, start) = Self.day(&random)
                text += " WHERE timestamp >= '\(day)'"
                reference.isWanted = { isWanted($0) && $0.time >= start }
            }
            let people = reference.stickiness(stream.persons)
            let run = BehaviourRun(stream.snapshot)
            let listed = try run.text(
                text.replacing("EVERY", with: "LIST USERS EVERY"), columns: ["periods", "user_id"])
            #expect(
                Set(listed) == Set(people.flatMap { count, users in users.map { "\(count) \($0)" } }), "seed \(seed)")
            let total = people.values.reduce(0) { $0 + $1.count }
            let most = people.keys.max() ?? 0
            let exact = (0..<most).map { "\($0 + 1) \(people[$0 + 1]?.count ?? 0)" }
            #expect(try run.text(text, columns: ["periods", "users"]) == exact, "seed \(seed): \(text)")
            let atLeast = (0..<most).map { below in
                "\(below + 1) \(people.filter { $0.key > below }.values.reduce(0) { $0 + $1.count })"
            }
            let cumulative = try run.run(text.replacing("EVERY", with: "CUMULATIVE EVERY"))
            #expect(cumulative.rows.map { "\(BehaviourRun.text($0[0])) \(BehaviourRun.text($0[1]))" } == atLeast)
            for row in cumulative.rows {
                guard case .int64(let users) = row[1] else { continue }
                #expect(row[2] == .double(Double(users) / Double(total)))
            }
        }
    }

    @Test("random lifecycles give the reference's people in every cell; history before the range counts")
    func lifecycle() throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed &* 17)
            let (unit, kind, step) = Self.units.randomElement(using: &random)!
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: step)
            let (of, isWanted) = Self.selector(&random)
            let reference = ReferenceActivity(unit: kind, isWanted: isWanted)
            var text = "LIFECYCLE FROM events\(of) EVERY \(unit)"
            let times = stream.groups.joined().map(\.time)
            var first = times.min() ?? 0
            if Bool.random(using: &random) {
                let (day, start) = Self.day(&random)
                text += " WHERE timestamp >= '\(day)'"
                first = max(first, start)
            }
            var expected: [String] = []
            var cells: Set<String> = []
            var period = reference.calendar.periodStart(of: first)
            let last = times.max() ?? 0
            while first <= last, period <= last {
                let label =
                    unit == "HOUR"
                    ? TimestampText.print(micros: period) : String(TimestampText.print(micros: period).prefix(10))
                let statuses = reference.statuses(stream.persons, in: period)
                let numbers = ["new", "returning", "resurrecting", "dormant"].map { "\(statuses[$0]?.count ?? 0)" }
                for (status, users) in statuses { cells.formUnion(users.map { "\(label) \(status) \($0)" }) }
                period = reference.calendar.nextPeriod(after: period)
                expected.append("\(label) \(numbers.joined(separator: " ")) \(period <= last)")
            }
            let run = BehaviourRun(stream.snapshot)
            let columns = ["period", "new", "returning", "resurrecting", "dormant", "complete"]
            #expect(try run.text(text, columns: columns) == expected, "seed \(seed): \(text)")
            let listed = try run.text(
                text.replacing("EVERY", with: "LIST USERS EVERY"), columns: ["period", "status", "user_id"])
            #expect(Set(listed) == cells && listed.count == cells.count, "seed \(seed): \(text)")
        }
    }

    @Test("breakdowns add up, and do not depend on how rows lie")
    func breakdowns() throws {
        for seed in UInt64(1)...80 {
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: 30_000, withMerges: false)
            let together = MemorySnapshot(groups: [stream.groups.flatMap { $0 }.reversed()])
            let run = BehaviourRun(stream.snapshot)
            let plain = try run.text("LIFECYCLE FROM events", columns: ["period", "new", "dormant"])
            for attribute in ["ENTRY", "FIRST", "LAST", "ALL"] {
                let clause = " BREAKDOWN n ATTRIBUTE \(attribute) TOP 2"
                for (text, columns) in [
                    ("STICKINESS FROM events", ["breakdown", "periods", "users"]),
                    ("LIFECYCLE FROM events", ["breakdown", "period", "new", "dormant"]),
                ] {
                    let rows = try run.text(text + clause, columns: columns)
                    #expect(
                        try rows == BehaviourRun(together).text(text + clause, columns: columns),
                        "seed \(seed): \(text + clause)")
                    if attribute == "ALL" || columns.count == 3 { continue }
                    var sums: [String: (Int, Int)] = [:]
                    for row in rows {
                        let words = row.split(separator: " ").map(String.init)
                        sums[words[1], default: (0, 0)].0 += Int(words[2])!
                        sums[words[1], default: (0, 0)].1 += Int(words[3])!
                    }
                    #expect(
                        plain.allSatisfy { row in
                            let words = row.split(separator: " ").map(String.init)
                            let sum = sums[words[0]] ?? (0, 0)
                            return "\(sum.0)" == words[1] && "\(sum.1)" == words[2]
                        }, "seed \(seed): \(clause)")
                }
            }
        }
    }
}
