/// Answers "was this hash inserted?" with "no" or "perhaps": a Bloom filter of 64-byte blocks, one bit in each of a block's
/// eight words, 16 bits for each hash, so that "perhaps" is wrong about twice in a thousand.
///
/// Grows by further filters of twice the size; what was inserted is never forgotten.
/// Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (2007).
struct EventIDFilter: Sendable {
    private struct Level: Sendable {
        /// The number of blocks is a power of two.
        private var blocks: [SIMD8<UInt64>]
        let capacity: Int
        var count = 0

        init(capacity: Int) {
            var blockCount = 1
            while blockCount * 32 < capacity { blockCount *= 2 }
            self.capacity = blockCount * 32
            blocks = Array(repeating: SIMD8(), count: blockCount)
        }

        var sizeBytes: Int { blocks.count * 64 }

        /// The block of a hash: chosen by the upper half, the bits inside by the lower.
        @inline(__always)
        private func place(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (blocks.count &- 1) }

        @inline(__always)
        func mayContain(_ hash: UInt64, _ bits: SIMD8<UInt64>) -> Bool { bits & ~blocks[place(of: hash)] == SIMD8() }

        /// One word of a hash's block, so that the block is near when it is asked.
        @inline(__always)
        func touch(_ hash: UInt64) -> UInt64 { blocks[place(of: hash)][0] }

        @inline(__always)
        mutating func insert(_ hash: UInt64, _ bits: SIMD8<UInt64>) {
            blocks[place(of: hash)] |= bits
            count &+= 1
        }
    }

    private var levels: [Level]
    /// Of no use but that what was touched is really read.
    private var touched: UInt64 = 0

    /// - Parameter capacity: hashes to expect; more are taken at little cost.
    init(capacity: Int) { levels = [Level(capacity: max(1 << 12, capacity))] }

    var sizeBytes: Int { levels.reduce(0) { $0 + $1.sizeBytes } }

    /// Brings the block of a hash near: a filter is larger than the caches, and the blocks of several hashes come at once.
    @inline(__always)
    mutating func touch(_ hash: UInt64) { touched |= levels[levels.count &- 1].touch(hash) }

    /// Whether `hash` may have been inserted before; it is now.
    @inline(__always)
    mutating func insert(_ hash: UInt64) -> Bool {
        let bits = Self.bits(hash)
        for level in levels.indices where levels[level].mayContain(hash, bits) { return true }
        let last = levels.count &- 1
        if levels[last].count >= levels[last].capacity { return insertGrowing(hash, bits) }
        levels[last].insert(hash, bits)
        return false
    }

    private mutating func insertGrowing(_ hash: UInt64, _ bits: SIMD8<UInt64>) -> Bool {
        var level = Level(capacity: levels[levels.count - 1].capacity * 2)
        level.insert(hash, bits)
        levels.append(level)
        return false
    }

    /// Odd constants of the split-block filter, one for each word.
    private static let salts = SIMD8<UInt32>(
        0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31)

    /// One bit of each word.
    @inline(__always)
    private static func bits(_ hash: UInt64) -> SIMD8<UInt64> {
        let places = (SIMD8(repeating: UInt32(truncatingIfNeeded: hash)) &* salts) &>> 26
        return SIMD8<UInt64>(repeating: 1) &<< SIMD8<UInt64>(truncatingIfNeeded: places)
    }
}
