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
        var times: [Int64] = []
        var picked: [UInt16] = []
        var pickedMasks: [UInt64] = []
        /// A granule's worth of room for the branch-free selection.
        var rowBuffer: [UInt16] = []
        var maskBuffer: [UInt64] = []
        /// Positions of picked rows that are copied.
        var keptBuffer: [UInt16] = []
        /// What persons have had so far, where a few rows are enough.
        var first: FirstRows?
        /// Keys of the picked rows, where the request asks for keys.
        var pickedKeys: [UInt64] = []
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
            try append(granule: granule, start..<end, rare: rare, hidden: hidden, to: &output, scratch: &scratch)
            start = end
        }
    }

    private func append(
        granule: Int, _ rows: Range<Int>, rare: [UInt32]?, hidden: [UInt32]?, to output: inout SelectedRows,
        scratch: inout Scratch
    ) throws(EventSQLError) {
        let first = granule * Limits.granuleRowCount
        let local = (rows.lowerBound - first)..<(rows.upperBound - first)
        if let rare {
            scratch.picked.removeAll(keepingCapacity: true)
            var next = lowerBound(rare, UInt32(rows.lowerBound))
            while next < rare.count, rare[next] < UInt32(rows.upperBound) {
                scratch.picked.append(UInt16(truncatingIfNeeded: Int(rare[next]) - first))
                next += 1
            }
            if scratch.picked.isEmpty { return }
            try group.readEventCodes(granule: granule, rows: pickedSpan(scratch.picked), into: &scratch.codes)
            lookUp(scratch.codes, scratch.picked, codeMasks, into: &scratch.pickedMasks)
        } else {
            try group.readEventCodes(granule: granule, rows: local, into: &scratch.codes)
            select(
                from: local.lowerBound, codeMasks, wanted: wantedCodes, keepAll: request.includesStrangers, &scratch)
        }
        if let hidden, !hidden.isEmpty { dropHidden(hidden, first: first, &scratch) }
        if scratch.picked.isEmpty { return }
        if request.filter != nil || request.conditions.contains(where: { $0.predicate != nil }) {
            try applyPredicates(granule: granule, &scratch)
            if scratch.picked.isEmpty { return }
        }
        if scratch.first != nil {
            try keepFirst(granule: granule, &scratch)
            if scratch.picked.isEmpty { return }
        }
        if let keys {
            try keys.read(group, granule: granule, &scratch)
            if scratch.picked.isEmpty { return }
        }
        try emit(granule: granule, to: &output, scratch: &scratch)
    }

    /// Reads users and times of the picked rows, in runs of neighbouring blocks.
    private func emit(
        granule: Int, to output: inout SelectedRows, scratch: inout Scratch
    ) throws(EventSQLError) {
        let block = Limits.blockValueCount
        let needsExtras = request.includesAddresses || keys != nil
        // Neither a user nor a time leaves a row out.
        let takesAll = wanted == nil && request.timeRange.contains(group.timeRange)
        var next = 0
        while next < scratch.picked.count {
            let start = Int(scratch.picked[next])
            var last = next
            while last + 1 < scratch.picked.count, Int(scratch.picked[last + 1]) - Int(scratch.picked[last]) <= block {
                last += 1
            }
            let end = Int(scratch.picked[last]) + 1
            try group.readUsers(granule: granule, rows: start..<end, into: &scratch.users)
            if let wanted, !anyWanted(scratch, next...last, base: start, wanted.words) {
                next = last + 1
                continue
            }
            try group.readTimes(granule: granule, rows: start..<end, into: &scratch.times)
            if takesAll {
                appendAll(scratch, next...last, base: start, granule, &output)
            } else if needsExtras {
                appendWithExtras(&scratch, next...last, base: start, granule, &output)
            } else {
                copy(scratch, next...last, base: start, timeRange: request.timeRange, wanted?.words, to: &output)
            }
            next = last + 1
        }
    }

    private func appendAll(
        _ scratch: Scratch, _ range: ClosedRange<Int>, base: Int, _ granule: Int, _ output: inout SelectedRows
    ) {
        let first = output.times.count
        let rows = scratch.picked.span.extracting(range)
        if range.count == scratch.times.count {
            output.users.append(contentsOf: scratch.users)
            output.times.append(contentsOf: scratch.times)
        } else {
            output.users.append(contentsOf: repeatElement(0, count: range.count))
            output.times.append(contentsOf: repeatElement(0, count: range.count))
            copy(scratch.users.span, rows: rows, base: base, to: &output.users, from: first)
            copy(scratch.times.span, rows: rows, base: base, to: &output.times, from: first)
        }
        output.masks.append(contentsOf: scratch.pickedMasks[range])
        if keys != nil { output.keys.append(contentsOf: scratch.pickedKeys[range]) }
        if request.includesAddresses {
            output.addresses.append(contentsOf: repeatElement(0, count: range.count))
            let origin = RowAddress(group: index, row: granule * Limits.granuleRowCount)
            copyAddresses(rows, origin, to: &output.addresses, from: first)
        }
    }

    private func appendWithExtras(
        _ scratch: inout Scratch, _ range: ClosedRange<Int>, base: Int, _ granule: Int, _ output: inout SelectedRows
    ) {
        var kept: [UInt16] = []
        swap(&kept, &scratch.keptBuffer)
        defer { swap(&kept, &scratch.keptBuffer) }
        let count = keepPositions(
            scratch, range, base: base, timeRange: request.timeRange, wanted?.words, into: &kept)
        let first = output.times.count
        output.users.append(contentsOf: repeatElement(0, count: count))
        output.times.append(contentsOf: repeatElement(0, count: count))
        output.masks.append(contentsOf: repeatElement(0, count: count))
        let positions = kept.span.extracting(0..<count)
        copy(scratch.users.span, rows: scratch.picked.span, base: base, at: positions, to: &output.users, from: first)
        copy(scratch.times.span, rows: scratch.picked.span, base: base, at: positions, to: &output.times, from: first)
        copy(scratch.pickedMasks.span, at: positions, to: &output.masks, from: first)
        if request.includesAddresses {
            output.addresses.append(contentsOf: repeatElement(0, count: count))
            let origin = RowAddress(group: index, row: granule * Limits.granuleRowCount)
            copyAddresses(scratch.picked.span, origin, at: positions, to: &output.addresses, from: first)
        }
        if keys != nil {
            output.keys.append(contentsOf: repeatElement(0, count: count))
            copy(scratch.pickedKeys.span, at: positions, to: &output.keys, from: first)
        }
    }

    /// Clears the bits of conditions whose predicate fails, then drops rows that are left with none.
    private func applyPredicates(granule: Int, _ scratch: inout Scratch) throws(EventSQLError) {
        if let filter = request.filter {
            let kept = try filter.matching(scratch.picked, granule: granule, of: group)
            keep(kept, &scratch)
        }
        for (bit, condition) in request.conditions.enumerated() {
            guard let predicate = condition.predicate else { continue }
            let flag: UInt64 = 1 << UInt64(bit)
            var candidates: [UInt16] = []
            for position in scratch.picked.indices where scratch.pickedMasks[position] & flag != 0 {
                candidates.append(scratch.picked[position])
            }
            if candidates.isEmpty { continue }
            let kept = try predicate.matching(candidates, granule: granule, of: group)
            var next = 0
            for position in scratch.picked.indices where scratch.pickedMasks[position] & flag != 0 {
                if next < kept.count, kept[next] == scratch.picked[position] {
                    next += 1
                } else {
                    scratch.pickedMasks[position] &= ~flag
                }
            }
        }
        if !request.includesStrangers { scratch.keepPicked { _, mask in mask != 0 } }
    }

    /// Keeps the picked rows that are in `kept`, a subsequence of them.
    private func keep(_ kept: [UInt16], _ scratch: inout Scratch) {
        var next = 0
        scratch.keepPicked { row, _ in
            guard next < kept.count, kept[next] == row else { return false }
            next += 1
            return true
        }
    }

    /// Drops rows of persons who have had enough.
    private func keepFirst(granule: Int, _ scratch: inout Scratch) throws(EventSQLError) {
        let span = pickedSpan(scratch.picked)
        try group.readUsers(granule: granule, rows: span, into: &scratch.users)
        try group.readTimes(granule: granule, rows: span, into: &scratch.times)
        guard var first = scratch.first else { return }
        // Taken out, so that they are written where they lie.
        scratch.first = nil
        var (picked, masks): ([UInt16], [UInt64]) = ([], [])
        swap(&picked, &scratch.picked)
        swap(&masks, &scratch.pickedMasks)
        let kept = first.keep(
            scratch.users.span, scratch.times.span, from: span.lowerBound, within: request.timeRange, &picked, &masks)
        picked.removeSubrange(kept...)
        masks.removeSubrange(kept...)
        swap(&picked, &scratch.picked)
        swap(&masks, &scratch.pickedMasks)
        scratch.first = first
    }

    private func dropHidden(_ hidden: [UInt32], first: Int, _ scratch: inout Scratch) {
        var next = 0
        scratch.keepPicked { row, _ in
            let row = UInt32(first + Int(row))
            while next < hidden.count, hidden[next] < row { next += 1 }
            return !(next < hidden.count && hidden[next] == row)
        }
    }
}

extension GroupGather.Scratch {
    /// Keeps the picked rows for which `isWanted` holds, called in order with each row and its mask.
    mutating func keepPicked(_ isWanted: (UInt16, UInt64) -> Bool) {
        var out = 0
        for position in picked.indices where isWanted(picked[position], pickedMasks[position]) {
            picked[out] = picked[position]
            pickedMasks[out] = pickedMasks[position]
            out += 1
        }
        picked.removeSubrange(out...)
        pickedMasks.removeSubrange(out...)
    }
}
