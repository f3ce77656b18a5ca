import EventBase
import EventColumns
import EventSyntax

/// The calendar periods that a statement answers about: those from the first to the last instant of the data that its
/// time range holds.
struct PeriodSpan: Sendable {
    /// Of labels.
    let buckets: CalendarBuckets
    /// Of everybody.
    private let zones: [CalendarBuckets]
    let periods: ClosedRange<Int>
    let timeRange: ClosedRange<Int64>
    private let firstInstant: Int64
    /// The last instant of the data in the range.
    let lastInstant: Int64

    /// nil where no row lies in the range.
    init?(
        _ calendars: PersonCalendars, _ snapshot: any EventSnapshot, in timeRange: ClosedRange<Int64>
    ) throws(EventSQLError) {
        let ranges = snapshot.rowGroups.map(\.timeRange)
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return nil }
        let start = max(first, timeRange.lowerBound)
        lastInstant = min(last, timeRange.upperBound)
        if start > lastInstant { return nil }
        firstInstant = start
        buckets = calendars.common
        zones = calendars.all
        self.timeRange = timeRange
        periods = zones.periods(from: start, to: lastInstant)
        if periods.count > Limits.periodCountMax {
            throw EventSQLError(
                .limit, "the data spans \(periods.count) periods, more than \(Limits.periodCountMax)",
                hint: "longer periods, or WHERE timestamp BETWEEN ...")
        }
    }

    /// The periods that have begun for people of one calendar.
    func periods(of own: CalendarBuckets) -> ClosedRange<Int> {
        zones.count == 1 ? periods : own.bucket(ofMicros: firstInstant)...own.bucket(ofMicros: lastInstant)
    }

    /// The first instant of the second period, where it begins first.
    var secondStartMicros: Int64 { zones.firstStart(periods.lowerBound + 1) }

    /// Whether the period was over at the data's last instant, for everybody.
    func isOver(_ period: Int) -> Bool { zones.lastStart(period + 1) <= lastInstant }

    /// Whether the period was over at the data's last instant, and WHERE cuts nothing off its start.
    func isComplete(_ period: Int) -> Bool {
        isOver(period) && zones.firstStart(period) >= timeRange.lowerBound
    }
}
