extension FunnelFold {
    /// When the reported attempt passed each optional step; nil where it did not (S13).
    ///
    /// A row counts between the instants of its neighbouring required steps, both included, or up to the window's end
    /// after the last; at a neighbour's own instant only a row that could not be that neighbour. Rows are taken as early
    /// as can be, each once, and in the steps' order.
    func optionalTimes(_ times: [Int64], _ rows: SelectedRows, _ range: Range<Int>) -> [Int64?] {
        var found: [Int64?] = []
        var used: Set<Int> = []
        var previous: (after: Int, time: Int64) = (0, .min)
        for optional in rules.optionals {
            guard optional.after <= times.count else {
                found.append(nil)
                continue
            }
            let from = times[optional.after - 1]
            let until = optional.after < times.count ? times[optional.after] : times[0] + rules.windowMicros
            let earliest = previous.after == optional.after ? max(from, previous.time) : from
            let row = range.first { row in
                let time = rows.times[row]
                let isLate = rules.tiesAreStrict ? time > earliest : time >= earliest
                if !isLate || time > until || rows.masks[row] & optional.bit == 0 || used.contains(row) { return false }
                if rules.tiesAreStrict, optional.after < times.count, time == until { return false }
                if time == from, rows.masks[row] & (1 << UInt64(optional.after - 1)) != 0 { return false }
                let next: UInt64 = optional.after < times.count ? 1 << UInt64(optional.after) : 0
                return !(time == until && rows.masks[row] & next != 0)
            }
            if let row {
                used.insert(row)
                previous = (optional.after, rows.times[row])
            }
            found.append(row.map { rows.times[$0] })
        }
        return found
    }
}
