import EventPlan
import EventSyntax

/// Adds one person at a time to a retention table.
struct RetentionFold: Sendable {
    /// One cohort that a person is in.
    struct Entry: Sendable {
        var bucket: Int
        /// The start itself: rolling periods count from it.
        var micros: Int64
        /// The row of the start.
        var row: Int
    }

    /// The returns of one period.
    private struct Period: Sendable {
        /// The calendar bucket, or the number of the rolling period.
        var number: Int
        var count: Int
        var sum = 0.0
        var valueCount = 0
    }

    /// What a person did in each column of a table.
    struct Columns: Sendable {
        var hits: [Bool] = []
        var counts: [Int] = []
        var sums: [Double] = []
        var valueCounts: [Int] = []
    }

    let plan: RetentionPlan
    /// Of the person that is looked at.
    var buckets: CalendarBuckets
    private(set) var entries: [Entry] = []
    private(set) var columns = Columns()
    private var returns: [Period] = []

    init(plan: RetentionPlan, buckets: CalendarBuckets) {
        self.plan = plan
        self.buckets = buckets
    }

    /// Finds the cohorts of a person whose rows carry bit 0 for the start, bit 1 for the return and, for FIRST EVER, bit 2 for
    /// any event of START's names.
    mutating func enter(_ rows: SelectedRows, _ range: Range<Int>) {
        entries.removeAll(keepingCapacity: true)
        switch plan.occurrence {
        case .recurring:
            for row in range where rows.masks[row] & 1 != 0 && plan.filter.timeRange.contains(rows.times[row]) {
                let bucket = buckets.bucket(ofMicros: rows.times[row])
                if entries.last?.bucket != bucket { enter(rows, row, bucket) }
            }
        case .firstTime, .firstEver:
            let among: UInt64 = plan.occurrence == .firstTime ? 1 : 4
            guard let first = range.first(where: { rows.masks[$0] & among != 0 }) else { return }
            // Of several rows at the first instant one that is a start decides.
            let time = rows.times[first]
            let start = (first..<range.upperBound).prefix { rows.times[$0] == time }.first { rows.masks[$0] & 1 != 0 }
            if let start, plan.filter.timeRange.contains(time) { enter(rows, start, buckets.bucket(ofMicros: time)) }
        }
    }

    private mutating func enter(_ rows: SelectedRows, _ row: Int, _ bucket: Int) {
        entries.append(Entry(bucket: bucket, micros: rows.times[row], row: row))
    }

    /// Notes the returns of the person, by calendar bucket; `values[row]` belongs to row `row`, NaN where there is none.
    mutating func noteReturns(_ rows: SelectedRows, _ range: Range<Int>, values: [Double]) {
        let buckets = buckets
        noteReturns(rows, range, values) { buckets.bucket(ofMicros: $0) }
    }

    private mutating func noteReturns(
        _ rows: SelectedRows, _ range: Range<Int>, _ values: [Double], _ period: (Int64) -> Int
    ) {
        var found = returns
        found.removeAll(keepingCapacity: true)
        for row in range where rows.masks[row] & 2 != 0 && plan.filter.timeRange.contains(rows.times[row]) {
            let number = period(rows.times[row])
            if found.last?.number != number { found.append(Period(number: number, count: 0)) }
            found[found.count - 1].count += 1
            if !values.isEmpty, !values[row].isNaN {
                found[found.count - 1].sum += values[row]
                found[found.count - 1].valueCount += 1
            }
        }
        returns = found
    }

    /// Fills `columns` with what the person did after one entry.
    mutating func follow(
        _ entry: Entry, _ rows: SelectedRows, _ range: Range<Int>, values: [Double], in table: RetentionTable
    ) {
        columns.hits = Array(repeating: false, count: table.columns.count)
        columns.counts = Array(repeating: 0, count: table.columns.count)
        columns.sums = values.isEmpty ? [] : Array(repeating: 0, count: table.columns.count)
        columns.valueCounts = values.isEmpty ? [] : columns.counts
        if plan.clock == .rolling {
            let length = Self.rollingMicros(plan.every)
            noteReturns(rows, range, values) { time in
                time < entry.micros ? -1 : Int((time - entry.micros) / length)
            }
        }
        let first = plan.clock == .rolling ? 0 : entry.bucket
        for period in returns where period.number >= first { note(period, period.number - first, table) }
        carry()
    }

    private mutating func note(_ period: Period, _ number: Int, _ table: RetentionTable) {
        guard number < table.columnOfPeriod.count else {
            if plan.criterion == .onOrAfter, period.count >= plan.minimum {
                columns.hits[columns.hits.count - 1] = true
            }
            return
        }
        let column = table.columnOfPeriod[number]
        columns.counts[column] += period.count
        if period.count >= plan.minimum { columns.hits[column] = true }
        if !columns.sums.isEmpty {
            columns.sums[column] += period.sum
            columns.valueCounts[column] += period.valueCount
        }
    }

    /// What a column means for the ones before or behind it.
    private mutating func carry() {
        switch plan.criterion {
        case .on: break
        case .onOrAfter:
            for column in columns.hits.indices.dropLast().reversed() where columns.hits[column + 1] {
                columns.hits[column] = true
            }
        case .onOrBefore:
            for column in columns.hits.indices.dropFirst(2) where columns.hits[column - 1] {
                columns.hits[column] = true
            }
        case .streak:
            for column in columns.hits.indices.dropFirst(2) where !columns.hits[column - 1] {
                columns.hits[column] = false
            }
        }
    }

    /// A month is 30 days, as in Amplitude and Mixpanel (S36).
    static func rollingMicros(_ unit: CalendarUnit) -> Int64 {
        switch unit {
        case .hour: 3_600_000_000
        case .day: 86_400_000_000
        case .week: 7 * 86_400_000_000
        case .month: 30 * 86_400_000_000
        case .quarter: 90 * 86_400_000_000
        case .year: 365 * 86_400_000_000
        }
    }
}
