package import EventSyntax

/// How the calendar periods of a behaviour statement are cut.
package struct PeriodCalendar: Sendable {
    package var weekStart = CalendarOptions.WeekStart.monday
    /// nil: UTC.
    package var zone: NamedZone?

    package init() {}

    /// For notes: `in UTC, weeks from Monday`.
    func text(weeks: Bool) -> String {
        let start = weekStart == .monday ? "Monday" : "Sunday"
        return "in \(zone?.name ?? "UTC")" + (weeks ? ", weeks from \(start)" : "")
    }
}
