/// 64-bit hash of byte strings for dictionaries on disk and in memory. Stable for ever: SPEC 1 names it.
///
/// Two multiply-and-fold rounds per 16 bytes (the wyhash construction); not for secrets.
package enum Hash64 {
    private static let k0: UInt64 = 0xa076_1d64_78bd_642f
    private static let k1: UInt64 = 0xe703_7ed1_a0b4_28db
    private static let k2: UInt64 = 0x8ebc_6af0_9c88_c6e3

    @inline(__always)
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    package static func hash(_ bytes: RawSpan) -> UInt64 {
        let count = bytes.byteCount
        var seed = k0 ^ UInt64(count)
        var offset = 0
        while count - offset >= 16 {
            seed = fold(load8(bytes, offset) ^ k1, load8(bytes, offset + 8) ^ seed)
            offset += 16
        }
        let (a, b) = tail(bytes, offset, count - offset)
        return fold(fold(a ^ k1, b ^ seed) ^ k2, UInt64(count) ^ k0)
    }

    package static func hash(_ value: UInt64) -> UInt64 { fold(value ^ k0, value &+ k1) }

    /// Of a packed UUID; that of its text is another.
    package static func hash(_ uuid: PackedUUID) -> UInt64 { fold(uuid[0] ^ k0, uuid[1] ^ k1) }

    @inline(__always)
    private static func load8(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        bytes.word(at: offset)
    }

    /// The last 0...15 bytes as two words, little-endian; fewer than 8 are one word with zeros above.
    @inline(__always)
    private static func tail(_ bytes: RawSpan, _ offset: Int, _ count: Int) -> (UInt64, UInt64) {
        if count >= 8 {
            return (load8(bytes, offset), load8(bytes, offset + count - 8))
        }
        // Overlapping loads: bytes that both halves hold are the same bits in the same place.
        if count >= 4 {
            let low = UInt64(bytes.load(at: offset, as: UInt32.self))
            let high = UInt64(bytes.load(at: offset + count - 4, as: UInt32.self))
            return (low | high << UInt64(8 * (count - 4)), 0)
        }
        if count == 0 { return (0, 0) }
        let first = UInt64(bytes.byte(at: offset))
        let middle = UInt64(bytes.byte(at: offset + count / 2)) << UInt64(8 * (count / 2))
        let last = UInt64(bytes.byte(at: offset + count - 1)) << UInt64(8 * (count - 1))
        return (first | middle | last, 0)
    }
}

/// A small, fast, seedable generator (SplitMix64) for tests, samples and synthetic data. Not for secrets.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
