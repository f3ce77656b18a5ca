/// The plain funnel's automaton, one person at a time: ordered, no row meets two steps, nothing is excluded.
///
/// `latest[k]` is the latest start of an attempt that has reached step `k`, as in `FunnelFold`.
struct DisjointAutomaton: ~Copyable, ~Escapable {
    private var latest: MutableSpan<Int64>
    /// The row of each start in `latest`.
    private var entries: MutableSpan<Int>
    private let windowMicros: Int64
    private let stepBits: UInt64
    private let tiesAreStrict: Bool
    /// The deepest attempt so far, the first of those that are equally deep.
    private(set) var best = Attempt()
    /// The row of its start.
    private(set) var entryRow = 0

    /// - Parameters:
    ///   - latest: room for one start per step; what it holds does not matter.
    ///   - entries: the same for rows.
    @_lifetime(copy latest, copy entries)
    init(latest: consuming MutableSpan<Int64>, entries: consuming MutableSpan<Int>, _ rules: FunnelRules) {
        self.latest = latest
        self.entries = entries
        windowMicros = rules.windowMicros
        stepBits = rules.stepBits
        tiesAreStrict = rules.tiesAreStrict
    }

    var isComplete: Bool { best.depth == latest.count }

    /// Forgets the person before.
    mutating func begin() {
        for step in 0..<latest.count { latest[step] = FunnelFold.never }
        best = Attempt()
    }

    /// Takes all rows of one instant, the first of which is `row`; instants must ascend.
    /// - Parameter masks: what they meet, together.
    @inline(__always)
    mutating func take(_ masks: UInt64, at time: Int64, row: Int) {
        var mask = masks & stepBits
        while mask != 0 {
            // Ascending, so that rows of one instant may follow each other; descending where they may not.
            let step = tiesAreStrict ? 63 &- mask.leadingZeroBitCount : mask.trailingZeroBitCount
            mask &= ~(1 << UInt64(truncatingIfNeeded: step))
            let start = step == 0 ? time : latest[step &- 1]
            if start < time &- windowMicros { continue }
            let entry = step == 0 ? row : entries[step &- 1]
            latest[step] = start
            entries[step] = entry
            if best.depth <= step {
                best = Attempt(depth: step &+ 1, start: start, completion: time)
                entryRow = entry
                if best.depth == latest.count { return }
            }
        }
    }
}
