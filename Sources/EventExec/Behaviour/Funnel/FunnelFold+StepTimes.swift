extension FunnelFold {
    /// When the reported attempt reached each of its steps: the earliest rows from its start on (S20). Replaces what
    /// `times` held with `attempt.depth` instants.
    mutating func stepTimes(_ attempt: Attempt, _ rows: SelectedRows, _ range: Range<Int>, into times: inout [Int64]) {
        times.removeAll(keepingCapacity: true)
        if attempt.depth == 0 { return }
        if attempt.depth <= 2 {
            times.append(attempt.start)
            if attempt.depth == 2 { times.append(attempt.completion) }
            return
        }
        if !rules.gaps.isEmpty {
            times = gapTimes(attempt, rows, range)
            return
        }
        if rules.order == .any {
            anyOrderTimes(rows, range, start: attempt.start, into: &times)
            return
        }
        if rules.order == .strict {
            times = strictTimes(attempt, rows, range)
            return
        }
        var row = range.lowerBound
        while rows.times[row] < attempt.start { row += 1 }
        while times.count < attempt.depth, row < range.upperBound {
            let time = rows.times[row]
            var end = row + 1
            while end < range.upperBound, rows.times[end] == time { end += 1 }
            let reached = reach(from: times.count, rows.masks[row..<end])
            while times.count < min(reached, attempt.depth) { times.append(time) }
            row = end
        }
    }

    /// The steps that an attempt at `depth` has reached after the rows of one instant.
    mutating func reach(from depth: Int, _ masks: ArraySlice<UInt64>) -> Int {
        if masks.count == 1 || rules.tiesAreStrict {
            let union = masks.reduce(0, |)
            return union & (1 << UInt64(depth)) != 0 ? depth + 1 : depth
        }
        return matching.reach(from: depth, masks, stepBits: rules.stepBits)
    }

    /// STRICT may have to hold a step back for the next instant, so every depth keeps its own earliest times.
    private mutating func strictTimes(_ attempt: Attempt, _ rows: SelectedRows, _ range: Range<Int>) -> [Int64] {
        var reached: [Int: [Int64]] = [:]
        var row = range.lowerBound
        while rows.times[row] < attempt.start { row += 1 }
        while row < range.upperBound {
            let time = rows.times[row]
            var end = row + 1
            while end < range.upperBound, rows.times[end] == time { end += 1 }
            if time == attempt.start { reached = [0: []] }
            var next: [Int: [Int64]] = [:]
            for (depth, times) in reached where depth < rules.stepCount {
                let deepest = reach(from: depth, rows.masks[row..<end])
                for target in (depth + 1)..<max(depth + 1, deepest + 1) {
                    let candidate = times + Array(repeating: time, count: target - depth)
                    if let known = next[target], known.lexicographicallyPrecedes(candidate) { continue }
                    next[target] = candidate
                }
            }
            if time == attempt.completion, let times = next[attempt.depth] { return times }
            reached = next
            row = end
        }
        preconditionFailure("BUG: the reported attempt cannot be replayed")
    }
}
