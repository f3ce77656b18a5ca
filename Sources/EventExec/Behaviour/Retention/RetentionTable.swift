import EventBase
import EventColumns
import EventPlan

/// Persons by cohort and by the number of periods until they returned.
struct RetentionTable: Sendable {
    let buckets: CalendarBuckets
    /// Buckets from the first to the last that can be a cohort.
    let cohorts: ClosedRange<Int>
    /// Persons of each cohort.
    var sizes: [Int]
    /// Persons of a cohort who returned in each column, in period 0 too: `[cohort * columns + column]`.
    var returned: [Int]
    /// First and last period of each column.
    let columns: [ClosedRange<Int>]
    /// The column of each period up to the last.
    let columnOfPeriod: [Int]

    init(buckets: CalendarBuckets, cohorts: ClosedRange<Int>, columns: [ClosedRange<Int>]) {
        self.buckets = buckets
        self.cohorts = cohorts
        self.columns = columns
        sizes = Array(repeating: 0, count: cohorts.count)
        returned = Array(repeating: 0, count: cohorts.count * columns.count)
        columnOfPeriod = columns.enumerated().flatMap { index, span in Array(repeating: index, count: span.count) }
    }

    /// Period 0 alone, then every period or the brackets (S45).
    static func columns(periods: Int, brackets: [Int]) -> [ClosedRange<Int>] {
        if brackets.isEmpty { return (0...periods).map { $0...$0 } }
        var columns: [ClosedRange<Int>] = [0...0]
        for last in brackets { columns.append((columns[columns.count - 1].upperBound + 1)...last) }
        return columns
    }

    mutating func merge(_ other: RetentionTable) {
        for index in sizes.indices { sizes[index] += other.sizes[index] }
        for index in returned.indices { returned[index] += other.returned[index] }
    }

    /// One row per cohort that has somebody and per column that has begun by `lastInstant`.
    func makeRows(lastInstant: Int64) -> [[Value]] {
        var rows: [[Value]] = []
        for (index, cohort) in cohorts.enumerated() where sizes[index] > 0 {
            for (column, span) in columns.enumerated() {
                if buckets.startMicros(cohort + span.lowerBound) > lastInstant { break }
                let count = returned[index * columns.count + column]
                let users = column == 0 ? sizes[index] : count
                let interval = WilsonInterval(successes: users, of: sizes[index])
                rows.append([
                    buckets.label(cohort), .int64(Int64(sizes[index])), .int64(Int64(span.lowerBound)),
                    .int64(Int64(users)), .double(Double(users) / Double(sizes[index])), .int64(Int64(count)),
                    .bool(buckets.startMicros(cohort + span.upperBound + 1) <= lastInstant),
                    interval.map { .double($0.low) } ?? .null, interval.map { .double($0.high) } ?? .null,
                ])
            }
        }
        return rows
    }
}
