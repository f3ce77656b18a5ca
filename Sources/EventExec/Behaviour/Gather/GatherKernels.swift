import EventBase
import EventColumns

/// The loops of the gather: free functions over concrete arrays, no calls and no branches that depend on the data.

/// Fills `scratch.picked` with the rows of a granule whose event code meets a condition (numbered from `base`) and
/// `pickedMasks` with the conditions.
/// - Parameter wanted: a bit for each code that meets one; nil where there are more codes than bits, or every row is wanted.
func select(from base: Int, _ codeMasks: [UInt64], wanted: UInt64?, keepAll: Bool, _ scratch: inout GroupGather.Scratch)
{
    if let wanted, !keepAll {
        var rows: [UInt16] = []
        swap(&rows, &scratch.rowBuffer)
        let found = CodeSelection.select(
            scratch.codes, base: base, wanted: wanted, last: codeMasks.count - 1, into: &rows)
        scratch.picked.removeAll(keepingCapacity: true)
        scratch.picked.append(contentsOf: rows[0..<found])
        swap(&rows, &scratch.rowBuffer)
        var masks: [UInt64] = []
        swap(&masks, &scratch.pickedMasks)
        masks.removeAll(keepingCapacity: true)
        masks.append(contentsOf: repeatElement(0, count: found))
        lookUp(scratch.codes.span, scratch.picked.span, base: base, codeMasks.span, into: &masks)
        swap(&masks, &scratch.pickedMasks)
        return
    }
    selectAny(from: base, codeMasks, keepAll: keepAll, &scratch)
}

/// The conditions of the picked rows; `codes[0]` belongs to row `base`.
private func lookUp(
    _ codes: Span<UInt32>, _ picked: Span<UInt16>, base: Int, _ table: Span<UInt64>, into masks: inout [UInt64]
) {
    var target = masks.mutableSpan
    let noName = UInt32(truncatingIfNeeded: table.count - 1)
    for index in picked.indices { target[index] = table[Int(min(codes[Int(picked[index]) &- base], noName))] }
}

/// Every row is written and the cursor moves on only past wanted ones, so there is no branch to mispredict.
private func selectAny(from base: Int, _ codeMasks: [UInt64], keepAll: Bool, _ scratch: inout GroupGather.Scratch) {
    let count = scratch.codes.count
    var rows: [UInt16] = []
    var masks: [UInt64] = []
    swap(&rows, &scratch.rowBuffer)
    swap(&masks, &scratch.maskBuffer)
    if rows.count < count { rows = [UInt16](repeating: 0, count: count) }
    if masks.count < count { masks = [UInt64](repeating: 0, count: count) }
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

/// The positions among `range` of the picked rows whose time lies in `timeRange` and whose user's bit is set in `wanted`,
/// at the front of `kept`; answers how many.
func keepPositions(
    _ scratch: GroupGather.Scratch, _ range: ClosedRange<Int>, base: Int, timeRange: ClosedRange<Int64>,
    _ wanted: [UInt64]?, into kept: inout [UInt16]
) -> Int {
    if kept.count < range.count { kept = [UInt16](repeating: 0, count: Limits.granuleRowCount) }
    let (low, high) = (timeRange.lowerBound, timeRange.upperBound)
    let everybody: [UInt64] = [.max]
    let set = wanted ?? everybody
    let words = set.span
    let indexMask = wanted == nil ? 0 : Int.max
    let (users, times, picked) = (scratch.users.span, scratch.times.span, scratch.picked.span)
    var output = kept.mutableSpan
    var out = 0
    for position in range {
        let row = Int(picked[position]) &- base
        let (user, time) = (users[row], times[row])
        output[out] = UInt16(truncatingIfNeeded: position)
        let isWanted = Int(truncatingIfNeeded: words[Int(user >> 6) & indexMask] >> UInt64(user & 63) & 1)
        out &+= isWanted & (time >= low ? 1 : 0) & (time <= high ? 1 : 0)
    }
    return out
}

/// Copies the decoded values (from row `base` on) of the picked rows at `positions`.
func copy<Element: FixedWidthInteger>(
    _ source: Span<Element>, rows: Span<UInt16>, base: Int, at positions: Span<UInt16>, to output: inout [Element],
    from start: Int
) {
    var target = output.mutableSpan
    for index in 0..<positions.count { target[start &+ index] = source[Int(rows[Int(positions[index])]) &- base] }
}

/// Copies the decoded values (from row `base` on) of all picked rows.
func copy<Element: FixedWidthInteger>(
    _ source: Span<Element>, rows: Span<UInt16>, base: Int, to output: inout [Element], from start: Int
) {
    var target = output.mutableSpan
    for index in 0..<rows.count { target[start &+ index] = source[Int(rows[index]) &- base] }
}

/// Copies what lies beside the picked rows at `positions`.
func copy(_ source: Span<UInt64>, at positions: Span<UInt16>, to output: inout [UInt64], from start: Int) {
    var target = output.mutableSpan
    for index in 0..<positions.count { target[start &+ index] = source[Int(positions[index])] }
}

/// The addresses of the picked rows at `positions`, counted from a granule's first row.
func copyAddresses(
    _ rows: Span<UInt16>, _ origin: RowAddress, at positions: Span<UInt16>, to output: inout [UInt64], from start: Int
) {
    var target = output.mutableSpan
    for index in 0..<positions.count {
        target[start &+ index] = origin.raw &+ UInt64(rows[Int(positions[index])])
    }
}

/// The addresses of all picked rows.
func copyAddresses(_ rows: Span<UInt16>, _ origin: RowAddress, to output: inout [UInt64], from start: Int) {
    var target = output.mutableSpan
    for index in 0..<rows.count { target[start &+ index] = origin.raw &+ UInt64(rows[index]) }
}

/// The first index of ascending `values` that is not below `bound`.
func lowerBound<Element: Comparable>(_ values: [Element], _ bound: Element) -> Int {
    lowerBound(values, bound, in: 0..<values.count)
}

/// The same among the values at `range`.
func lowerBound<Element: Comparable>(_ values: [Element], _ bound: Element, in range: Range<Int>) -> Int {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
        let middle = (low + high) / 2
        if values[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
}
