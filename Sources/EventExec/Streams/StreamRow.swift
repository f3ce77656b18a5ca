/// One row of a stream function: when it was, and which conditions it meets.
struct StreamRow: Sendable {
    var time: Int64
    /// Bit n: condition n. The last bit: a base row of `sequence_next_node`.
    var mask: UInt64

    static let baseBit: UInt64 = 1 << 63

    /// By time, then by the first condition met; rows that are equal in both cannot be told apart by their masks' order.
    @inline(__always)
    static func precedes(_ a: StreamRow, _ b: StreamRow) -> Bool {
        if a.time != b.time { return a.time < b.time }
        let (first, second) = (a.mask.trailingZeroBitCount, b.mask.trailingZeroBitCount)
        return first != second ? first < second : a.mask < b.mask
    }
}
