/// Answers "was this hash inserted?" with "no" or "perhaps": a Bloom filter of 64-byte blocks, one bit in each of a block's
/// eight words, 16 bits for each hash, so that "perhaps" is wrong about twice in a thousand.
///
/// Grows by further filters of twice the size; what was inserted is never forgotten.
/// Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (2007).
struct EventIDFilter: Sendable {
    private struct Level: Sendable {
        /// Eight words for each block; the number of blocks is a power of two.
        var words: [UInt64]
        let capacity: Int
        var count = 0

        init(capacity: Int) {
            var blockCount = 1
            while blockCount * 32 < capacity { blockCount *= 2 }
            self.capacity = blockCount * 32
            words = Array(repeating: 0, count: blockCount * 8)
        }

        /// First word of a hash's block: chosen by the upper half, the bits inside by the lower.
        @inline(__always)
        func block(of hash: UInt64) -> Int { (Int(truncatingIfNeeded: hash >> 32) & (words.count / 8 - 1)) * 8 }

        func mayContain(_ hash: UInt64) -> Bool {
            let block = block(of: hash)
            var missing: UInt64 = 0
            for word in 0..<8 { missing |= ~words[block + word] & EventIDFilter.bit(hash, word) }
            return missing == 0
        }

        mutating func insert(_ hash: UInt64) {
            let block = block(of: hash)
            for word in 0..<8 { words[block + word] |= EventIDFilter.bit(hash, word) }
            count += 1
        }
    }

    private var levels: [Level]

    /// - Parameter capacity: hashes to expect; more are taken at little cost.
    init(capacity: Int) { levels = [Level(capacity: max(1 << 12, capacity))] }

    var sizeBytes: Int { levels.reduce(0) { $0 + $1.words.count * 8 } }

    /// Whether `hash` may have been inserted before; it is now.
    mutating func insert(_ hash: UInt64) -> Bool {
        if levels.contains(where: { $0.mayContain(hash) }) { return true }
        if levels[levels.count - 1].count >= levels[levels.count - 1].capacity {
            levels.append(Level(capacity: levels[levels.count - 1].capacity * 2))
        }
        levels[levels.count - 1].insert(hash)
        return false
    }

    /// Odd constants of the split-block filter, one for each word.
    private static let salts: [UInt32] = [
        0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
    ]

    @inline(__always)
    private static func bit(_ hash: UInt64, _ word: Int) -> UInt64 {
        1 << UInt64((UInt32(truncatingIfNeeded: hash) &* salts[word]) >> 26)
    }
}
