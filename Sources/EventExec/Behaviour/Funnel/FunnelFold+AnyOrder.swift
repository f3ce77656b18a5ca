extension FunnelFold {
    /// ANY ORDER: the most different steps inside one window, each with a row of its own (S12). The window opens with
    /// whichever step comes first. An anchored step keeps its place: those before it come before, those behind it behind.
    /// - Complexity: O(rows of the person x rows of a window).
    mutating func foldAnyOrder(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        let offered = anyOrderRows(rows, range)
        var best = Attempt()
        var times: [Int64] = []
        for row in offered.times.indices {
            if row > 0, offered.times[row] == offered.times[row - 1] { continue }
            if let entryRange = rules.entryRange, !entryRange.contains(offered.times[row]) { continue }
            reachAnyOrder(offered, from: row, &times)
            // A row may be of a step that is not free to come first.
            guard let first = times.first, first == offered.times[row], let last = times.last else { continue }
            let found = Attempt(depth: times.count, start: first, completion: last)
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
        var placing = AnyOrderPlacing(rules)
        var row = first
        while row < rows.times.count, rows.times[row] - rows.times[first] <= rules.windowMicros {
            var end = row + 1
            while end < rows.times.count, rows.times[end] == rows.times[row] { end += 1 }
            // A row that found no place may find one once another of its instant has completed what stands before.
            var waiting = Array(row..<end)
            var placed = true
            while placed, !waiting.isEmpty {
                placed = false
                for candidate in waiting where placing.place(candidate, rows) {
                    reached.append(rows.times[row])
                    waiting.removeAll { $0 == candidate }
                    placed = true
                    break
                }
            }
            if reached.count == rules.stepCount { return }
            row = end
        }
    }

    /// When each count of steps was reached by the attempt that starts at `start`.
    func anyOrderTimes(_ rows: SelectedRows, _ range: Range<Int>, start: Int64, into times: inout [Int64]) {
        let offered = anyOrderRows(rows, range)
        reachAnyOrder(offered, from: lowerBound(offered.times, start), &times)
    }
}

/// Which row each step of an ANY ORDER attempt has, with room made by moving rows between steps.
private struct AnyOrderPlacing {
    /// Steps that may come in any order among each other, in the order of the groups.
    private let groups: [UInt64]
    private var rowOfStep: [Int]
    /// When the groups before a group were complete; nil while they are not.
    private var opened: [Int64?]

    init(_ rules: FunnelRules) {
        var groups: [UInt64] = []
        var free: UInt64 = 0
        for step in 0..<rules.stepCount {
            let bit: UInt64 = 1 << UInt64(step)
            if rules.anchored & bit == 0 {
                free |= bit
                continue
            }
            if free != 0 { groups.append(free) }
            groups.append(bit)
            free = 0
        }
        if free != 0 { groups.append(free) }
        self.groups = groups
        rowOfStep = Array(repeating: -1, count: rules.stepCount)
        opened = Array(repeating: nil, count: groups.count)
        opened[0] = .min
    }

    /// Gives a row to a step; false when there is none for it.
    mutating func place(_ row: Int, _ rows: (times: [Int64], masks: [UInt64])) -> Bool {
        var tried: UInt64 = 0
        guard place(row, rows, &tried) else { return false }
        for group in 0..<(groups.count - 1) where opened[group + 1] == nil && opened[group] != nil {
            let isComplete = rowOfStep.indices.allSatisfy {
                groups[group] & (1 << UInt64($0)) == 0 || rowOfStep[$0] >= 0
            }
            if isComplete { opened[group + 1] = rows.times[row] }
        }
        return true
    }

    private mutating func place(
        _ row: Int, _ rows: (times: [Int64], masks: [UInt64]), _ tried: inout UInt64
    ) -> Bool {
        var open = rows.masks[row] & steps(openAt: rows.times[row])
        while open != 0 {
            let step = open.trailingZeroBitCount
            let bit: UInt64 = 1 << UInt64(step)
            open &= ~bit
            if tried & bit != 0 { continue }
            tried |= bit
            if rowOfStep[step] < 0 || place(rowOfStep[step], rows, &tried) {
                rowOfStep[step] = row
                return true
            }
        }
        return false
    }

    /// Steps that a row may have: of groups that were open at its instant and not complete before.
    private func steps(openAt time: Int64) -> UInt64 {
        var bits: UInt64 = 0
        for group in groups.indices {
            guard let since = opened[group], since <= time else { break }
            let end = group + 1 < groups.count ? opened[group + 1] : nil
            if end.map({ $0 >= time }) ?? true { bits |= groups[group] }
        }
        return bits
    }
}
