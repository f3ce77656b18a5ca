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
        buckets = CalendarBuckets(unit: plan.every, calendar: plan.calendar)
    }

    package func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let ranges = snapshot.rowGroups.map(\.timeRange)
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return [] }
        let lastInstant = min(last, plan.filter.timeRange.upperBound)
        let firstInstant = max(first, plan.filter.timeRange.lowerBound)
        if firstInstant > lastInstant { return [] }
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        let calendars = try PersonCalendars(plan.every, plan.calendar, readers, context)
        let cohorts = calendars.all.periods(from: firstInstant, to: lastInstant)
        let columns = RetentionTable.columns(periods: periods(cohorts), brackets: plan.brackets)
        let cellCount = cohorts.count * columns.count
        try context.reserve(bytes: cellCount * 8 * (context.threadCount + 1), for: "a retention table")
        defer { context.release(bytes: cellCount * 8 * (context.threadCount + 1)) }
        var table = RetentionTable(buckets: buckets, cohorts: cohorts, columns: columns)
        let rows = RetentionRows(plan: plan, buckets: buckets, zones: calendars.all, lastInstant: lastInstant)
        if canUseUserBitmaps(snapshot) {
            try fillFromBitmaps(&table, snapshot, context)
            return rows.make([(.null, table)])
        }
        let pass = try RetentionPass(plan, calendars, table, snapshot, context)
        if plan.listsUsers { return try pass.list(context) }
        return rows.make(try pass.tables(context))
    }

    /// Periods after period 0 that can hold anything, unless the statement says how many.
    private func periods(_ cohorts: ClosedRange<Int>) -> Int {
        min(cohorts.count - 1, plan.periods ?? RetentionPlan.defaultPeriodMax(plan.every))
    }
}
