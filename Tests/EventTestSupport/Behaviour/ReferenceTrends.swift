/// Trends by looking at all rows once for every cell, from SPEC 3.9.
package struct ReferenceTrends {
    /// Cuts periods by walking days.
    package var calendar: ReferenceRetention
    package var timeRange = Int64.min...Int64.max
    private let rows: [(person: String?, event: TestEvent)]

    package init(unit: ReferenceRetention.Unit, groups: [[TestEvent]], merges: [String: String]) {
        calendar = ReferenceRetention(start: { _ in true }, returning: { _ in true })
        calendar.unit = unit
        rows = groups.joined().map { event in (event.user.map { merges[$0] ?? $0 }, event) }
    }

    /// First instants of the periods from the first to the last row in the range.
    package var periods: [Int64] {
        let times = rows.map(\.event.time)
        guard let least = times.min(), let most = times.max() else { return [] }
        let first = max(least, timeRange.lowerBound)
        let last = min(most, timeRange.upperBound)
        if first > last { return [] }
        var periods = [calendar.periodStart(of: first)]
        while calendar.nextPeriod(after: periods.last!) <= last {
            periods.append(calendar.nextPeriod(after: periods.last!))
        }
        return periods
    }

    package func isComplete(_ period: Int64) -> Bool {
        let last = min(rows.map(\.event.time).max()!, timeRange.upperBound)
        return period >= timeRange.lowerBound && calendar.nextPeriod(after: period) <= last
    }

    /// The rows that count in a period, with their people; `over` is the length of a window that ends with it.
    package func rows(
        in period: Int64, over: Int64?, _ isWanted: (TestEvent) -> Bool
    ) -> [(person: String?, event: TestEvent)] {
        let end = calendar.nextPeriod(after: period)
        let start = over.map { end - $0 } ?? max(period, timeRange.lowerBound)
        return rows.filter { _, event in
            event.time >= start && event.time < end && event.time <= timeRange.upperBound && isWanted(event)
        }
    }
}
