package import EventBase
package import EventColumns
package import EventPlan
import EventSyntax

/// Runs a RETENTION: from user bitmaps where names and whole days are all it asks for, else person by person (SPEC 3.3).
package struct RetentionOperator: Sendable {
    let plan: RetentionPlan
    let buckets: CalendarBuckets

    package init(_ plan: RetentionPlan) {
        self.plan = plan
        buckets = CalendarBuckets(unit: plan.every)
    }

    package func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> BehaviourResult {
        var result = BehaviourResult(columns: plan.columns, rows: [], notes: plan.notes)
        let ranges = snapshot.rowGroups.map(\.timeRange)
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return result }
        let lastInstant = min(last, plan.timeRange.upperBound)
        let firstInstant = max(first, plan.timeRange.lowerBound)
        if firstInstant > lastInstant { return result }
        let cohorts = buckets.bucket(ofMicros: firstInstant)...buckets.bucket(ofMicros: lastInstant)
        let columns = RetentionTable.columns(periods: periods(cohorts), brackets: plan.brackets)
        let cellCount = cohorts.count * columns.count
        try context.reserve(bytes: cellCount * 8 * (context.threadCount + 1), for: "a retention table")
        defer { context.release(bytes: cellCount * 8 * (context.threadCount + 1)) }
        var table = RetentionTable(buckets: buckets, cohorts: cohorts, columns: columns)
        if canUseUserBitmaps(snapshot) {
            try fillFromBitmaps(&table, snapshot, context)
        } else {
            try fillFromRows(&table, snapshot, context)
        }
        result.rows = table.makeRows(lastInstant: lastInstant)
        return result
    }

    /// Periods after period 0 that can hold anything, unless the statement says how many.
    private func periods(_ cohorts: ClosedRange<Int>) -> Int {
        min(cohorts.count - 1, plan.periods ?? RetentionPlan.defaultPeriodMax(plan.every))
    }

    private func fillFromRows(
        _ table: inout RetentionTable, _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) {
        var request = GatherRequest(conditions: [plan.start, plan.returning].map { .init(names: $0.names) })
        if plan.occurrence == .recurring { request.timeRange = plan.timeRange }
        let gather = try PersonGather(snapshot, request)
        let empty = table
        let fold = RetentionFold(plan: plan, buckets: buckets)
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            (table: empty, persons: PersonRows(), scratch: PersonGather.Scratch(), fold: fold)
        } body: { worker, index throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            for person in persons.persons.indices {
                worker.fold.add(persons.rows, persons.starts[person]..<persons.starts[person + 1], to: &worker.table)
            }
        }
        for worker in workers { table.merge(worker.table) }
    }
}

/// Adds one person at a time to a retention table.
struct RetentionFold: Sendable {
    let plan: RetentionPlan
    let buckets: CalendarBuckets
    /// Distinct buckets of the person's starts and returns, ascending.
    private var starts: [Int] = []
    private var returns: [Int] = []
    /// The cohort a column was last counted for, so that a person counts once in a column of several periods.
    private var countedFor: [Int] = []

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
            if !plan.timeRange.contains(time) { continue }
            let bucket = buckets.bucket(ofMicros: time)
            if isStart, starts.last != bucket { starts.append(bucket) }
            if rows.masks[row] & 2 != 0, returns.last != bucket { returns.append(bucket) }
        }
        for cohort in starts { count(cohort, &table) }
    }

    private mutating func count(_ cohort: Int, _ table: inout RetentionTable) {
        let base = cohort - table.cohorts.lowerBound
        table.sizes[base] += 1
        countedFor = Array(repeating: .min, count: table.columns.count)
        for bucket in returns where bucket >= cohort {
            let period = bucket - cohort
            if plan.criterion == .onOrAfter {
                for column in table.columns.indices where table.columns[column].lowerBound <= period {
                    mark(column, cohort, base, &table)
                }
            } else if period < table.columnOfPeriod.count {
                mark(table.columnOfPeriod[period], cohort, base, &table)
            }
        }
    }

    private mutating func mark(_ column: Int, _ cohort: Int, _ base: Int, _ table: inout RetentionTable) {
        if countedFor[column] == cohort { return }
        countedFor[column] = cohort
        table.returned[base * table.columns.count + column] += 1
    }
}
