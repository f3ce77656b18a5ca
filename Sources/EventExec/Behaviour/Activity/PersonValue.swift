import EventPlan

/// The one value that a person is counted under, of those that the person's rows carry.
struct PersonValue: Sendable {
    private var order: NodeOrder

    /// - Parameter names: of the values that rows carry.
    init(_ names: KeyInterner) { order = NodeOrder(names) }

    /// The value of the first or last row. Rows of one instant have no order: the least of their values is the first,
    /// the greatest the last, so that no answer depends on how rows lie.
    mutating func value(
        _ rows: SelectedRows, _ range: Range<Int>, _ attribution: PersonBreakdown.Attribution
    ) -> UInt32 {
        let isLast = attribution == .last
        var best = RowKey.none
        var bestTime: Int64?
        for offset in 0..<range.count {
            let row = isLast ? range.upperBound - 1 - offset : range.lowerBound + offset
            if let bestTime, rows.times[row] != bestTime { break }
            let group = RowKey(raw: rows.keys[row]).group
            if attribution == .entry || group != RowKey.none { bestTime = rows.times[row] }
            if group == RowKey.none { continue }
            let isBetter =
                best == RowKey.none || order.precedes(isLast ? best : group, isLast ? group : best)
            if isBetter { best = group }
        }
        return best
    }
}
