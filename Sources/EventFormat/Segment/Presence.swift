internal import EventBase
internal import EventColumns

/// Which rows of a sparse part have a value (SPEC 1.7.4): per granule none, all, a list of rows or a bitset, and the
/// number of values before it. Costs what its values cost.
struct Presence: Sendable {
    /// A granule with fewer values than this lists their rows; 512 two-byte rows take what the bitset takes.
    static let listCountMax = 512
    private static let bitsetSizeBytes = Limits.granuleRowCount / 8

    private let bytes: SharedBytes
    private let place: ByteRef
    private let rowCount: Int
    private var granuleCount: Int { Self.granuleCount(rowCount) }

    private static func granuleCount(_ rowCount: Int) -> Int {
        (rowCount + Limits.granuleRowCount - 1) / Limits.granuleRowCount
    }

    static func encode(_ rows: [UInt32], rowCount: Int) -> [UInt8] {
        let granuleCount = Self.granuleCount(rowCount)
        var ranks: [UInt32] = [0]
        var offsets: [UInt32] = []
        var payload = ByteWriter()
        var next = 0
        for granule in 0..<granuleCount {
            let start = next
            let first = granule * Limits.granuleRowCount
            let end = min(first + Limits.granuleRowCount, rowCount)
            while next < rows.count, Int(rows[next]) < end { next += 1 }
            ranks.append(UInt32(next))
            offsets.append(UInt32(payload.count))
            let count = next - start
            if count == 0 || count == end - first { continue }
            let local = rows[start..<next].map { UInt16(Int($0) - first) }
            if count < listCountMax {
                payload.write(array: local)
                payload.pad(to: 8)
            } else {
                var words = [UInt64](repeating: 0, count: Limits.granuleRowCount / 64)
                for row in local { words[Int(row >> 6)] |= 1 << UInt64(row & 63) }
                payload.write(array: words)
            }
        }
        var writer = ByteWriter()
        writer.write(array: ranks)
        writer.write(array: offsets)
        writer.write(raw: payload.bytes)
        return writer.bytes
    }

    /// - Throws: `.corruption` where checksum or structure do not fit.
    init(_ bytes: SharedBytes, _ place: ByteRef, rowCount: Int, valueCount: Int, label: String) throws(EventSQLError) {
        self.bytes = bytes
        self.place = place
        self.rowCount = rowCount
        let head = (Self.granuleCount(rowCount) * 2 + 1) * 4
        guard place.length >= head, bytes.crc32c(place.range) == place.checksum, rank(0) == 0,
            rank(granuleCount) == valueCount, (0..<granuleCount).allSatisfy({ fits($0, head) })
        else { throw EventSQLError(.corruption, "the presence of a sparse column is damaged", path: label) }
    }

    private func fits(_ granule: Int, _ head: Int) -> Bool {
        let count = rank(granule + 1) - rank(granule)
        guard count >= 0, count <= rows(granule) else { return false }
        if count == 0 || count == rows(granule) { return true }
        let size = count < Self.listCountMax ? count * 2 : Self.bitsetSizeBytes
        return head + payloadOffset(granule) + size <= place.length
    }

    /// Values before a granule.
    func rank(_ granule: Int) -> Int { Int(bytes.load(at: place.offset + granule * 4, as: UInt32.self)) }

    private func rows(_ granule: Int) -> Int {
        min(Limits.granuleRowCount, rowCount - granule * Limits.granuleRowCount)
    }

    private func payloadOffset(_ granule: Int) -> Int {
        Int(bytes.load(at: place.offset + (granuleCount + 1 + granule) * 4, as: UInt32.self))
    }

    /// Where the values of the selected rows lie.
    func locate(_ granule: Int, _ selection: RowSelection) -> Placement {
        let before = rank(granule)
        let count = rank(granule + 1) - before
        if count == rows(granule) { return Placement(allPresent: selection, before: before) }
        if count == 0 || selection.count == 0 { return Placement(values: before..<before, picks: [], slots: []) }
        let present = presentRows(granule, count)
        switch selection {
        case .range(let range):
            let first = present.partitioningIndex { Int($0) >= range.lowerBound }
            var end = first
            while end < present.count, Int(present[end]) < range.upperBound { end += 1 }
            let start = UInt16(truncatingIfNeeded: range.lowerBound)
            return Placement(
                values: (before + first)..<(before + end), picks: nil, slots: present[first..<end].map { $0 &- start })
        case .rows(let rows):
            let (picks, slots) = Self.meet(rows.span, present.span)
            return Placement(values: before..<(before + count), picks: picks, slots: slots)
        }
    }

    /// Where selected and present rows, both ascending, are the same: their places among the present and the selected ones.
    private static func meet(_ rows: Span<UInt16>, _ present: Span<UInt16>) -> (picks: [UInt16], slots: [UInt16]) {
        var picks: [UInt16] = []
        var slots: [UInt16] = []
        var next = 0
        for slot in rows.indices {
            let row = rows[slot]
            while next < present.count, present[next] < row { next &+= 1 }
            if next == present.count { break }
            if present[next] == row {
                picks.append(UInt16(truncatingIfNeeded: next))
                slots.append(UInt16(truncatingIfNeeded: slot))
            }
        }
        return (picks, slots)
    }

    /// The rows of a granule that have a value, ascending.
    private func presentRows(_ granule: Int, _ count: Int) -> [UInt16] {
        let start = place.offset + (granuleCount * 2 + 1) * 4 + payloadOffset(granule)
        if count < Self.listCountMax { return bytes.span.loadArray(at: start, count: count, as: UInt16.self) }
        let words = bytes.span.loadArray(at: start, count: Limits.granuleRowCount / 64, as: UInt64.self)
        var rows: [UInt16] = []
        rows.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(UInt16(index * 64 + rest.trailingZeroBitCount))
                rest &= rest &- 1
            }
        }
        return rows.count > count ? Array(rows[..<count]) : rows
    }
}

/// Where the values of selected rows lie among a part's values.
struct Placement {
    /// Values among which the wanted ones are: no more than a granule has.
    var values: Range<Int>
    /// Which of them are wanted, ascending, counted from the first; nil = all.
    var picks: [UInt16]?
    /// The place of each wanted value among the selected rows; nil = every selected row has one, in order.
    var slots: [UInt16]?

    /// How many values are wanted.
    var count: Int { picks?.count ?? values.count }

    init(values: Range<Int>, picks: [UInt16]?, slots: [UInt16]?) {
        self.values = values
        self.picks = picks
        self.slots = slots
    }

    /// Every row has a value, the granule's first being number `before`.
    init(allPresent selection: RowSelection, before: Int) {
        switch selection {
        case .range(let range):
            self.init(values: (before + range.lowerBound)..<(before + range.upperBound), picks: nil, slots: nil)
        case .rows(let rows):
            let end = before + (rows.last.map { Int($0) + 1 } ?? 0)
            self.init(values: before..<end, picks: rows, slots: nil)
        }
    }
}

extension Array {
    /// The first index whose element fulfils the predicate, in an array where all that do come last.
    func partitioningIndex(_ belongsBehind: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
