internal import EventBase

/// UUIDs that are looked for among packed ones, which so need not become text.
struct UUIDWords {
    /// The first words; two random UUIDs hardly share one.
    private let first: Set<UInt64>
    /// One bit for each value of a hash of the first word: most words are not looked for, and cost one look at this.
    private var bits: [UInt64]
    private let shift: UInt64

    init(_ words: [PackedUUID]) {
        first = Set(words.map { $0[0] })
        var sizeBits: UInt64 = 10
        while 1 << sizeBits < UInt64(words.count) * 32, sizeBits < 22 { sizeBits += 1 }
        shift = 64 - sizeBits
        bits = Array(repeating: 0, count: 1 << Int(sizeBits - 6))
        for word in first { bits[Int(Self.hash(word, shift) >> 6)] |= 1 << (Self.hash(word, shift) & 63) }
    }

    /// Whether any of the packed UUIDs, two words each, may be one of these.
    func meet(_ packed: [UInt64]) -> Bool {
        for index in stride(from: 0, to: packed.count, by: 2) {
            let hash = Self.hash(packed[index], shift)
            if bits[Int(truncatingIfNeeded: hash >> 6)] >> (hash & 63) & 1 != 0, first.contains(packed[index]) {
                return true
            }
        }
        return false
    }

    @inline(__always)
    private static func hash(_ word: UInt64, _ shift: UInt64) -> UInt64 { (word &* 0x9e37_79b9_7f4a_7c15) >> shift }
}
