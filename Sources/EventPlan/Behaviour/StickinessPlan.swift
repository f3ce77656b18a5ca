internal import EventColumns
package import EventSyntax

/// What STICKINESS and LIFECYCLE break down by: a person's own value, or each value apart.
package struct PersonBreakdown: Sendable {
    package enum Attribution: Sendable {
        /// The value on the person's first row; on the first or last row that has one; every value by itself.
        case entry, first, last, all
    }

    package var expression: BoundExpression
    package var attribution: Attribution
    /// The values of the most people; the rest is one.
    package var top: Int?
}

/// A STICKINESS whose names are resolved and whose defaults are filled in (SPEC 3.10).
package struct StickinessPlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    /// What is active instead of people.
    package var key: BoundExpression?
    package var selector: SelectorPlan
    package var every: CalendarUnit
    package var calendar = PeriodCalendar()
    package var isCumulative = false
    /// Rows that make a period active.
    package var minimum = 1
    package var breakdown: PersonBreakdown?
    package var listsUsers = false
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, selector: SelectorPlan, every: CalendarUnit) {
        self.table = table
        self.layout = layout
        self.selector = selector
        self.every = every
    }

    package var columns: [OutputColumn] {
        let front = breakdown == nil ? [] : [OutputColumn("breakdown", .string)]
        if listsUsers {
            return [OutputColumn(key == nil ? "user_id" : "key", .string)] + front + [OutputColumn("periods", .int64)]
        }
        return front + [
            OutputColumn("periods", .int64), OutputColumn(key == nil ? "users" : "keys", .int64),
            OutputColumn("share", .double),
            OutputColumn("low", .double), OutputColumn("high", .double),
        ]
    }

    package var explainLines: [String] { ["Stickiness from \(table)"] + notes.map { "  \($0)" } }
}

/// A LIFECYCLE whose names are resolved and whose defaults are filled in (SPEC 3.10).
package struct LifecyclePlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    /// What is active instead of people.
    package var key: BoundExpression?
    package var selector: SelectorPlan
    package var every: CalendarUnit
    package var calendar = PeriodCalendar()
    package var breakdown: PersonBreakdown?
    package var listsUsers = false
    /// Its time range says which periods are shown; what a person did before counts.
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, selector: SelectorPlan, every: CalendarUnit) {
        self.table = table
        self.layout = layout
        self.selector = selector
        self.every = every
    }

    package var columns: [OutputColumn] {
        let front = breakdown == nil ? [] : [OutputColumn("breakdown", .string)]
        let period = OutputColumn("period", every == .hour ? .timestamp : .date)
        if listsUsers {
            return [OutputColumn(key == nil ? "user_id" : "key", .string)] + front + [
                period, OutputColumn("status", .string),
            ]
        }
        return front + [period]
            + ["new", "returning", "resurrecting", "dormant"].map { OutputColumn($0, .int64) }
            + [OutputColumn("complete", .bool)]
    }

    package var explainLines: [String] { ["Lifecycle from \(table)"] + notes.map { "  \($0)" } }
}
