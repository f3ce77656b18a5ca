/// How many rows each person of a range has had, where only the first few matter. Rows must come in order of time.
struct FirstRows: Sendable {
    private let limit: UInt32
    private let firstUser: UInt32
    private var counts: [UInt32]
    private var lastTimes: [Int64]

    /// - Parameter limit: rows a person may have; those of the last one's instant come too.
    init(limit: Int, users: ClosedRange<UInt32>) {
        self.limit = UInt32(clamping: limit)
        firstUser = users.lowerBound
        counts = Array(repeating: 0, count: users.count)
        lastTimes = Array(repeating: .min, count: users.count)
    }

    /// Writes the positions of the rows that are wanted to the front of `kept`, which has room for all, and answers how many.
    mutating func positions(_ users: Span<UInt32>, _ times: Span<Int64>, into kept: inout [UInt16]) -> Int {
        firstPositions(limit, firstUser, users, times, &counts, &lastTimes, into: &kept)
    }
}

private func firstPositions(
    _ limit: UInt32, _ firstUser: UInt32, _ users: Span<UInt32>, _ times: Span<Int64>, _ counts: inout [UInt32],
    _ lastTimes: inout [Int64], into kept: inout [UInt16]
) -> Int {
    var counts = counts.mutableSpan
    var lastTimes = lastTimes.mutableSpan
    var output = kept.mutableSpan
    var out = 0
    for position in 0..<users.count {
        let slot = Int(users[position] &- firstUser)
        let time = times[position]
        if counts[slot] >= limit, time != lastTimes[slot] { continue }
        counts[slot] &+= 1
        lastTimes[slot] = time
        output[out] = UInt16(truncatingIfNeeded: position)
        out &+= 1
    }
    return out
}
