/// Draws indexes with given weights in constant time (Walker's alias method as Vose builds it).
/// - Complexity: O(n) to build, 8 bytes an index, O(1) a draw.
struct AliasTable: Sendable {
    /// The share of the slot, of 2^32, that its own index keeps.
    private var keep: [UInt32]
    private var other: [UInt32]

    init(weights: [Double]) {
        precondition(!weights.isEmpty, "BUG: nothing to draw from")
        let scale = Double(weights.count) / weights.reduce(0, +)
        var share = weights.map { $0 * scale }
        keep = [UInt32](repeating: .max, count: weights.count)
        other = (0..<UInt32(weights.count)).map { $0 }
        var small: [Int] = []
        var large: [Int] = []
        for index in share.indices {
            if share[index] < 1 { small.append(index) } else { large.append(index) }
        }
        while let low = small.popLast(), let high = large.popLast() {
            keep[low] = UInt32(share[low] * 4_294_967_295)
            other[low] = UInt32(high)
            share[high] -= 1 - share[low]
            if share[high] < 1 { small.append(high) } else { large.append(high) }
        }
    }

    /// One random word makes one index: the upper half picks the slot, the lower half its owner.
    @inline(__always)
    func draw(_ word: UInt64) -> Int {
        let slot = Int(((word >> 32) &* UInt64(keep.count)) >> 32)
        return UInt32(truncatingIfNeeded: word) <= keep[slot] ? slot : Int(other[slot])
    }
}
