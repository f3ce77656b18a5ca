import EventBase

/// Persons by cohort and by the number of periods until they returned.
struct RetentionTable: Sendable {
    let buckets: CalendarBuckets
    /// Buckets from the first to the last that can be a cohort.
    let cohorts: ClosedRange<Int>
    /// Persons of each cohort.
    var sizes: [Int]
    /// Persons of a cohort who returned in each column, in period 0 too: `[cohort * columns + column]`.
    var returned: [Int]
    /// A number of the return rows added up, and how many rows had it; laid out like `returned`, empty when not asked for.
    var sums: [Double] = []
    var valueCounts: [Int] = []
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

    /// Counts a person in a cohort.
    mutating func add(_ cohort: Int, _ person: RetentionFold.Columns) {
        let base = cohort - cohorts.lowerBound
        sizes[base] += 1
        for column in columns.indices where person.hits[column] { returned[base * columns.count + column] += 1 }
        if person.sums.isEmpty { return }
        if sums.isEmpty {
            sums = Array(repeating: 0, count: returned.count)
            valueCounts = Array(repeating: 0, count: returned.count)
        }
        for column in columns.indices {
            sums[base * columns.count + column] += person.sums[column]
            valueCounts[base * columns.count + column] += person.valueCounts[column]
        }
    }

    mutating func merge(_ other: RetentionTable) {
        for index in sizes.indices { sizes[index] += other.sizes[index] }
        for index in returned.indices { returned[index] += other.returned[index] }
        if other.sums.isEmpty { return }
        if sums.isEmpty {
            (sums, valueCounts) = (other.sums, other.valueCounts)
        } else {
            for index in sums.indices {
                sums[index] += other.sums[index]
                valueCounts[index] += other.valueCounts[index]
            }
        }
    }
}
