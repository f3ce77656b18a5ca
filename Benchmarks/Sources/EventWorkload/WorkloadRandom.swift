/// The seeded source of every choice in a workload (SplitMix64): one state word, a few nanoseconds a draw.
///
/// Kept apart from the engine's own generator so that a change there cannot change the bytes of a workload.
struct WorkloadRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    @inline(__always)
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// A bijection on 64-bit words that looks random: for values that must follow from a key, such as a session id.
    @inline(__always)
    static func mix(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
