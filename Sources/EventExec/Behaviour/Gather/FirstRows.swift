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

    /// Moves the picked rows that are wanted to the front, and answers how many they are; `users[0]` belongs to row `base`.
    mutating func keep(
        _ users: Span<UInt32>, _ times: Span<Int64>, from base: Int, within timeRange: ClosedRange<Int64>,
        _ picked: inout [UInt16], _ masks: inout [UInt64]
    ) -> Int {
        keepFirst(
            limit, firstUser, users, times, from: base, within: timeRange, &counts, &lastTimes, &picked, &masks)
    }
}

private func keepFirst(
    _ limit: UInt32, _ firstUser: UInt32, _ users: Span<UInt32>, _ times: Span<Int64>, from base: Int,
    within timeRange: ClosedRange<Int64>, _ counts: inout [UInt32], _ lastTimes: inout [Int64],
    _ picked: inout [UInt16],
    _ masks: inout [UInt64]
) -> Int {
    var counts = counts.mutableSpan
    var lastTimes = lastTimes.mutableSpan
    var rows = picked.mutableSpan
    var bits = masks.mutableSpan
    var out = 0
    for position in 0..<rows.count {
        let row = Int(rows[position]) &- base
        let slot = Int(users[row] &- firstUser)
        let time = times[row]
        if counts[slot] >= limit, time != lastTimes[slot] { continue }
        if !timeRange.contains(time) { continue }
        counts[slot] &+= 1
        lastTimes[slot] = time
        rows[out] = rows[position]
        bits[out] = bits[position]
        out &+= 1
    }
    return out
}
