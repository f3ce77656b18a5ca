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

    package func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let ranges = snapshot.rowGroups.map(\.timeRange)
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return [] }
        let lastInstant = min(last, plan.filter.timeRange.upperBound)
        let firstInstant = max(first, plan.filter.timeRange.lowerBound)
        if firstInstant > lastInstant { return [] }
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
        return table.makeRows(lastInstant: lastInstant)
    }

    /// Periods after period 0 that can hold anything, unless the statement says how many.
    private func periods(_ cohorts: ClosedRange<Int>) -> Int {
        min(cohorts.count - 1, plan.periods ?? RetentionPlan.defaultPeriodMax(plan.every))
    }

    private func fillFromRows(
        _ table: inout RetentionTable, _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) {
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        var request = GatherRequest(
            conditions: [try readers.condition(plan.start), try readers.condition(plan.returning)])
        request.filter = try readers.predicate(plan.filter.predicate)
        if plan.occurrence == .recurring { request.timeRange = plan.filter.timeRange }
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
