/// Folds the plain funnel over rows as they come from their row groups, without bringing each person's rows together first.
///
/// Every group's rows are sorted by (user, time), and a later group's rows are later: a cursor per group finds a person's
/// rows in order. The automaton is `DisjointAutomaton`.
struct FunnelWalk: Sendable {
    /// A person with an attempt.
    struct Outcome: Sendable {
        var attempt: Attempt
        /// The first row of the attempt's first instant.
        var entryRow: Int
        /// Where the person's rows lie in `ranges`, where the attempt has more than two steps; else nil.
        var place: Int?
    }

    private(set) var outcomes: [Outcome] = []
    /// Rows of a person, one range per group.
    private(set) var ranges: [Range<Int>] = []
    private(set) var groupCount = 0

    /// - Parameter starts: where each group's rows begin, and the end.
    mutating func run(
        _ rows: SelectedRows, starts: [Int], users: ClosedRange<UInt32>, _ rules: FunnelRules
    ) {
        outcomes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        groupCount = starts.count - 1
        var cursors = starts
        var begins = starts
        var latest = [Int64](repeating: FunnelFold.never, count: rules.stepCount)
        var entries = [Int](repeating: 0, count: rules.stepCount)
        var automaton = DisjointAutomaton(latest: latest.mutableSpan, entries: entries.mutableSpan, rules)
        walk(
            rows.users.span, rows.times.span, rows.masks.span, ends: starts.span, users, cursors.mutableSpan,
            begins.mutableSpan, &automaton)
    }

    private mutating func walk(
        _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, ends: Span<Int>,
        _ range: ClosedRange<UInt32>, _ cursors: consuming MutableSpan<Int>, _ begins: consuming MutableSpan<Int>,
        _ automaton: inout DisjointAutomaton
    ) {
        for user in range {
            var isKnown = false
            for group in 0..<groupCount {
                let row = cursors[group]
                let end = ends[group &+ 1]
                if row >= end || users[row] != user { continue }
                if !isKnown { automaton.begin() }
                isKnown = true
                cursors[group] = follow(user, users, times, masks, row..<end, &automaton)
            }
            if !isKnown { continue }
            let depth = automaton.best.depth
            if depth > 0 {
                outcomes.append(
                    Outcome(
                        attempt: automaton.best, entryRow: automaton.entryRow, place: depth > 2 ? ranges.count : nil))
                if depth > 2 { for group in 0..<groupCount { ranges.append(begins[group]..<cursors[group]) } }
            }
            for group in 0..<groupCount { begins[group] = cursors[group] }
        }
    }
}

/// Gives one person's rows of one group to the automaton; answers where they end.
private func follow(
    _ user: UInt32, _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, _ rows: Range<Int>,
    _ automaton: inout DisjointAutomaton
) -> Int {
    let end = rows.upperBound
    var row = rows.lowerBound
    while row < end, users[row] == user {
        let first = row
        let time = times[row]
        var mask = masks[row]
        row &+= 1
        while row < end, times[row] == time, users[row] == user {
            mask |= masks[row]
            row &+= 1
        }
        if !automaton.isComplete { automaton.take(mask, at: time, row: first) }
    }
    return row
}
