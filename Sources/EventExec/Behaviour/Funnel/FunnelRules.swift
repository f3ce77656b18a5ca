/// What a fold must know of a funnel: numbers only, no names (SPEC 3.2).
struct FunnelRules: Sendable {
    enum Order: Sendable { case ordered, strict, any }

    struct Exclusion: Sendable {
        /// The condition's bit in a row's mask.
        var bit: UInt64
        /// Ends attempts that have reached step `after` and not yet step `before`, counted from 0.
        var after: Int
        var before: Int
        var dropsPerson: Bool
    }

    struct Optional: Sendable {
        /// The condition's bit in a row's mask.
        var bit: UInt64
        /// How many required steps stand before it, at least 1.
        var after: Int
    }

    /// Required steps, 1 ... 64. Step `i` is bit `i` of a row's mask.
    var stepCount: Int
    /// From an attempt's first step to its last, inclusive (S1, S2).
    var windowMicros: Int64
    var order = Order.ordered
    /// Whether a step's row must be strictly later than the row before it (S4).
    var tiesAreStrict = false
    /// Whether no row can meet two steps: then a step is chosen without a search (S5, S6).
    var stepsAreDisjoint = false
    var exclusions: [Exclusion] = []
    /// Steps that an attempt may pass through or not, in order (S13).
    var optionals: [Optional] = []
    /// The longest time from the step before, by step; empty where no step has one.
    var gaps: [Int64] = []
    /// Steps that keep their place in ANY ORDER (S12).
    var anchored: UInt64 = 0
    /// Rows that may open an attempt; nil for all.
    var entryRange: Range<Int64>?

    /// Whether `DisjointAutomaton` says all there is to say.
    var isDisjoint: Bool {
        order == .ordered && gaps.isEmpty && stepsAreDisjoint && entryRange == nil
    }

    /// Longer than any distance of two storable instants, and far from overflow (S27).
    static let windowMicrosMax: Int64 = 1 << 60

    init(stepCount: Int, windowMicros: Int64) {
        precondition(stepCount >= 1 && stepCount <= 64, "BUG: a funnel has 1 to 64 steps")
        self.stepCount = stepCount
        self.windowMicros = min(max(windowMicros, 0), Self.windowMicrosMax)
    }

    /// The bits of all steps.
    var stepBits: UInt64 { stepCount == 64 ? .max : (1 << UInt64(stepCount)) - 1 }
}

/// The attempt that is reported for a person: the deepest, then the earliest completed, then the latest started (S20).
struct Attempt: Sendable, Equatable {
    /// Steps reached; 0 when the person has no row of step 1.
    var depth = 0
    var start: Int64 = 0
    var completion: Int64 = 0
    /// An exclusion took the person out of the funnel altogether.
    var isDropped = false

    /// Whether this attempt is reported rather than `other`.
    func isBetter(than other: Attempt) -> Bool {
        if depth != other.depth { return depth > other.depth }
        if completion != other.completion { return completion < other.completion }
        return start > other.start
    }
}
