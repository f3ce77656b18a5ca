import EventPlan

/// The periods in which one person was active, for each value that the person is counted under.
struct PersonActivity: Sendable {
    /// A value by number and the active periods under it, ascending.
    struct Cell: Sendable {
        var group: UInt32
        var periods: Range<Int>
    }

    /// Of the person that is read.
    var buckets: CalendarBuckets
    private let attribution: PersonBreakdown.Attribution?
    private let minimum: Int
    private var choice: PersonValue?
    private(set) var cells: [Cell] = []
    /// Of all cells, one after another.
    private(set) var periods: [Int] = []
    private var entries: [(group: UInt32, time: Int64)] = []

    /// - Parameter names: of the values that rows carry; nil without a breakdown.
    init(
        buckets: CalendarBuckets, attribution: PersonBreakdown.Attribution?, names: KeyInterner?, minimum: Int = 1
    ) {
        self.buckets = buckets
        choice = names.map { PersonValue($0) }
        self.attribution = attribution
        self.minimum = minimum
    }

    mutating func read(_ rows: SelectedRows, _ range: Range<Int>) {
        cells.removeAll(keepingCapacity: true)
        periods.removeAll(keepingCapacity: true)
        guard let attribution else {
            addCell(RowKey.none, rows.times[range])
            return
        }
        if attribution != .all {
            addCell(choice?.value(rows, range, attribution) ?? RowKey.none, rows.times[range])
            return
        }
        entries.removeAll(keepingCapacity: true)
        for row in range { entries.append((RowKey(raw: rows.keys[row]).group, rows.times[row])) }
        entries.sort { ($0.group, $0.time) < ($1.group, $1.time) }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].group == entries[start].group { end += 1 }
            let times = entries[start..<end].map(\.time)
            addCell(entries[start].group, times[...])
            start = end
        }
    }

    private mutating func addCell(_ group: UInt32, _ times: ArraySlice<Int64>) {
        let start = periods.count
        var period = Int.min
        var rowCount = 0
        for time in times {
            let next = buckets.bucket(ofMicros: time)
            if next != period {
                period = next
                rowCount = 0
            }
            rowCount += 1
            if rowCount == minimum { periods.append(period) }
        }
        if periods.count > start { cells.append(Cell(group: group, periods: start..<periods.count)) }
    }
}
