internal import EventColumns
package import EventSyntax

/// A RETENTION whose names are resolved and whose defaults are filled in (SPEC 3.3).
package struct RetentionPlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    package var start: SelectorPlan
    package var returning: SelectorPlan
    package var every: CalendarUnit
    /// Periods after period 0; nil: as many as the data has, up to `defaultPeriodMax`.
    package var periods: Int?
    package var occurrence: RetentionStatement.Occurrence = .firstTime
    package var criterion: RetentionStatement.Criterion = .on
    /// Last period of each bracket, ascending; empty: every period by itself.
    package var brackets: [Int] = []
    /// Rows with a return that a period must have.
    package var minimum = 1
    /// Its time range bounds cohorts and returns. The first start ever is looked for outside it too (S38).
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, start: SelectorPlan, returning: SelectorPlan, every: CalendarUnit) {
        self.table = table
        self.layout = layout
        self.start = start
        self.returning = returning
        self.every = every
    }

    /// A triangle that still fits a screen.
    package static func defaultPeriodMax(_ unit: CalendarUnit) -> Int {
        switch unit {
        case .hour: 48
        case .day: 30
        case .week: 26
        case .month: 24
        }
    }

    package var columns: [OutputColumn] {
        [
            OutputColumn("cohort", every == .hour ? .timestamp : .date), OutputColumn("size", .int64),
            OutputColumn("period", .int64), OutputColumn("users", .int64), OutputColumn("rate", .double),
            OutputColumn("returned", .int64), OutputColumn("complete", .bool), OutputColumn("low", .double),
            OutputColumn("high", .double),
        ]
    }

    package var explainLines: [String] { ["Retention from \(table)"] + notes.map { "  \($0)" } }
}
