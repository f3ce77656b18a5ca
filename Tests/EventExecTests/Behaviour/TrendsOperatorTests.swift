import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: every cell of TRENDS equals what looking at all rows gives: measures, windows, breakdowns, periods without rows.
struct TrendsOperatorTests {
    private struct Series {
        var text: String
        var isWanted: (TestEvent) -> Bool
        var over: Int64?
        var value: ([(person: String?, event: TestEvent)]) -> Value
    }

    private static let units: [(String, ReferenceRetention.Unit, Int64)] = [
        ("HOUR", .hour, 1300), ("DAY", .day, 30_000), ("WEEK", .week, 200_000), ("MONTH", .month, 900_000),
        ("QUARTER", .quarter, 2_700_000), ("YEAR", .year, 9_000_000),
    ]

    private static func series(_ random: inout SeededRandom) -> Series {
        func number(_ rows: [(person: String?, event: TestEvent)]) -> [Double] {
            rows.compactMap { $0.event.number.map(Double.init) }
        }
        let measures: [(String, ([(person: String?, event: TestEvent)]) -> Value)] = [
            ("COUNT", { .int64(Int64($0.count)) }),
            ("USERS", { .int64(Int64(Set($0.compactMap(\.person)).count)) }),
            ("SUM(n)", { .double(number($0).reduce(0, +)) }),
            ("AVG(n)", { number($0).isEmpty ? .null : .double(number($0).reduce(0, +) / Double(number($0).count)) }),
            ("MIN(n)", { number($0).min().map { .double($0) } ?? .null }),
            ("MAX(n)", { number($0).max().map { .double($0) } ?? .null }),
            (
                "QUANTILE(n, 0.75)",
                {
                    let sorted = number($0).sorted()
                    if sorted.isEmpty { return .null }
                    // Every gap between neighbours is cut into four; the place is so many quarters behind the first.
                    let (rank, quarters) = (3 * (sorted.count - 1)).quotientAndRemainder(dividingBy: 4)
                    let upper = sorted[min(rank + 1, sorted.count - 1)]
                    return .double((sorted[rank] * Double(4 - quarters) + upper * Double(quarters)) / 4)
                }
            ),
            (
                "MEDIAN(n)",
                {
                    let sorted = number($0).sorted()
                    if sorted.isEmpty { return .null }
                    return .double((sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2)
                }
            ),
        ]
        let (measure, value) = measures.randomElement(using: &random)!
        let selectors: [(String, (TestEvent) -> Bool)] = [
            ("ANY EVENT", { _ in true }), ("'a' OR 'c'", { $0.name == "a" || $0.name == "c" }),
            ("'b' WHERE n > 0", { $0.name == "b" && ($0.number ?? 0) > 0 }),
        ]
        let (selector, isWanted) = selectors.randomElement(using: &random)!
        let windows: [(String, Int64)] = [("1 HOURS", 1), ("36 HOURS", 36), ("7 DAYS", 168), ("30 DAYS", 720)]
        let over = Bool.random(using: &random) ? windows.randomElement(using: &random) : nil
        return Series(
            text: "\(measure) OF \(selector)" + (over.map { " OVER \($0.0)" } ?? ""), isWanted: isWanted,
            over: over.map { $0.1 * CalendarMath.microsPerHour }, value: value)
    }

    @Test("random series give the reference's cells")
    func equalsReference() throws {
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed &* 53)
            let (unit, kind, step) = Self.units.randomElement(using: &random)!
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: step)
            var reference = ReferenceTrends(unit: kind, groups: stream.groups, merges: stream.merges)
            let series = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.series(&random) }
            let list = series.enumerated().map { "s\($0.offset): \($0.element.text)" }.joined(separator: ", ")
            var text = "TRENDS FROM events SERIES \(list) EVERY \(unit)"
            if Bool.random(using: &random) {
                let day = CalendarMath.day(ofMicros: 1_700_000_000 * RandomEvents.second)
                let low =
                    CalendarMath.micros(ofDay: day) + Int64.random(in: 0..<60, using: &random)
                    * CalendarMath.microsPerHour
                let high = low + Int64.random(in: 1..<200, using: &random) * CalendarMath.microsPerHour
                reference.timeRange = low...high
                text +=
                    " WHERE timestamp BETWEEN '\(TimestampText.print(micros: low))' AND '\(TimestampText.print(micros: high))'"
            }
            let result = try BehaviourRun(stream.snapshot).run(text)
            let expected = reference.periods.map { period -> [Value] in
                let label: Value =
                    kind == .hour ? .timestamp(period) : .date(Int64(CalendarMath.day(ofMicros: period)))
                return [label] + series.map { $0.value(reference.rows(in: period, over: $0.over, $0.isWanted)) }
                    + [.bool(reference.isComplete(period))]
            }
            #expect(result.rows == expected, "seed \(seed): \(text)")
        }
    }

    @Test("a breakdown's lines are those of its values, and the rest is counted together")
    func breakdowns() throws {
        for seed in UInt64(1)...100 {
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: 30_000)
            let run = BehaviourRun(stream.snapshot)
            let text = "TRENDS FROM events SERIES x: COUNT OF ANY EVENT, y: USERS OF 'a' OR 'b' OVER 3 DAYS EVERY DAY"
            let columns = ["breakdown", "period", "x", "y", "complete"]
            let all = try run.text(text + " BREAKDOWN n", columns: columns)
            for value in 0..<4 {
                let alone = try run.text(text + " WHERE n = \(value)", columns: columns.filter { $0 != "breakdown" })
                let own = all.filter { $0.hasPrefix("\(value) ") }.map { String($0.dropFirst(2)) }
                #expect(own.isEmpty || own == alone, "seed \(seed), value \(value)")
            }
            let order = all.map { $0.prefix(1) }.reduce(into: [Substring]()) { if $0.last != $1 { $0.append($1) } }
            let top = try run.text(text + " BREAKDOWN n TOP 2", columns: columns)
            #expect(top.filter { !$0.hasPrefix("(other)") } == all.filter { order.prefix(2).contains($0.prefix(1)) })
            let rest = order.dropFirst(2).map { "\($0)" }.joined(separator: ", ")
            if rest.isEmpty { continue }
            let together = try run.text(text + " WHERE n IN (\(rest))", columns: columns.filter { $0 != "breakdown" })
            #expect(top.filter { $0.hasPrefix("(other)") } == together.map { "(other) " + $0 }, "seed \(seed)")
        }
    }
}
