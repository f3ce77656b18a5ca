/// Folds the plain funnel over rows as they come from their row groups, without bringing each person's rows together first.
///
/// Every group's rows are sorted by (user, time), and a later group's rows are later: a cursor per group finds a person's
/// rows in order. The automaton is that of `FunnelFold.foldDisjoint`.
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
        var state = State(latest: latest.mutableSpan, entries: entries.mutableSpan)
        walk(
            rows.users.span, rows.times.span, rows.masks.span, ends: starts.span, users, rules, cursors.mutableSpan,
            begins.mutableSpan, &state)
    }

    private mutating func walk(
        _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, ends: Span<Int>,
        _ range: ClosedRange<UInt32>, _ rules: FunnelRules, _ cursors: consuming MutableSpan<Int>,
        _ begins: consuming MutableSpan<Int>, _ state: inout State
    ) {
        let (window, stepBits, tiesAreStrict) = (rules.windowMicros, rules.stepBits, rules.tiesAreStrict)
        for user in range {
            var isKnown = false
            for group in 0..<groupCount {
                let row = cursors[group]
                let end = ends[group &+ 1]
                if row >= end || users[row] != user { continue }
                if !isKnown { state.begin() }
                isKnown = true
                cursors[group] = state.follow(
                    user, users, times, masks, row..<end, window: window, stepBits: stepBits,
                    tiesAreStrict: tiesAreStrict)
            }
            if !isKnown { continue }
            let depth = state.best.depth
            if depth > 0 {
                outcomes.append(
                    Outcome(
                        attempt: state.best, entryRow: state.entryRow, place: depth > 2 ? ranges.count : nil))
                if depth > 2 { for group in 0..<groupCount { ranges.append(begins[group]..<cursors[group]) } }
            }
            for group in 0..<groupCount { begins[group] = cursors[group] }
        }
    }

    /// One person's automaton.
    private struct State: ~Copyable, ~Escapable {
        /// The latest start of an attempt that has reached each step, and the first row of that start's instant.
        private var latest: MutableSpan<Int64>
        private var entries: MutableSpan<Int>
        private(set) var best = Attempt()
        /// Of `best`.
        private(set) var entryRow = 0

        @_lifetime(copy latest, copy entries)
        init(latest: consuming MutableSpan<Int64>, entries: consuming MutableSpan<Int>) {
            self.latest = latest
            self.entries = entries
        }

        mutating func begin() {
            for step in 0..<latest.count { latest[step] = FunnelFold.never }
            best = Attempt()
        }

        /// Takes the person's rows of one group; answers where they end.
        mutating func follow(
            _ user: UInt32, _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, _ rows: Range<Int>,
            window: Int64, stepBits: UInt64, tiesAreStrict: Bool
        ) -> Int {
            let stepCount = latest.count
            let end = rows.upperBound
            var row = rows.lowerBound
            while row < end, users[row] == user {
                let instantRow = row
                let time = times[row]
                var mask = masks[row]
                row &+= 1
                while row < end, times[row] == time, users[row] == user {
                    mask |= masks[row]
                    row &+= 1
                }
                if best.depth == stepCount { continue }
                mask &= stepBits
                while mask != 0 {
                    // Ascending, so that rows of one instant may follow each other; descending where they may not.
                    let step = tiesAreStrict ? 63 &- mask.leadingZeroBitCount : mask.trailingZeroBitCount
                    mask &= ~(1 << UInt64(truncatingIfNeeded: step))
                    let start = step == 0 ? time : latest[step &- 1]
                    if start < time &- window { continue }
                    let entry = step == 0 ? instantRow : entries[step &- 1]
                    latest[step] = start
                    entries[step] = entry
                    if best.depth <= step {
                        best = Attempt(depth: step &+ 1, start: start, completion: time)
                        entryRow = entry
                        if best.depth == stepCount { break }
                    }
                }
            }
            return row
        }
    }
}
