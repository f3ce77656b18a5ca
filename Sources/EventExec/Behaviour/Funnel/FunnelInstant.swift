/// All rows of one person at one instant.
struct FunnelInstant: Sendable {
    /// Rows that would open the same attempt.
    typealias Tie = (first: UInt64, other: UInt64)

    var user: UInt32
    var time: Int64
    /// What they meet, together.
    var mask: UInt64
    /// The first that opens an attempt, or any if none does.
    var entry: UInt64

    @inline(__always)
    mutating func add(_ mask: UInt64, at address: UInt64, _ ties: inout [Tie]) {
        if self.mask & 1 == 0 { entry = address } else if mask & 1 != 0 { ties.append((entry, address)) }
        self.mask |= mask
    }
}
