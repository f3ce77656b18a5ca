import EventColumns

/// The loops of the gather: free functions over concrete arrays, no calls and no branches that depend on the data.

/// Fills `scratch.picked` with the rows of a granule whose event code meets a condition (numbered from `base`) and
/// `pickedMasks` with the conditions. Every row is written and the cursor moves on only past wanted ones, so there is
/// no branch to mispredict.
func select(from base: Int, _ codeMasks: [UInt64], keepAll: Bool, _ scratch: inout GroupGather.Scratch) {
    let count = scratch.codes.count
    var rows: [UInt16] = []
    var masks: [UInt64] = []
    swap(&rows, &scratch.rowBuffer)
    swap(&masks, &scratch.maskBuffer)
    if rows.count < count {
        rows = [UInt16](repeating: 0, count: count)
        masks = [UInt64](repeating: 0, count: count)
    }
    let found = select(scratch.codes.span, from: base, codeMasks.span, keepAll: keepAll, &rows, &masks)
    scratch.picked.removeAll(keepingCapacity: true)
    scratch.pickedMasks.removeAll(keepingCapacity: true)
    scratch.picked.append(contentsOf: rows[0..<found])
    scratch.pickedMasks.append(contentsOf: masks[0..<found])
    swap(&rows, &scratch.rowBuffer)
    swap(&masks, &scratch.maskBuffer)
}

private func select(
    _ codes: Span<UInt32>, from base: Int, _ table: Span<UInt64>, keepAll: Bool, _ picked: inout [UInt16],
    _ masks: inout [UInt64]
) -> Int {
    let always: UInt64 = keepAll ? 1 : 0
    let noName = UInt32(truncatingIfNeeded: table.count - 1)
    var rows = picked.mutableSpan
    var bits = masks.mutableSpan
    var out = 0
    for row in 0..<codes.count {
        let mask = table[Int(min(codes[row], noName))]
        rows[out] = UInt16(truncatingIfNeeded: base &+ row)
        bits[out] = mask
        let wanted = mask | always
        // 1 where any bit of `wanted` is set, by arithmetic.
        out &+= Int(truncatingIfNeeded: (wanted | (0 &- wanted)) >> 63)
    }
    return out
}

/// The conditions of rows that are picked already; `codes[0]` belongs to row `picked[0]`.
func lookUp(_ codes: [UInt32], _ picked: [UInt16], _ codeMasks: [UInt64], into masks: inout [UInt64]) {
    masks.removeAll(keepingCapacity: true)
    let base = Int(picked[0])
    for row in picked {
        let code = min(Int(codes[Int(row) - base]), codeMasks.count - 1)
        masks.append(codeMasks[code])
    }
}

/// The rows from the first to the last picked one.
func pickedSpan(_ picked: [UInt16]) -> Range<Int> { Int(picked[0])..<(Int(picked[picked.count - 1]) + 1) }

/// Whether any of the picked rows at positions `range` is of a wanted user.
func anyWanted(_ scratch: GroupGather.Scratch, _ range: ClosedRange<Int>, base: Int, _ wanted: [UInt64]) -> Bool {
    let users = scratch.users.span
    let picked = scratch.picked.span
    let words = wanted.span
    for position in range {
        let user = users[Int(picked[position]) &- base]
        if words[Int(user >> 6)] >> UInt64(user & 63) & 1 != 0 { return true }
    }
    return false
}

/// Copies the picked rows at positions `range` whose time lies in `timeRange` and whose user's bit is set in `wanted`; decoded
/// values begin at row `base`. Every row is written and the cursor moves on only past kept ones.
func copy(
    _ scratch: GroupGather.Scratch, _ range: ClosedRange<Int>, base: Int, timeRange: ClosedRange<Int64>,
    _ wanted: [UInt64]?, to output: inout SelectedRows
) {
    if wanted == nil, timeRange.lowerBound == .min, timeRange.upperBound == .max, range.count == scratch.times.count {
        output.users.append(contentsOf: scratch.users)
        output.times.append(contentsOf: scratch.times)
        output.masks.append(contentsOf: scratch.pickedMasks[range])
        return
    }
    let count = output.times.count
    output.users.append(contentsOf: repeatElement(0, count: range.count))
    output.times.append(contentsOf: repeatElement(0, count: range.count))
    output.masks.append(contentsOf: repeatElement(0, count: range.count))
    let end = copy(
        scratch.picked.span, range, base: base, scratch.users.span, scratch.times.span, scratch.pickedMasks.span,
        timeRange, wanted, from: count, &output.users, &output.times, &output.masks)
    output.users.removeLast(output.users.count - end)
    output.times.removeLast(output.times.count - end)
    output.masks.removeLast(output.masks.count - end)
}

private func copy(
    _ picked: Span<UInt16>, _ range: ClosedRange<Int>, base: Int, _ users: Span<UInt32>, _ times: Span<Int64>,
    _ masks: Span<UInt64>, _ timeRange: ClosedRange<Int64>, _ wanted: [UInt64]?, from start: Int,
    _ outputUsers: inout [UInt32], _ outputTimes: inout [Int64], _ outputMasks: inout [UInt64]
) -> Int {
    let (low, high) = (timeRange.lowerBound, timeRange.upperBound)
    let everybody: [UInt64] = [.max]
    let set = wanted ?? everybody
    let words = set.span
    // Without a set every user looks at the first word, whose bits are all set.
    let indexMask = wanted == nil ? 0 : Int.max
    var outUsers = outputUsers.mutableSpan
    var outTimes = outputTimes.mutableSpan
    var outMasks = outputMasks.mutableSpan
    var out = start
    for position in range {
        let row = Int(picked[position]) &- base
        let (user, time) = (users[row], times[row])
        outUsers[out] = user
        outTimes[out] = time
        outMasks[out] = masks[position]
        let isWanted = Int(truncatingIfNeeded: words[Int(user >> 6) & indexMask] >> UInt64(user & 63) & 1)
        out &+= isWanted & (time >= low ? 1 : 0) & (time <= high ? 1 : 0)
    }
    return out
}

/// The first index of ascending `values` that is not below `bound`.
func lowerBound<Element: Comparable>(_ values: [Element], _ bound: Element) -> Int {
    var low = 0
    var high = values.count
    while low < high {
        let middle = (low + high) / 2
        if values[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
}
