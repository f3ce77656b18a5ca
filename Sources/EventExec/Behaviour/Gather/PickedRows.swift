import EventBase

/// The rows of one granule that are wanted so far, in columns that stay aligned while conditions leave rows out.
struct PickedRows: Sendable {
    /// Ascending, counted from the granule's first row.
    var rows: [UInt16] = []
    /// The conditions each row meets.
    var masks: [UInt64] = []
    /// Empty until read.
    var users: [UInt32] = []
    /// Empty until read.
    var times: [Int64] = []
    /// `RowKey.raw`; empty until read.
    var keys: [UInt64] = []
    /// Positions of the rows that stay.
    private var kept: [UInt16] = []

    var count: Int { rows.count }
    var isEmpty: Bool { rows.isEmpty }

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        users.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }

    /// Keeps the rows for which `isWanted` holds, called in order with each row and its mask.
    mutating func keep(_ isWanted: (UInt16, UInt64) -> Bool) {
        var positions = takePositions()
        positions.removeAll(keepingCapacity: true)
        for position in rows.indices where isWanted(rows[position], masks[position]) {
            positions.append(UInt16(truncatingIfNeeded: position))
        }
        keep(at: positions, count: positions.count)
        kept = positions
    }

    /// Keeps the rows whose user's bit is set.
    mutating func keep(usersIn words: [UInt64]) {
        var positions = takePositions()
        let count = userPositions(users.span, in: words.span, into: &positions)
        keep(at: positions, count: count)
        kept = positions
    }

    /// Keeps the rows whose time lies in a range.
    mutating func keep(timesIn range: ClosedRange<Int64>) {
        var positions = takePositions()
        let count = timePositions(times.span, range.lowerBound, range.upperBound, into: &positions)
        keep(at: positions, count: count)
        kept = positions
    }

    /// Keeps the rows that meet a condition.
    mutating func keepMasked() {
        var positions = takePositions()
        let count = maskPositions(masks.span, into: &positions)
        keep(at: positions, count: count)
        kept = positions
    }

    /// Keeps the first rows of each person.
    mutating func keep(first: inout FirstRows) {
        var positions = takePositions()
        let count = first.positions(users.span, times.span, into: &positions)
        keep(at: positions, count: count)
        kept = positions
    }

    /// Room for a position of every row, taken out so that it is written where it lies.
    private mutating func takePositions() -> [UInt16] {
        var positions: [UInt16] = []
        swap(&positions, &kept)
        if positions.count < count {
            positions.append(contentsOf: repeatElement(0, count: count - positions.count))
        }
        return positions
    }

    /// Keeps the rows at the first `keptCount` of ascending `positions`.
    private mutating func keep(at positions: [UInt16], count keptCount: Int) {
        if keptCount == count { return }
        let positions = positions.span.extracting(0..<keptCount)
        compact(&rows, positions)
        compact(&masks, positions)
        if !users.isEmpty { compact(&users, positions) }
        if !times.isEmpty { compact(&times, positions) }
        if !keys.isEmpty { compact(&keys, positions) }
    }
}

/// Moves the values at ascending `positions` to the front and drops the others.
private func compact<Element: FixedWidthInteger>(_ values: inout [Element], _ positions: Span<UInt16>) {
    var target = values.mutableSpan
    for index in 0..<positions.count { target[index] = target[Int(positions[index])] }
    values.removeLast(values.count - positions.count)
}

/// Every position is written and the cursor moves on only past kept ones, so there is no branch to mispredict.
private func userPositions(_ users: Span<UInt32>, in words: Span<UInt64>, into kept: inout [UInt16]) -> Int {
    var output = kept.mutableSpan
    var out = 0
    for position in 0..<users.count {
        let user = users[position]
        output[out] = UInt16(truncatingIfNeeded: position)
        out &+= Int(truncatingIfNeeded: words[Int(user >> 6)] >> UInt64(user & 63) & 1)
    }
    return out
}

private func timePositions(_ times: Span<Int64>, _ low: Int64, _ high: Int64, into kept: inout [UInt16]) -> Int {
    var output = kept.mutableSpan
    var out = 0
    for position in 0..<times.count {
        let time = times[position]
        output[out] = UInt16(truncatingIfNeeded: position)
        out &+= (time >= low ? 1 : 0) & (time <= high ? 1 : 0)
    }
    return out
}

private func maskPositions(_ masks: Span<UInt64>, into kept: inout [UInt16]) -> Int {
    var output = kept.mutableSpan
    var out = 0
    for position in 0..<masks.count {
        let mask = masks[position]
        output[out] = UInt16(truncatingIfNeeded: position)
        // 1 where any bit is set, by arithmetic.
        out &+= Int(truncatingIfNeeded: (mask | (0 &- mask)) >> 63)
    }
    return out
}
