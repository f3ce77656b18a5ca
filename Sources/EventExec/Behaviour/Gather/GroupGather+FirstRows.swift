import EventBase
import EventColumns

extension GroupGather {
    /// Picks the rows of a granule that persons still want, where a few of each person are enough, with users, masks and times:
    /// whose a row is tells which rows those can be, so nothing else is decoded of the others.
    ///
    /// - Returns: false where that cannot be told: a row has no name, or rows beyond the limit share its instant.
    func pickFirst(granule: Int, _ rows: Range<Int>, _ scratch: inout Scratch) throws(EventSQLError) -> Bool {
        guard let first = scratch.first else { return false }
        let start = granule * Limits.granuleRowCount
        let local = (rows.lowerBound - start)..<(rows.upperBound - start)
        try group.readUsers(granule: granule, rows: .range(local), into: &scratch.users)
        var picked = PickedRows()
        swap(&picked, &scratch.picked)
        defer { swap(&picked, &scratch.picked) }
        picked.removeAll()
        first.candidates(
            scratch.users, earliest: group.timeRange.lowerBound, starts: &scratch.runStarts, into: &picked.rows)
        let rows = picked.rows
        copy(scratch.users.span, at: rows.span, into: &picked.users)
        if local.lowerBound > 0 { picked.rows = picked.rows.map { $0 &+ UInt16(truncatingIfNeeded: local.lowerBound) } }
        if picked.isEmpty { return true }
        try group.readEventCodes(granule: granule, rows: .rows(picked.rows), into: &scratch.codes)
        if !lookUp(scratch.codes.span, codeMasks.span, into: &picked.masks) { return false }
        try group.readTimes(granule: granule, rows: .rows(picked.rows), into: &picked.times)
        if first.hasTie(picked.users.span, picked.times.span) { return false }
        scratch.keepFirst(&picked)
        return true
    }
}

/// The users at some places.
private func copy(_ users: Span<UInt32>, at places: Span<UInt16>, into output: inout [UInt32]) {
    output.append(contentsOf: repeatElement(0, count: places.count))
    var target = output.mutableSpan
    for index in places.indices { target[index] = users[Int(places[index])] }
}

/// The conditions that codes meet; false where a row has no name. The last of `table` is for those.
private func lookUp(_ codes: Span<UInt32>, _ table: Span<UInt64>, into masks: inout [UInt64]) -> Bool {
    masks.append(contentsOf: repeatElement(0, count: codes.count))
    var target = masks.mutableSpan
    let noName = UInt32(truncatingIfNeeded: table.count - 1)
    var greatest: UInt32 = 0
    for index in codes.indices {
        greatest = max(greatest, codes[index])
        target[index] = table[Int(min(codes[index], noName))]
    }
    return codes.isEmpty || greatest < noName
}
