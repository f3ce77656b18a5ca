import EventBase

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

    /// Of the users of consecutive rows, the places of those that can still be wanted, and one behind them for each user, whose
    /// time says whether it is at the instant of the last one; replaces what `rows` held.
    /// - Parameters:
    ///   - earliest: no row is before it, so who has had enough before it has no row at the instant of the last one here.
    ///   - starts: room for the places at which each user's rows begin.
    func candidates(_ users: [UInt32], earliest: Int64, starts: inout [UInt16], into rows: inout [UInt16]) {
        let runCount = ValueRuns.starts(of: users, into: &starts)
        let room = users.count + Self.writtenAtOnce
        if rows.count < room { rows.append(contentsOf: repeatElement(0, count: room - rows.count)) }
        let found = firstCandidates(
            limit, firstUser, users.span, starts.span.extracting(0..<runCount), counts.span, lastTimes.span, earliest,
            into: &rows)
        rows.removeLast(rows.count - found)
    }

    /// So many places of a run are written without asking how many there are.
    fileprivate static let writtenAtOnce = 8

    /// Whether a row beyond the limit is at the instant of the one before it: more rows of that instant may follow.
    func hasTie(_ users: Span<UInt32>, _ times: Span<Int64>) -> Bool {
        var had: UInt32 = 0
        for row in users.indices {
            let slot = Int(users[row] &- firstUser)
            let isFirst = row == 0 || users[row &- 1] != users[row]
            had = isFirst ? counts[slot] : had &+ 1
            if had >= limit, times[row] == (isFirst ? lastTimes[slot] : times[row &- 1]) { return true }
        }
        return false
    }
}

private func firstCandidates(
    _ limit: UInt32, _ firstUser: UInt32, _ users: Span<UInt32>, _ starts: Span<UInt16>, _ counts: Span<UInt32>,
    _ lastTimes: Span<Int64>, _ earliest: Int64, into rows: inout [UInt16]
) -> Int {
    var target = rows.mutableSpan
    var found = 0
    for run in starts.indices {
        let start = Int(starts[run])
        let end = run &+ 1 < starts.count ? Int(starts[run &+ 1]) : users.count
        let slot = Int(users[start] &- firstUser)
        let had = counts[slot]
        let wanted = had < limit ? Int(limit &- had) &+ 1 : lastTimes[slot] < earliest ? 0 : 1
        let taken = min(end &- start, wanted)
        for place in 0..<FirstRows.writtenAtOnce {
            target[found &+ place] = UInt16(truncatingIfNeeded: start &+ place)
        }
        if taken > FirstRows.writtenAtOnce {
            for place in FirstRows.writtenAtOnce..<taken {
                target[found &+ place] = UInt16(truncatingIfNeeded: start &+ place)
            }
        }
        found &+= taken
    }
    return found
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
