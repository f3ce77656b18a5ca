extension FunnelFold {
    /// STRICT: the steps' rows follow each other without any other row of the person between their instants (S9).
    /// A stranger at the very instant of a step does no harm. A later row of step 1 opens another attempt (S10).
    mutating func foldStrict(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        for step in latest.indices { latest[step] = Self.never }
        var best = Attempt()
        var row = range.lowerBound
        while row < range.upperBound {
            let time = rows.times[row]
            var end = row + 1
            while end < range.upperBound, rows.times[end] == time { end += 1 }
            previous = latest
            for step in latest.indices { latest[step] = Self.never }
            advanceStrict(rows.masks[row..<end], at: time)
            for step in latest.indices.reversed() where latest[step] != Self.never {
                if step + 1 > best.depth { best = Attempt(depth: step + 1, start: latest[step], completion: time) }
                break
            }
            if best.depth == rules.stepCount { return best }
            row = end
        }
        return best
    }

    /// `previous` holds the attempts whose last row is of the instant just before this one.
    private mutating func advanceStrict(_ masks: ArraySlice<UInt64>, at time: Int64) {
        let floor = time - rules.windowMicros
        let opens = rules.entryRange.map { $0.contains(time) } ?? true
        let union = masks.reduce(0, |) & rules.stepBits
        for reached in 0..<rules.stepCount {
            let start = reached == 0 ? (opens ? time : Self.never) : previous[reached - 1]
            if start < floor || start == Self.never || union & (1 << UInt64(reached)) == 0 { continue }
            let end =
                masks.count == 1 || rules.tiesAreStrict
                ? reached + 1 : matching.reach(from: reached, masks, stepBits: rules.stepBits)
            for step in reached..<end { latest[step] = max(latest[step], start) }
        }
    }
}
