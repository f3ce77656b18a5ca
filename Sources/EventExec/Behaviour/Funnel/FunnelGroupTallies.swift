/// Tallies of attempts by the value of their entry row, of values numbered from 0; the one for `RowKey.none` comes first.
struct FunnelGroupTallies: Sendable {
    private let stepCount: Int
    /// Of attempts with times.
    private var timed: [FunnelTally] = []
    /// Attempts without times by value and by how many steps they reached, end to end.
    private var counts: [Int] = []

    init(stepCount: Int) { self.stepCount = stepCount }

    /// Adds attempts whose values have been read.
    mutating func add(_ entries: FunnelEntries, keepsTimes: Bool) {
        if keepsTimes { return addTimed(entries) }
        let depths = entries.depths
        let groups = entries.groups
        let size = (1 + Int(groups.reduce(0) { max($0, $1 &+ 1) })) * (stepCount + 1)
        if counts.count < size { counts.append(contentsOf: repeatElement(0, count: size - counts.count)) }
        count(depths.span, groups.span, width: stepCount + 1, into: &counts)
    }

    private mutating func addTimed(_ entries: FunnelEntries) {
        let (times, groups) = (entries.stepTimes, entries.groups)
        for entry in groups.indices {
            let group = Int(groups[entry] &+ 1)
            while timed.count <= group { timed.append(FunnelTally(stepCount: stepCount)) }
            timed[group].add(times.span.extracting(entries.times(of: entry)))
        }
    }

    /// The tallies of the values that have an attempt.
    var all: [(group: UInt32, tally: FunnelTally)] {
        var result: [(group: UInt32, tally: FunnelTally)] = []
        let width = stepCount + 1
        for group in 0..<max(timed.count, counts.count / width) {
            var tally = group < timed.count ? timed[group] : FunnelTally(stepCount: stepCount)
            for (depth, count) in counts.dropFirst(group * width).prefix(width).enumerated() where count > 0 {
                tally.add(depth: depth, count: count)
            }
            if tally.reached[0] > 0 { result.append((UInt32(group) &- 1, tally)) }
        }
        return result
    }
}

/// Counts attempts at `(group + 1) * width + depth`.
private func count(_ depths: Span<Int>, _ groups: Span<UInt32>, width: Int, into counts: inout [Int]) {
    var target = counts.mutableSpan
    for entry in depths.indices { target[Int(groups[entry] &+ 1) &* width &+ depths[entry]] += 1 }
}
