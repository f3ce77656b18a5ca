internal import EventColumns
package import EventSyntax

/// A RETENTION whose names are resolved and whose defaults are filled in (SPEC 3.3).
package struct RetentionPlan: Sendable {
    package var table: String
    package var start: SelectorPlan
    package var returning: SelectorPlan
    package var every: CalendarUnit
    /// Periods after period 0; nil: as many as the data has, up to `defaultPeriodMax`.
    package var periods: Int?
    package var occurrence: RetentionStatement.Occurrence = .firstTime
    package var criterion: RetentionStatement.Criterion = .on
    /// Last period of each bracket, ascending; empty: every period by itself.
    package var brackets: [Int] = []
    /// Instants that cohorts and returns must lie in. The first start ever is looked for outside it too (S38).
    package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max
    package var notes: [String] = []

    package init(table: String, start: SelectorPlan, returning: SelectorPlan, every: CalendarUnit) {
        self.table = table
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

    package var columns: [ResultColumn] {
        [
            ResultColumn("cohort", every == .hour ? .timestamp : .date), ResultColumn("size", .int64),
            ResultColumn("period", .int64), ResultColumn("users", .int64), ResultColumn("rate", .double),
            ResultColumn("returned", .int64), ResultColumn("complete", .bool), ResultColumn("low", .double),
            ResultColumn("high", .double),
        ]
    }
}
