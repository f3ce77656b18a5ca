import EventBase
import EventColumns

/// The loops of the gather: free functions over concrete arrays, no calls and no branches that depend on the data.

/// Fills `scratch.picked`, which is empty, with the rows of a granule whose event code meets a condition (numbered from `base`)
/// and with the conditions.
/// - Parameter wanted: a bit for each code that meets one; nil where there are more codes than bits, or every row is wanted.
func select(from base: Int, _ codeMasks: [UInt64], wanted: UInt64?, keepAll: Bool, _ scratch: inout GroupGather.Scratch)
{
    if let wanted, !keepAll {
        var rows: [UInt16] = []
        swap(&rows, &scratch.rowBuffer)
        let found = CodeSelection.select(
            scratch.codes, base: base, wanted: wanted, last: codeMasks.count - 1, into: &rows)
        scratch.picked.rows.append(contentsOf: rows[0..<found])
        swap(&rows, &scratch.rowBuffer)
        var masks: [UInt64] = []
        swap(&masks, &scratch.picked.masks)
        masks.append(contentsOf: repeatElement(0, count: found))
        lookUp(scratch.codes.span, scratch.picked.rows.span, base: base, codeMasks.span, into: &masks)
        swap(&masks, &scratch.picked.masks)
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
    scratch.picked.rows.append(contentsOf: rows[0..<found])
    scratch.picked.masks.append(contentsOf: masks[0..<found])
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

/// The places of masks that have a bit.
func maskPlaces(_ masks: Span<UInt64>, _ flag: UInt64) -> [UInt16] {
    var places: [UInt16] = []
    for place in masks.indices where masks[place] & flag != 0 { places.append(UInt16(truncatingIfNeeded: place)) }
    return places
}

/// The addresses of rows counted from the one at `origin`.
func writeAddresses(_ origin: UInt64, _ rows: Span<UInt16>, to output: inout [UInt64], from start: Int) {
    var target = output.mutableSpan
    for index in 0..<rows.count { target[start &+ index] = origin &+ UInt64(rows[index]) }
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
