import EventPlan
import EventSyntax

/// Adds one person at a time to a retention table.
struct RetentionFold: Sendable {
    let plan: RetentionPlan
    let buckets: CalendarBuckets
    /// Distinct buckets of the person's starts, and of returns with how many rows each has; ascending.
    private var starts: [Int] = []
    private var returns: [(bucket: Int, count: Int)] = []
    /// Whether the person returned in each column.
    private var hits: [Bool] = []

    init(plan: RetentionPlan, buckets: CalendarBuckets) {
        self.plan = plan
        self.buckets = buckets
    }

    /// `rows` carry bit 0 for the start and bit 1 for the return.
    mutating func add(_ rows: SelectedRows, _ range: Range<Int>, to table: inout RetentionTable) {
        starts.removeAll(keepingCapacity: true)
        returns.removeAll(keepingCapacity: true)
        var hasStarted = false
        for row in range {
            let time = rows.times[row]
            let isStart = rows.masks[row] & 1 != 0 && !(hasStarted && plan.occurrence == .firstTime)
            if isStart { hasStarted = true }
            if !plan.filter.timeRange.contains(time) { continue }
            let bucket = buckets.bucket(ofMicros: time)
            if isStart, starts.last != bucket { starts.append(bucket) }
            if rows.masks[row] & 2 == 0 { continue }
            if let last = returns.last, last.bucket == bucket {
                returns[returns.count - 1].count += 1
            } else {
                returns.append((bucket, 1))
            }
        }
        for cohort in starts { count(cohort, &table) }
    }

    private mutating func count(_ cohort: Int, _ table: inout RetentionTable) {
        let base = cohort - table.cohorts.lowerBound
        table.sizes[base] += 1
        let columns = table.columns.count
        hits = Array(repeating: false, count: columns)
        for (bucket, count) in returns where bucket >= cohort && count >= plan.minimum {
            let period = bucket - cohort
            if period < table.columnOfPeriod.count {
                hits[table.columnOfPeriod[period]] = true
            } else if plan.criterion == .onOrAfter {
                hits[columns - 1] = true
            }
        }
        switch plan.criterion {
        case .on: break
        case .onOrAfter:
            for column in hits.indices.dropLast().reversed() where hits[column + 1] { hits[column] = true }
        case .onOrBefore:
            for column in hits.indices.dropFirst(2) where hits[column - 1] { hits[column] = true }
        case .streak:
            for column in hits.indices.dropFirst(2) where !hits[column - 1] { hits[column] = false }
        }
        for column in hits.indices where hits[column] { table.returned[base * columns + column] += 1 }
    }
}
