import EventBase
import EventColumns

/// What one row group contributes to a gather: a table from event code to conditions, made once per statement.
///
/// - Threads: immutable; scratch memory is the caller's.
struct GroupGather: Sendable {
    /// Buffers that a worker keeps between calls.
    struct Scratch: Sendable {
        var codes: [UInt32] = []
        var users: [UInt32] = []
        var runStarts: [UInt16] = []
        var picked = PickedRows()
        /// A granule's worth of room for the branch-free selection.
        var rowBuffer: [UInt16] = []
        var maskBuffer: [UInt64] = []
        /// What persons have had so far, where a few rows are enough.
        var first: FirstRows?
    }

    let group: any RowGroup
    let index: Int
    let request: GatherRequest
    let keys: RowKeyReader?
    /// Users whose rows can be wanted; nil: all.
    let wanted: UserSet?
    /// Conditions by event code; the last entry is for rows without a name.
    let codeMasks: [UInt64]
    /// A bit for each code that meets a condition; nil where there are too many codes.
    let wantedCodes: UInt64?
    /// Rows of every wanted name when all of them are rare, so that codes need not be decoded.
    let rareRows: Bitmap?
    /// Whether any row of the group can be wanted.
    let isEmpty: Bool
    /// Whether rows are wanted just because they have a name.
    let wantsEveryName: Bool

    /// A name is rare when fewer than one row in this many has it: decoding codes costs about as much as walking its
    /// bitmap then.
    private static let rareRatio = 64

    init(
        group: any RowGroup, index: Int, request: GatherRequest, keys: RowKeyReader?, wanted: UserSet? = nil
    ) throws(EventSQLError) {
        self.group = group
        self.index = index
        self.request = request
        self.keys = keys
        self.wanted = wanted
        let names = group.eventNames
        var masks = [UInt64](repeating: 0, count: names.count + 1)
        for (bit, condition) in request.conditions.enumerated() {
            if condition.names.isEmpty {
                for code in masks.indices { masks[code] |= 1 << UInt64(bit) }
            }
            for name in condition.names {
                if let code = names.code(of: name) { masks[Int(code)] |= 1 << UInt64(bit) }
            }
        }
        if request.firstRows != nil { masks[names.count] = 0 }
        codeMasks = masks
        wantedCodes =
            masks.count > CodeSelection.codeCountMax
            ? nil : masks.enumerated().reduce(0) { $1.element == 0 ? $0 : $0 | 1 << UInt64($1.offset) }
        let range = group.timeRange
        let outside = range.upperBound < request.timeRange.lowerBound || range.lowerBound > request.timeRange.upperBound
        isEmpty = outside || (!request.includesStrangers && masks.allSatisfy { $0 == 0 })
        rareRows = isEmpty ? nil : try Self.rareRows(group, masks, request)
        wantsEveryName =
            masks.dropLast().allSatisfy { $0 != 0 } && request.conditions.allSatisfy { $0.predicate == nil }
            && request.filter == nil && wanted == nil && rareRows == nil && group.hiddenRows == nil
            && request.timeRange.contains(range)
    }

    private static func rareRows(
        _ group: any RowGroup, _ masks: [UInt64], _ request: GatherRequest
    ) throws(EventSQLError) -> Bitmap? {
        if request.includesStrangers || masks[masks.count - 1] != 0 { return nil }
        var parts: [Bitmap] = []
        var count = 0
        for code in 0..<(masks.count - 1) where masks[code] != 0 {
            guard let rows = try group.rows(ofEventCode: UInt32(code)) else { return nil }
            count += rows.count
            if count * rareRatio > group.rowCount { return nil }
            parts.append(rows)
        }
        return Bitmap.union(parts)
    }

    /// Appends the wanted rows of `users` to `output`, in row order, which is by (user, time).
    func append(
        users: ClosedRange<UInt32>, to output: inout SelectedRows, scratch: inout Scratch
    ) throws(EventSQLError) {
        try eachGranule(users: users, scratch: &scratch) { picked, origin in emit(picked, origin, to: &output) }
    }

    /// Calls `body` with the wanted rows of `users` in each granule that has some, in order, and with the address
    /// (`RowAddress.raw`) of the granule's first row.
    func eachGranule(
        users: ClosedRange<UInt32>, scratch: inout Scratch, _ body: (PickedRows, UInt64) -> Void
    ) throws(EventSQLError) {
        if isEmpty || users.upperBound < group.userRange.lowerBound || users.lowerBound > group.userRange.upperBound {
            return
        }
        let rows = try group.rows(ofUsers: users)
        if rows.isEmpty { return }
        let rare = rareRows.map { $0.values(in: UInt32(rows.lowerBound)..<UInt32(rows.upperBound)) }
        let hidden = group.hiddenRows.map { $0.values(in: UInt32(rows.lowerBound)..<UInt32(rows.upperBound)) }
        var start = rows.lowerBound
        while start < rows.upperBound {
            let granule = start / Limits.granuleRowCount
            let end = min(rows.upperBound, (granule + 1) * Limits.granuleRowCount)
            try pick(granule: granule, start..<end, rare: rare, hidden: hidden, &scratch)
            if !scratch.picked.isEmpty {
                body(scratch.picked, RowAddress(group: index, row: granule * Limits.granuleRowCount).raw)
            }
            start = end
        }
    }

    /// Picks the wanted rows of a granule, with all that is asked for of them.
    private func pick(
        granule: Int, _ rows: Range<Int>, rare: [UInt32]?, hidden: [UInt32]?, _ scratch: inout Scratch
    ) throws(EventSQLError) {
        if wantsEveryName, try pickFirst(granule: granule, rows, &scratch) {
            if !scratch.picked.isEmpty { try keys?.read(group, granule: granule, &scratch.picked) }
            return
        }
        try pick(granule: granule, rows, rare: rare, &scratch)
        if let hidden, !hidden.isEmpty {
            dropHidden(hidden, first: granule * Limits.granuleRowCount, &scratch.picked)
        }
        if let wanted {
            try readUsers(granule: granule, &scratch.picked)
            scratch.picked.keep(usersIn: wanted.words)
        }
        try applyPredicates(granule: granule, &scratch.picked)
        if scratch.picked.isEmpty { return }
        if wanted == nil { try readUsers(granule: granule, &scratch.picked) }
        try group.readTimes(granule: granule, rows: .rows(scratch.picked.rows), into: &scratch.picked.times)
        if !request.timeRange.contains(group.timeRange) { scratch.picked.keep(timesIn: request.timeRange) }
        if scratch.first != nil {
            var picked = PickedRows()
            swap(&picked, &scratch.picked)
            scratch.keepFirst(&picked)
            swap(&picked, &scratch.picked)
        }
        try keys?.read(group, granule: granule, &scratch.picked)
    }

    /// The rows of a granule whose event code meets a condition.
    private func pick(
        granule: Int, _ rows: Range<Int>, rare: [UInt32]?, _ scratch: inout Scratch
    ) throws(EventSQLError) {
        let first = granule * Limits.granuleRowCount
        scratch.picked.removeAll()
        guard let rare else {
            let local = (rows.lowerBound - first)..<(rows.upperBound - first)
            try group.readEventCodes(granule: granule, rows: .range(local), into: &scratch.codes)
            select(
                from: local.lowerBound, codeMasks, wanted: wantedCodes, keepAll: request.includesStrangers, &scratch)
            return
        }
        var next = lowerBound(rare, UInt32(rows.lowerBound))
        while next < rare.count, rare[next] < UInt32(rows.upperBound) {
            scratch.picked.rows.append(UInt16(truncatingIfNeeded: Int(rare[next]) - first))
            next += 1
        }
        try group.readEventCodes(granule: granule, rows: .rows(scratch.picked.rows), into: &scratch.codes)
        scratch.picked.masks.append(contentsOf: scratch.codes.map { codeMasks[min(Int($0), codeMasks.count - 1)] })
    }

    private func readUsers(granule: Int, _ picked: inout PickedRows) throws(EventSQLError) {
        try group.readUsers(granule: granule, rows: .rows(picked.rows), into: &picked.users)
    }

    private func emit(_ picked: PickedRows, _ origin: UInt64, to output: inout SelectedRows) {
        output.users.append(contentsOf: picked.users)
        output.times.append(contentsOf: picked.times)
        output.masks.append(contentsOf: picked.masks)
        output.keys.append(contentsOf: picked.keys)
        if request.includesAddresses {
            let first = output.addresses.count
            output.addresses.append(contentsOf: repeatElement(0, count: picked.count))
            writeAddresses(origin, picked.rows.span, to: &output.addresses, from: first)
        }
    }

    /// Drops rows that fail the filter, clears the bits of conditions whose predicate fails, and drops rows left with none.
    private func applyPredicates(granule: Int, _ picked: inout PickedRows) throws(EventSQLError) {
        if picked.isEmpty { return }
        if let filter = request.filter {
            let matching = try filter.matching(picked.rows, granule: granule, of: group)
            var next = 0
            picked.keep { row, _ in
                guard next < matching.count, matching[next] == row else { return false }
                next += 1
                return true
            }
        }
        var hasCleared = false
        for (bit, condition) in request.conditions.enumerated() {
            guard let predicate = condition.predicate else { continue }
            if try clear(1 << UInt64(bit), unless: predicate, granule: granule, &picked) { hasCleared = true }
        }
        if hasCleared, !request.includesStrangers { picked.keepMasked() }
    }

    /// Clears a bit in the masks of the rows that have it and fail a predicate; false where none did.
    private func clear(
        _ flag: UInt64, unless predicate: any RowPredicate, granule: Int, _ picked: inout PickedRows
    ) throws(EventSQLError) -> Bool {
        let places = maskPlaces(picked.masks.span, flag)
        if places.isEmpty { return false }
        let candidates = places.map { picked.rows[Int($0)] }
        let matching = try predicate.matching(candidates, granule: granule, of: group)
        if matching.count == candidates.count { return false }
        var next = 0
        for (index, place) in places.enumerated() {
            if next < matching.count, matching[next] == candidates[index] {
                next += 1
            } else {
                picked.masks[Int(place)] &= ~flag
            }
        }
        return true
    }

    private func dropHidden(_ hidden: [UInt32], first: Int, _ picked: inout PickedRows) {
        var next = 0
        picked.keep { row, _ in
            let row = UInt32(first + Int(row))
            while next < hidden.count, hidden[next] < row { next += 1 }
            return !(next < hidden.count && hidden[next] == row)
        }
    }
}

extension GroupGather.Scratch {
    /// Drops rows of persons who have had enough.
    mutating func keepFirst(_ picked: inout PickedRows) {
        guard var first = first else { return }
        // Taken out, so that it is written where it lies.
        self.first = nil
        picked.keep(first: &first)
        self.first = first
    }
}
