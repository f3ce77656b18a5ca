extension FunnelFold {
    /// Ordered steps of which some must follow the one before within a time of their own (S2).
    ///
    /// A later row of a step may be the one that lets the next step follow in time, so each start is followed by itself: of a
    /// depth only the latest instant matters, because it leaves most room to the next step.
    /// - Complexity: O(starts x rows of a window x steps).
    mutating func foldGaps(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        var best = Attempt()
        for row in range where rows.masks[row] & 1 != 0 {
            let start = rows.times[row]
            if row > range.lowerBound, rows.times[row - 1] == start, rows.masks[row - 1] & 1 != 0 { continue }
            if let entryRange = rules.entryRange, !entryRange.contains(start) { continue }
            let found = follow(start, instants(rows, range, from: start))
            if found.isBetter(than: best) { best = found }
        }
        return best
    }

    /// The instants of a window with their rows.
    private func instants(
        _ rows: SelectedRows, _ range: Range<Int>, from start: Int64
    ) -> [(time: Int64, masks: ArraySlice<UInt64>)] {
        var found: [(time: Int64, masks: ArraySlice<UInt64>)] = []
        var row = range.first { rows.times[$0] >= start } ?? range.upperBound
        while row < range.upperBound, rows.times[row] - start <= rules.windowMicros {
            var end = row + 1
            while end < range.upperBound, rows.times[end] == rows.times[row] { end += 1 }
            found.append((rows.times[row], rows.masks[row..<end]))
            row = end
        }
        return found
    }

    /// The deepest and then earliest end of the attempt that begins at the first instant.
    private mutating func follow(
        _ start: Int64, _ instants: [(time: Int64, masks: ArraySlice<UInt64>)]
    ) -> Attempt {
        var reached = [Int64](repeating: Self.never, count: rules.stepCount + 1)
        var found = Attempt()
        for (index, instant) in instants.enumerated() {
            let before = reached
            for depth in 0..<rules.stepCount where mayFollow(depth, index, before[depth], instant.time) {
                let end = reach(from: depth, instant.masks)
                for deeper in (depth + 1)..<max(depth + 1, end + 1) { reached[deeper] = instant.time }
                if end > max(depth, found.depth) { found = Attempt(depth: end, start: start, completion: instant.time) }
            }
            if found.depth == rules.stepCount { break }
        }
        return found
    }

    /// Whether the step behind `depth` may be taken at an instant when the one before was taken at `last`.
    private func mayFollow(_ depth: Int, _ instant: Int, _ last: Int64, _ time: Int64) -> Bool {
        if depth == 0 { return instant == 0 }
        return last != Self.never && time - last <= rules.gaps[depth]
    }

    /// When the reported attempt took its steps: each as early as lets the attempt end as it does.
    mutating func gapTimes(_ attempt: Attempt, _ rows: SelectedRows, _ range: Range<Int>) -> [Int64] {
        let instants = instants(rows, range, from: attempt.start).prefix { $0.time <= attempt.completion }
        // Depths from which the end can be reached when they are reached at an instant, and where they go on.
        var leads = [Set<Int>](repeating: [], count: instants.count)
        var next = [Int?](repeating: nil, count: rules.stepCount + 1)
        for index in instants.indices.reversed() {
            let instant = instants[index]
            for depth in 1...attempt.depth {
                let isEnd = depth == attempt.depth && instant.time == attempt.completion
                let goesOn = next[depth].map { instants[$0].time - instant.time <= rules.gaps[depth] } ?? false
                if isEnd || depth < attempt.depth && goesOn { leads[index].insert(depth) }
            }
            for depth in 0..<attempt.depth {
                let end = min(reach(from: depth, instant.masks), attempt.depth)
                if ((depth + 1)..<max(depth + 1, end + 1)).contains(where: { leads[index].contains($0) }) {
                    next[depth] = index
                }
            }
        }
        return walk(Array(instants), leads, attempt)
    }

    private mutating func walk(
        _ instants: [(time: Int64, masks: ArraySlice<UInt64>)], _ leads: [Set<Int>], _ attempt: Attempt
    ) -> [Int64] {
        var times: [Int64] = []
        for (index, instant) in instants.enumerated() where times.count < attempt.depth {
            guard mayFollow(times.count, index, times.last ?? Self.never, instant.time) else { continue }
            let end = min(reach(from: times.count, instant.masks), attempt.depth)
            let deeper = ((times.count + 1)..<max(times.count + 1, end + 1)).last { leads[index].contains($0) }
            while let deeper, times.count < deeper { times.append(instant.time) }
        }
        return times
    }
}
