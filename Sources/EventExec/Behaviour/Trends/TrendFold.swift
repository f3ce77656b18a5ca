import EventBase
import EventColumns
import EventPlan

/// Adds rows to the tallies of a TRENDS, one person at a time.
struct TrendFold: Sendable {
    private struct SessionPass: Hashable {
        var slot: Int
        var series: Int
        var period: Int
        var session: UInt32
    }

    private let series: [TrendsPlan.Series]
    private let span: PeriodSpan
    /// Of the person that is added, and the periods that have begun for the person.
    private var buckets: CalendarBuckets
    private var ownPeriods: ClosedRange<Int>
    /// By number of the breakdown's value, or `RowKey.none`.
    private(set) var slots: [UInt32: Int] = [:]
    private(set) var tallies: [TrendTally] = []
    /// By slot and series: the person last seen, and the period up to which they are counted.
    private var lastPerson: [UInt32] = []
    private var countedUpTo: [Int] = []
    private var sessions: Set<SessionPass> = []
    private var lastGroup: UInt32 = 0
    private var lastSlot = -1

    init(_ series: [TrendsPlan.Series], _ span: PeriodSpan) {
        self.series = series
        self.span = span
        buckets = span.buckets
        ownPeriods = span.periods
    }

    /// What `add` follows is people of another calendar.
    mutating func follow(_ buckets: CalendarBuckets) {
        self.buckets = buckets
        ownPeriods = span.periods(of: buckets)
    }

    /// - Parameters:
    ///   - person: 0 for rows without a user, which count as events and never as people.
    ///   - groups: of the rows; empty without a breakdown.
    ///   - numbers: by series, of the rows; empty for counts.
    ///   - ids: sessions of the rows; empty where none are counted.
    mutating func add(
        _ person: UInt32, _ rows: SelectedRows, _ range: Range<Int>, groups: [UInt32], numbers: [[Double]],
        ids: [UInt32]
    ) {
        sessions.removeAll(keepingCapacity: true)
        for row in range {
            let slot = slot(groups.isEmpty ? RowKey.none : groups[row])
            let time = rows.times[row]
            let mask = rows.masks[row]
            if mask & 1 != 0, time >= span.timeRange.lowerBound { tallies[slot].weight += 1 }
            for index in series.indices where mask & (1 << UInt64(index)) != 0 {
                let periods = periods(index, time)
                if periods.isEmpty { continue }
                switch series[index].measure {
                case .count: tallies[slot].count(index, periods)
                case .users: if person != 0 { countPerson(person, slot, index, periods) }
                case .sessions:
                    if person == 0 || ids[row] == RowKey.none { continue }
                    for period in periods {
                        let pass = SessionPass(slot: slot, series: index, period: period, session: ids[row])
                        if sessions.insert(pass).inserted { tallies[slot].count(index, period..<(period + 1)) }
                    }
                case let measure:
                    let number = numbers[index][row]
                    if !number.isNaN { tallies[slot].add(number, index, measure, periods) }
                }
            }
        }
    }

    /// The periods, from 0, whose window holds an instant. A window ends with its period.
    private func periods(_ index: Int, _ time: Int64) -> Range<Int> {
        let own = buckets.bucket(ofMicros: time)
        let first = span.periods.lowerBound
        guard let over = series[index].overMicros else {
            return time < span.timeRange.lowerBound ? 0..<0 : (own - first)..<(own - first + 1)
        }
        let (end, isBeyond) = time.addingReportingOverflow(over)
        let lastEnd = buckets.startMicros(ownPeriods.upperBound + 1)
        let last = isBeyond || end > lastEnd ? ownPeriods.upperBound : buckets.bucket(ofMicros: end) - 1
        let low = max(own, first)
        let high = min(last, ownPeriods.upperBound)
        return low > high ? 0..<0 : (low - first)..<(high - first + 1)
    }

    private mutating func countPerson(_ person: UInt32, _ slot: Int, _ index: Int, _ periods: Range<Int>) {
        let place = slot * series.count + index
        if lastPerson[place] != person {
            lastPerson[place] = person
            countedUpTo[place] = 0
        }
        // A person's rows ascend in time, and so do both ends of their periods.
        let start = max(periods.lowerBound, countedUpTo[place])
        if start >= periods.upperBound { return }
        tallies[slot].count(index, start..<periods.upperBound)
        countedUpTo[place] = periods.upperBound
    }

    private mutating func slot(_ group: UInt32) -> Int {
        if lastSlot >= 0, group == lastGroup { return lastSlot }
        lastGroup = group
        if let known = slots[group] {
            lastSlot = known
            return known
        }
        lastSlot = tallies.count
        slots[group] = lastSlot
        tallies.append(TrendTally(series, periodCount: span.periods.count))
        lastPerson.append(contentsOf: repeatElement(0, count: series.count))
        countedUpTo.append(contentsOf: repeatElement(0, count: series.count))
        return lastSlot
    }
}
