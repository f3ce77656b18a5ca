import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport
import Testing

/// Goal: every cell of a RETENTION equals what looking at each person's rows gives, from bitmaps and from rows alike.
struct RetentionOperatorTests {
    /// The reference's unit, and the seconds between instants that make a stream span several periods.
    private static let units: [CalendarUnit: (ReferenceRetention.Unit, Int64)] = [
        .hour: (.hour, 1300), .day: (.day, 30_000), .week: (.week, 200_000), .month: (.month, 900_000),
        .quarter: (.quarter, 2_700_000), .year: (.year, 9_000_000),
    ]

    @Test("random streams give the reference's cells", arguments: CalendarUnit.allCases)
    func equalsReference(unit: CalendarUnit) throws {
        let (kind, step) = Self.units[unit]!
        for seed in UInt64(1)...120 {
            var random = SeededRandom(seed: seed &* 31)
            let stream = RandomEvents(seed: seed, instants: 14, stepSeconds: step, withMerges: seed % 3 == 0)
            let anyReturns = seed % 2 == 0
            var reference = ReferenceRetention(
                start: { $0.name == "a" }, returning: { anyReturns || $0.name == "a" || $0.name == "b" })
            reference.unit = kind
            reference.isRecurring = Bool.random(using: &random)
            reference.countsLaterReturns = Bool.random(using: &random)
            var plan = RetentionPlan(
                table: "events", layout: ScanLayout(TableSchema(name: "events", columns: [])),
                start: SelectorPlan(names: ["a"]),
                returning: SelectorPlan(names: anyReturns ? [] : ["b", "a"]), every: unit)
            plan.occurrence = reference.isRecurring ? .recurring : .firstTime
            plan.criterion = reference.countsLaterReturns ? .onOrAfter : .on
            if Bool.random(using: &random) { plan.periods = Int.random(in: 0...6, using: &random) }
            if Bool.random(using: &random) { plan.brackets = [1, 3, 7] }
            if Int.random(in: 0..<3, using: &random) == 0 {
                let day = CalendarMath.microsPerDay
                let low = (1_700_000_000 * RandomEvents.second / day + 1) * day
                plan.filter.timeRange = low...(low + 5 * day - 1)
                reference.timeRange = plan.filter.timeRange
            }
            let snapshot = MemorySnapshot(
                groups: stream.groups, merges: stream.merges, hasUserBitmaps: seed % 5 != 0)
            let result = try RetentionOperator(plan).run(snapshot, context: QueryContext(threadCount: 2))
            #expect(result.map { Array($0.prefix(9)) } == expectedRows(plan, reference, stream), "seed \(seed)")
        }
    }

    private func expectedRows(
        _ plan: RetentionPlan, _ reference: ReferenceRetention, _ stream: RandomEvents
    ) -> [[Value]] {
        let persons = stream.persons
        let all = stream.groups.joined().map(\.time)
        guard let dataEnd = all.max() else { return [] }
        let last = min(dataEnd, plan.filter.timeRange.upperBound)
        let cohorts = reference.cohorts(persons)
        // The default number of periods: as many as lie between the first and the last instant.
        var known = 0
        var walk = reference.periodStart(of: max(all.min() ?? 0, plan.filter.timeRange.lowerBound))
        while reference.nextPeriod(after: walk) <= last {
            walk = reference.nextPeriod(after: walk)
            known += 1
        }
        let periods = plan.periods ?? min(known, RetentionPlan.defaultPeriodMax(plan.every))
        var spans = plan.brackets.isEmpty ? (0...periods).map { ($0, 1) } : [(0, 1), (1, 1), (2, 2), (4, 4)]
        spans.sort { $0.0 < $1.0 }
        var rows: [[Value]] = []
        for cohort in cohorts.keys.sorted() {
            let members = cohorts[cohort] ?? []
            for (period, count) in spans {
                var from = cohort
                for _ in 0..<period { from = reference.nextPeriod(after: from) }
                if from > last { continue }
                var end = from
                for _ in 0..<count { end = reference.nextPeriod(after: end) }
                let returned = reference.returned(members, from: from, count: count, persons)
                let users = period == 0 ? members.count : returned
                let interval = WilsonInterval(successes: users, of: members.count)
                rows.append([
                    plan.every == .hour ? .timestamp(cohort) : .date(Int64(CalendarMath.day(ofMicros: cohort))),
                    .int64(Int64(members.count)), .int64(Int64(period)), .int64(Int64(users)),
                    .double(Double(users) / Double(members.count)), .int64(Int64(returned)), .bool(end <= last),
                    interval.map { .double($0.low) } ?? .null, interval.map { .double($0.high) } ?? .null,
                ])
            }
        }
        return rows
    }
}
