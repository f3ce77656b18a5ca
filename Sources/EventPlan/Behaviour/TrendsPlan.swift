internal import EventColumns
package import EventSyntax

/// A TRENDS whose names are resolved and whose defaults are filled in (SPEC 3.9).
package struct TrendsPlan: BehaviourPlan {
    package enum Measure: Sendable, Equatable {
        case count, users, sessions, sum, average, minimum, maximum
        /// The value below which a share of all lie.
        case quantile(Double)
    }

    package struct Series: Sendable {
        package var name: String
        package var measure: Measure
        /// What is summed, averaged or compared, as DOUBLE; nil for counts.
        package var operand: BoundExpression?
        package var selector: SelectorPlan
        /// The window that ends with each period; nil: the period itself.
        package var overMicros: Int64?

        package var isCount: Bool { operand == nil }
    }

    package struct Formula: Sendable {
        package var name: String
        /// Over the series as columns of DOUBLE.
        package var expression: BoundExpression
    }

    package var table: String
    package var layout: ScanLayout
    /// What USERS counts instead of people; rows without one are not seen.
    package var key: BoundExpression?
    package var series: [Series] = []
    package var formulas: [Formula] = []
    package var every: CalendarUnit
    package var calendar = PeriodCalendar()
    package var breakdown: BoundExpression?
    package var top: Int?
    /// What SESSIONS counts.
    package var session: BoundExpression?
    /// Its time range says which periods are shown; windows look back before it.
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, every: CalendarUnit) {
        self.table = table
        self.layout = layout
        self.every = every
    }

    package var columns: [OutputColumn] {
        (breakdown == nil ? [] : [OutputColumn("breakdown", .string)])
            + [OutputColumn("period", every == .hour ? .timestamp : .date)]
            + series.map { OutputColumn($0.name, $0.isCount ? .int64 : .double) }
            + formulas.map { OutputColumn($0.name, .double) } + [OutputColumn("complete", .bool)]
    }

    package var explainLines: [String] { ["Trends from \(table)"] + notes.map { "  \($0)" } }
}
