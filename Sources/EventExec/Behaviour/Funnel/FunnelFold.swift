/// Folds the rows of one person into the attempt that is reported: a small automaton over instants (SPEC 3.2).
///
/// The state is `latest[k]`: the latest start of an attempt that has reached step `k`. Because an attempt that started
/// later can do whatever an earlier one can, and has more of its window left, one start per step is enough to be exact.
/// All rows of one instant are taken together, so the answer does not depend on their order.
/// - Complexity: O(rows x steps) at worst; O(rows) where steps are disjoint and instants differ.
struct FunnelFold: Sendable {
    private(set) var rules: FunnelRules
    var latest: [Int64]
    var previous: [Int64]
    private let automaton: DisjointAutomaton
    private var record: [Int64]
    var matching: InstantMatching

    /// The latest start of no attempt: below every start that a window can reach.
    static let never = Int64.min

    /// - Parameter entryRange: instants at which an attempt may begin; nil: any.
    init(_ rules: FunnelRules, entryRange: Range<Int64>? = nil) {
        self.rules = rules
        self.rules.entryRange = entryRange
        latest = Array(repeating: Self.never, count: rules.stepCount)
        previous = latest
        automaton = DisjointAutomaton(rules)
        record = Array(repeating: 0, count: automaton.layout.wordCount)
        matching = InstantMatching(stepCount: rules.stepCount)
    }

    /// The reported attempt of the person whose rows are `rows` (ascending by time).
    mutating func fold(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        if rules.isDisjoint {
            return foldDisjoint(rows.times.span, rows.masks.span, range)
        }
        switch rules.order {
        case .ordered where !rules.gaps.isEmpty: return foldGaps(rows, range)
        case .ordered: return foldOrdered(rows, range)
        case .strict: return foldStrict(rows, range)
        case .any: return foldAnyOrder(rows, range)
        }
    }

    /// The common case, a plain loop: ordered, and no row meets two steps.
    private mutating func foldDisjoint(_ times: Span<Int64>, _ masks: Span<UInt64>, _ range: Range<Int>) -> Attempt {
        let automaton = automaton
        var words = record.mutableSpan
        automaton.begin(&words, 0)
        var row = range.lowerBound
        while row < range.upperBound, !automaton.isDecided(words, 0) {
            let time = times[row]
            var mask = masks[row]
            row &+= 1
            while row < range.upperBound, times[row] == time {
                mask |= masks[row]
                row &+= 1
            }
            automaton.takeExcluding(mask, at: time, entry: 0, TimedExcludingFunnel.self, &words, 0)
        }
        let depth = Int(record[FunnelRecordLayout.depth])
        if depth < 1 { return Attempt(isDropped: depth < 0) }
        return Attempt(
            depth: depth, start: record[FunnelRecordLayout.times],
            completion: record[FunnelRecordLayout.times + depth - 1])
    }

    /// Ordered, with everything: rows that meet several steps, a range for entries.
    private mutating func foldOrdered(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        for step in latest.indices { latest[step] = Self.never }
        var best = Attempt()
        var row = range.lowerBound
        while row < range.upperBound {
            let time = rows.times[row]
            var end = row + 1
            while end < range.upperBound, rows.times[end] == time { end += 1 }
            // Element by element: sharing the array would make the next write allocate.
            for step in latest.indices { previous[step] = latest[step] }
            advance(rows.masks[row..<end], at: time)
            note(&best, time)
            if best.depth == rules.stepCount { return best }
            if !rules.exclusions.isEmpty, exclude(rows.masks[row..<end], at: time) {
                return Attempt(isDropped: true)
            }
            row = end
        }
        return best
    }

    /// Records the deepest step whose attempt this instant made or moved.
    private func note(_ best: inout Attempt, _ time: Int64) {
        var depth = latest.count
        while depth > best.depth, latest[depth - 1] == Self.never { depth -= 1 }
        if depth > best.depth { best = Attempt(depth: depth, start: latest[depth - 1], completion: time) }
    }

    /// Lets every attempt take the rows of one instant.
    private mutating func advance(_ masks: ArraySlice<UInt64>, at time: Int64) {
        let floor = time - rules.windowMicros
        let opens = rules.entryRange.map { $0.contains(time) } ?? true
        if masks.count == 1 || rules.tiesAreStrict {
            // At most one row of the instant: each step builds on what was reached before it.
            var union = masks.reduce(0, |) & rules.stepBits
            while union != 0 {
                let step = 63 - union.leadingZeroBitCount
                union &= ~(1 << UInt64(step))
                let start = step == 0 ? (opens ? time : Self.never) : previous[step - 1]
                if start >= floor, start != Self.never { latest[step] = max(latest[step], start) }
            }
            return
        }
        for reached in 0..<rules.stepCount {
            let start = reached == 0 ? (opens ? time : Self.never) : previous[reached - 1]
            if start < floor || start == Self.never { continue }
            let end = matching.reach(from: reached, masks, stepBits: rules.stepBits)
            for step in reached..<end { latest[step] = max(latest[step], start) }
        }
    }

    /// Ends the attempts that an exclusion of this instant hits; true when that takes the person out.
    ///
    /// An attempt is hit when it stood between the exclusion's two steps both before and after the instant: its starts
    /// lie in (latest[before], previous[after]].
    private mutating func exclude(_ masks: ArraySlice<UInt64>, at time: Int64) -> Bool {
        let union = masks.reduce(0, |)
        var hits: [(low: Int64, high: Int64)] = []
        for exclusion in rules.exclusions where union & exclusion.bit != 0 {
            let high = previous[exclusion.after]
            let low = latest[exclusion.before]
            if high <= low { continue }
            hits.append((low, high))
            if exclusion.dropsPerson, high >= time - rules.windowMicros { return true }
        }
        if hits.isEmpty { return false }
        for step in latest.indices {
            var start = latest[step]
            var moved = true
            while moved {
                moved = false
                for hit in hits where start > hit.low && start <= hit.high {
                    start = hit.low
                    moved = true
                }
            }
            latest[step] = start
        }
        return false
    }
}
