package import EventSyntax

/// How the calendar periods of a behaviour statement are cut.
package struct PeriodCalendar: Sendable {
    package var weekStart = CalendarOptions.WeekStart.monday
    /// nil: UTC.
    package var zone: NamedZone?
    /// Each person's own zone; `zone` is then that of labels and of people without one.
    package var personal: Personal?

    package struct Personal: Sendable {
        /// A VARCHAR over the table's rows: the last that any event of a person has counts.
        package var expression: BoundExpression
        /// Whether the statement says where people without a known zone are.
        package var hasElse: Bool
    }

    package init() {}

    /// For notes: `in UTC, weeks from Monday`.
    func text(weeks: Bool) -> String {
        let start = weekStart == .monday ? "Monday" : "Sunday"
        if let personal {
            return "in each person's own zone, the last that any event of theirs names"
                + (personal.hasElse ? ", else \(zone?.name ?? "UTC")" : "") + (weeks ? ", weeks from \(start)" : "")
        }
        return "in \(zone?.name ?? "UTC")" + (weeks ? ", weeks from \(start)" : "")
    }
}
