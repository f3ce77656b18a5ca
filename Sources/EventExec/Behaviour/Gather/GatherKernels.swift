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

/// Copies the picked rows at positions `range` whose time lies in `timeRange`; decoded values begin at row `base`.
func copy(
    _ scratch: GroupGather.Scratch, _ range: ClosedRange<Int>, base: Int, timeRange: ClosedRange<Int64>,
    to output: inout SelectedRows
) {
    let low = timeRange.lowerBound
    let high = timeRange.upperBound
    let unbounded = low == .min && high == .max
    if unbounded && range.count == scratch.times.count {
        output.users.append(contentsOf: scratch.users)
        output.times.append(contentsOf: scratch.times)
        output.masks.append(contentsOf: scratch.pickedMasks[range])
        return
    }
    for position in range {
        let row = Int(scratch.picked[position]) &- base
        let time = scratch.times[row]
        if time < low || time > high { continue }
        output.users.append(scratch.users[row])
        output.times.append(time)
        output.masks.append(scratch.pickedMasks[position])
    }
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
