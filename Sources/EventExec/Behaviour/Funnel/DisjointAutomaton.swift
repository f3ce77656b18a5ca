/// Where the parts of one person's record lie in an array of words, for funnels of which no row meets two steps.
///
/// For each step the record keeps the latest attempt that has reached it, as a chain of the instants at which it reached each
/// step (the first is its start), and the address of the row that opened it; and the attempt that is reported. Where nobody asks
/// when steps were reached, a chain is the start alone.
struct FunnelRecordLayout: Sendable {
    /// The depth of the reported attempt; `droppedDepth` when an exclusion took the person out.
    static let depth = 0
    /// The address of the reported attempt's first row.
    static let entry = 1
    /// The instants of the reported attempt, room for every step; none where they are not kept.
    static let times = 2
    static let droppedDepth: Int64 = -1

    let stepCount: Int
    let keepsTimes: Bool
    /// Addresses of the rows that opened the attempts, by step.
    let entries: Int
    private let chains: Int
    let wordCount: Int

    init(stepCount: Int, keepsTimes: Bool) {
        self.stepCount = stepCount
        self.keepsTimes = keepsTimes
        entries = Self.times + (keepsTimes ? stepCount : 0)
        chains = entries + stepCount
        wordCount = chains + (keepsTimes ? stepCount * (stepCount + 1) / 2 : stepCount)
    }

    /// The `step + 1` instants of the latest attempt that has reached `step`, or the first of them.
    @inline(__always)
    func chain(_ step: Int, keepsTimes: Bool) -> Int { chains &+ (keepsTimes ? (step &* (step &+ 1)) >> 1 : step) }
}

/// What a loop over rows need not ask: known when it is compiled, once for each kind.
protocol FunnelKind {
    /// Whether any event can end an attempt.
    static var excludes: Bool { get }
    static var keepsTimes: Bool { get }
}

enum TimedFunnel: FunnelKind {
    static var excludes: Bool { false }
    static var keepsTimes: Bool { true }
}

enum CountedFunnel: FunnelKind {
    static var excludes: Bool { false }
    static var keepsTimes: Bool { false }
}

enum TimedExcludingFunnel: FunnelKind {
    static var excludes: Bool { true }
    static var keepsTimes: Bool { true }
}

enum CountedExcludingFunnel: FunnelKind {
    static var excludes: Bool { true }
    static var keepsTimes: Bool { false }
}

/// The plain funnel's automaton over the records of persons: ordered, and no row meets two steps.
///
/// An attempt that started later can do whatever an earlier one can and has more of its window left, so the latest attempt of
/// each step is enough to be exact, as in `FunnelFold`. An attempt keeps the first instant at which it reached a step: when
/// one with the same start has reached it, it has reached it before.
///
/// Functions that the loop over rows calls are made anew for each kind of funnel.
struct DisjointAutomaton: Sendable {
    let layout: FunnelRecordLayout
    /// Whether any event can end an attempt.
    let hasExclusions: Bool
    private let windowMicros: Int64
    private let stepBits: UInt64
    private let exclusionBits: UInt64
    private let tiesAreStrict: Bool
    private let exclusions: [FunnelRules.Exclusion]

    init(_ rules: FunnelRules, keepsTimes: Bool = true) {
        layout = FunnelRecordLayout(stepCount: rules.stepCount, keepsTimes: keepsTimes)
        hasExclusions = !rules.exclusions.isEmpty
        windowMicros = rules.windowMicros
        stepBits = rules.stepBits
        exclusionBits = rules.exclusions.reduce(0) { $0 | $1.bit }
        tiesAreStrict = rules.tiesAreStrict
        exclusions = rules.exclusions
    }

    /// Forgets what the record at `record` holds.
    func begin(_ words: inout MutableSpan<Int64>, _ record: Int) {
        words[record &+ FunnelRecordLayout.depth] = 0
        for step in 0..<layout.stepCount { words[record &+ start(step)] = FunnelFold.never }
    }

    /// Where in a record the start of the latest attempt lies that has reached a step.
    private func start(_ step: Int) -> Int { layout.chain(step, keepsTimes: layout.keepsTimes) }

    /// Whether no later row can change what is reported: every step is reached, or the person is out.
    @inline(__always)
    func isDecided(_ words: borrowing MutableSpan<Int64>, _ record: Int) -> Bool {
        UInt64(bitPattern: words[record]) >= UInt64(truncatingIfNeeded: layout.stepCount)
    }

    /// Takes an instant in the way that is the fastest for what it meets; a record's instants must ascend.
    @inline(__always)
    func take(
        _ instant: FunnelInstant, _ kind: (some FunnelKind).Type, _ words: inout MutableSpan<Int64>, _ record: Int
    ) {
        if isDecided(words, record) { return }
        let (mask, time) = (instant.mask, instant.time)
        if mask == 1 {
            open(at: time, entry: instant.entry, kind, &words, record)
        } else if !kind.keepsTimes, meetsOneLaterStep(mask) {
            takeLater(mask.trailingZeroBitCount, at: time, &words, record)
        } else if kind.excludes {
            takeExcluding(mask, at: time, entry: instant.entry, kind, &words, record)
        } else {
            take(mask, at: time, entry: instant.entry, kind, &words, record)
        }
    }

    /// Takes an instant that does nothing but open an attempt: nearly all of them, where step 1 is frequent.
    @inline(__always)
    func open(
        at time: Int64, entry: UInt64, _ kind: (some FunnelKind).Type, _ words: inout MutableSpan<Int64>, _ record: Int
    ) {
        words[record &+ layout.chain(0, keepsTimes: kind.keepsTimes)] = time
        words[record &+ layout.entries] = Int64(bitPattern: entry)
        if words[record] == 0 { report(0, kind, &words, record) }
    }

    /// Takes all rows of one instant; a record's instants must ascend.
    /// - Parameters:
    ///   - mask: what they meet, together.
    ///   - entry: the address of the row that opens an attempt, if one does.
    @inline(__always)
    func take(
        _ mask: UInt64, at time: Int64, entry: UInt64, _ kind: (some FunnelKind).Type,
        _ words: inout MutableSpan<Int64>,
        _ record: Int
    ) {
        var left = mask & stepBits
        while left != 0 {
            // Ascending, so that rows of one instant may follow each other; descending where they may not.
            let step = tiesAreStrict ? 63 &- left.leadingZeroBitCount : left.trailingZeroBitCount
            left &= ~(1 &<< UInt64(truncatingIfNeeded: step))
            if step == 0 {
                open(at: time, entry: entry, kind, &words, record)
                continue
            }
            if !moveOn(to: step, at: time, kind, &words, record) { continue }
            if words[record] == Int64(truncatingIfNeeded: step) {
                report(step, kind, &words, record)
                if step &+ 1 == layout.stepCount { return }
            }
        }
    }

    /// Takes the rows of an instant that meet one step and nothing else, not the first, for records without times: the latest
    /// attempt at the step before reaches it, if there is one and it is later than the one there, and is reported if none is as
    /// deep. Both are a coin toss to a processor, so no branch depends on them.
    @inline(__always)
    func takeLater(_ step: Int, at time: Int64, _ words: inout MutableSpan<Int64>, _ record: Int) {
        let target = record &+ layout.chain(step, keepsTimes: false)
        let (start, latest) = (words[target &- 1], words[target])
        let moves = Self.mask(start > latest) & Self.mask(start >= time &- windowMicros)
        words[target] = Self.pick(moves, start, latest)
        let own = record &+ layout.entries &+ step
        let entry = Self.pick(moves, words[own &- 1], words[own])
        words[own] = entry
        let (depth, reached) = (words[record], Int64(truncatingIfNeeded: step))
        let reports = moves & Self.mask(depth == reached)
        words[record] = Self.pick(reports, reached &+ 1, depth)
        let reported = record &+ FunnelRecordLayout.entry
        words[reported] = Self.pick(reports, entry, words[reported])
    }

    /// Whether rows meet one step and nothing else, and not the first.
    @inline(__always)
    func meetsOneLaterStep(_ mask: UInt64) -> Bool { mask & (mask &- 1) == 0 && mask & stepBits > 1 }

    /// All bits where a condition holds, none where not.
    @inline(__always)
    private static func mask(_ condition: Bool) -> Int64 { condition ? -1 : 0 }

    /// `a` where all bits of `mask` are set, `b` where none is.
    @inline(__always)
    private static func pick(_ mask: Int64, _ a: Int64, _ b: Int64) -> Int64 { b ^ ((a ^ b) & mask) }

    /// Lets the latest attempt at the step before reach `step`; false where there is none, or none later than the one there.
    @inline(__always)
    private func moveOn(
        to step: Int, at time: Int64, _ kind: (some FunnelKind).Type, _ words: inout MutableSpan<Int64>, _ record: Int
    ) -> Bool {
        let target = record &+ layout.chain(step, keepsTimes: kind.keepsTimes)
        let source = target &- (kind.keepsTimes ? step : 1)
        let start = words[source]
        if start <= words[target] || start < time &- windowMicros { return false }
        words[target] = start
        if kind.keepsTimes {
            var place = 1
            while place < step {
                words[target &+ place] = words[source &+ place]
                place &+= 1
            }
            words[target &+ step] = time
        }
        words[record &+ layout.entries &+ step] = words[record &+ layout.entries &+ step &- 1]
        return true
    }

    /// Makes the latest attempt at `step` the reported one.
    @inline(__always)
    private func report(_ step: Int, _ kind: (some FunnelKind).Type, _ words: inout MutableSpan<Int64>, _ record: Int) {
        words[record] = Int64(truncatingIfNeeded: step &+ 1)
        words[record &+ FunnelRecordLayout.entry] = words[record &+ layout.entries &+ step]
        if !kind.keepsTimes { return }
        let chain = record &+ layout.chain(step, keepsTimes: true)
        var place = 0
        while place <= step {
            words[record &+ FunnelRecordLayout.times &+ place] = words[chain &+ place]
            place &+= 1
        }
    }

    /// The same for funnels with exclusions. An event ends the attempts that stood between its exclusion's two steps both
    /// before and after the instant; their starts lie in (latest[before], previous[after]].
    @inline(__always)
    func takeExcluding(
        _ mask: UInt64, at time: Int64, entry: UInt64, _ kind: (some FunnelKind).Type,
        _ words: inout MutableSpan<Int64>,
        _ record: Int
    ) {
        if mask & exclusionBits == 0 {
            take(mask, at: time, entry: entry, kind, &words, record)
        } else {
            takeExclusions(mask, at: time, entry: entry, kind, &words, record)
        }
    }

    private func takeExclusions(
        _ mask: UInt64, at time: Int64, entry: UInt64, _ kind: (some FunnelKind).Type,
        _ words: inout MutableSpan<Int64>, _ record: Int
    ) {
        var previous: [Int64] = []
        for exclusion in exclusions { previous.append(words[record &+ start(exclusion.after)]) }
        take(mask, at: time, entry: entry, kind, &words, record)
        if isDecided(words, record) { return }
        var hits: [(low: Int64, high: Int64, before: Int)] = []
        for (exclusion, high) in zip(exclusions, previous) where mask & exclusion.bit != 0 {
            let low = words[record &+ start(exclusion.before)]
            if high <= low { continue }
            hits.append((low, high, exclusion.before))
            if exclusion.dropsPerson, high >= time &- windowMicros {
                words[record] = FunnelRecordLayout.droppedDepth
                return
            }
        }
        for step in 0..<layout.stepCount where !hits.isEmpty {
            var latest = words[record &+ start(step)]
            var survivor = step
            while let hit = hits.first(where: { latest > $0.low && latest <= $0.high }) {
                latest = hit.low
                survivor = hit.before
            }
            if survivor != step { fallBack(step, to: survivor, &words, record) }
        }
    }

    /// The latest attempt left at `step` is the one that has already reached the later step `survivor`.
    private func fallBack(_ step: Int, to survivor: Int, _ words: inout MutableSpan<Int64>, _ record: Int) {
        let (target, source) = (record &+ start(step), record &+ start(survivor))
        for place in 0...(layout.keepsTimes ? step : 0) { words[target &+ place] = words[source &+ place] }
        words[record &+ layout.entries &+ step] = words[record &+ layout.entries &+ survivor]
    }
}
