import EventBase
import EventColumns
import EventSyntax

/// The calendar periods that a statement answers about: those from the first to the last instant of the data that its
/// time range holds.
struct PeriodSpan: Sendable {
    let buckets: CalendarBuckets
    let periods: ClosedRange<Int>
    let timeRange: ClosedRange<Int64>
    /// The last instant of the data in the range.
    let lastInstant: Int64

    /// nil where no row lies in the range.
    init?(
        _ buckets: CalendarBuckets, _ snapshot: any EventSnapshot, in timeRange: ClosedRange<Int64>
    ) throws(EventSQLError) {
        let ranges = snapshot.rowGroups.map(\.timeRange)
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return nil }
        let start = max(first, timeRange.lowerBound)
        lastInstant = min(last, timeRange.upperBound)
        if start > lastInstant { return nil }
        self.buckets = buckets
        self.timeRange = timeRange
        periods = buckets.bucket(ofMicros: start)...buckets.bucket(ofMicros: lastInstant)
        if periods.count > Limits.periodCountMax {
            throw EventSQLError(
                .limit, "the data spans \(periods.count) periods, more than \(Limits.periodCountMax)",
                hint: "longer periods, or WHERE timestamp BETWEEN ...")
        }
    }

    /// The first instant behind the last period.
    var endMicros: Int64 { buckets.startMicros(periods.upperBound + 1) }

    /// Whether the period was over at the data's last instant, and WHERE cuts nothing off its start.
    func isComplete(_ period: Int) -> Bool {
        buckets.startMicros(period + 1) <= lastInstant && buckets.startMicros(period) >= timeRange.lowerBound
    }
}
