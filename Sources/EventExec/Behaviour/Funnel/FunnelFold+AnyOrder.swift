extension FunnelFold {
    /// ANY ORDER: the most different steps inside one window, each with a row of its own (S12). The window opens with
    /// whichever step comes first.
    /// - Complexity: O(rows of the person x rows of a window).
    mutating func foldAnyOrder(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        let offered = anyOrderRows(rows, range)
        var best = Attempt()
        var times: [Int64] = []
        for row in offered.times.indices {
            if row > 0, offered.times[row] == offered.times[row - 1] { continue }
            if let entryRange = rules.entryRange, !entryRange.contains(offered.times[row]) { continue }
            reachAnyOrder(offered, from: row, &times)
            let found = Attempt(depth: times.count, start: times[0], completion: times[times.count - 1])
            if found.isBetter(than: best) { best = found }
        }
        return best
    }

    /// The rows of a person that meet a step; one for each instant where ties are strict.
    private func anyOrderRows(_ rows: SelectedRows, _ range: Range<Int>) -> (times: [Int64], masks: [UInt64]) {
        var times: [Int64] = []
        var masks: [UInt64] = []
        for row in range where rows.masks[row] & rules.stepBits != 0 {
            let mask = rows.masks[row] & rules.stepBits
            if rules.tiesAreStrict, times.last == rows.times[row] {
                masks[masks.count - 1] |= mask
            } else {
                times.append(rows.times[row])
                masks.append(mask)
            }
        }
        return (times, masks)
    }

    /// When the first, second, ... different step is reached by an attempt that opens with row `first`. Sets of rows
    /// that can be given to different steps form a matroid, so taking rows in time order reaches every count earliest.
    private func reachAnyOrder(
        _ rows: (times: [Int64], masks: [UInt64]), from first: Int, _ reached: inout [Int64]
    ) {
        reached.removeAll(keepingCapacity: true)
        var rowOfStep = [Int](repeating: -1, count: rules.stepCount)
        for row in first..<rows.times.count {
            if rows.times[row] - rows.times[first] > rules.windowMicros || reached.count == rules.stepCount { return }
            var tried: UInt64 = 0
            if Self.place(row, rows.masks, &rowOfStep, &tried) { reached.append(rows.times[row]) }
        }
    }

    /// Gives `row` to a step, moving other rows to other steps where that makes room.
    private static func place(_ row: Int, _ masks: [UInt64], _ rowOfStep: inout [Int], _ tried: inout UInt64) -> Bool {
        var open = masks[row]
        while open != 0 {
            let step = open.trailingZeroBitCount
            let bit: UInt64 = 1 << UInt64(step)
            open &= ~bit
            if tried & bit != 0 { continue }
            tried |= bit
            if rowOfStep[step] < 0 || place(rowOfStep[step], masks, &rowOfStep, &tried) {
                rowOfStep[step] = row
                return true
            }
        }
        return false
    }

    /// When each count of steps was reached by the attempt that starts at `start`.
    func anyOrderTimes(_ rows: SelectedRows, _ range: Range<Int>, start: Int64, into times: inout [Int64]) {
        let offered = anyOrderRows(rows, range)
        reachAnyOrder(offered, from: lowerBound(offered.times, start), &times)
    }
}
