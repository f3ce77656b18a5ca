internal import EventBase
internal import EventColumns

/// Which rows of a segment have a value, granule by granule, read where it lies (SPEC 1.4).
///
/// A directory entry of 12 bytes per granule, then the granules' sets: nothing for none or all, 1,024 bytes of bits, or
/// ascending 16-bit row numbers.
enum Presence {
    static let entrySizeBytes = 12

    enum Kind: UInt8 {
        case none = 0
        case all = 1
        case bits = 2
        case list = 3
    }

    /// `rows` ascend and lie below `rowCount`.
    static func encode(rows: [UInt32], rowCount: Int) -> [UInt8] {
        let granuleCount = (rowCount + Limits.granuleRowCount - 1) / Limits.granuleRowCount
        var directory = ByteWriter()
        var sets = ByteWriter()
        var next = 0
        for granule in 0..<granuleCount {
            let start = next
            let end = UInt32(min((granule + 1) * Limits.granuleRowCount, rowCount))
            while next < rows.count, rows[next] < end { next += 1 }
            let first = UInt32(granule * Limits.granuleRowCount)
            let kind = kind(count: next - start, of: Int(end - first))
            directory.write(UInt32(start))
            directory.write(UInt32(sets.count))
            directory.write(kind.rawValue)
            directory.write(UInt8(0))
            directory.write(UInt16(0))
            encode(rows[start..<next], first: first, kind: kind, into: &sets)
        }
        directory.write(raw: sets.bytes)
        return directory.bytes
    }

    private static func kind(count: Int, of rowCount: Int) -> Kind {
        if count == 0 { return .none }
        if count == rowCount { return .all }
        return count * 2 < Limits.granuleRowCount / 8 ? .list : .bits
    }

    private static func encode(_ rows: ArraySlice<UInt32>, first: UInt32, kind: Kind, into output: inout ByteWriter) {
        switch kind {
        case .none, .all: break
        case .list: for row in rows { output.write(UInt16(row - first)) }
        case .bits:
            var words = [UInt64](repeating: 0, count: Limits.granuleRowCount / 64)
            for row in rows { words[Int(row - first) / 64] |= 1 << UInt64((row - first) % 64) }
            output.write(array: words)
        }
    }

    /// The presence of one granule.
    struct Granule {
        let kind: Kind
        /// The dense index of the granule's first value.
        let rank: Int
        let valueCount: Int
        /// For `.list`.
        let list: [UInt16]
        /// For `.bits`.
        let words: [UInt64]
    }

    static func granule(
        _ index: Int, granuleCount: Int, valueCount total: Int, in bytes: RawSpan
    ) throws(EventSQLError) -> Granule {
        guard granuleCount * entrySizeBytes <= bytes.byteCount else { throw damaged }
        let entry = index * entrySizeBytes
        let rank = Int(bytes.load(at: entry, as: UInt32.self))
        let end = index + 1 < granuleCount ? Int(bytes.load(at: entry + entrySizeBytes, as: UInt32.self)) : total
        let start = granuleCount * entrySizeBytes + Int(bytes.load(at: entry + 4, as: UInt32.self))
        guard let kind = Kind(rawValue: bytes.byte(at: entry + 8)), rank <= end, end <= total else { throw damaged }
        let size = kind == .bits ? Limits.granuleRowCount / 8 : kind == .list ? (end - rank) * 2 : 0
        guard start + size <= bytes.byteCount else { throw damaged }
        return Granule(
            kind: kind, rank: rank, valueCount: end - rank,
            list: kind == .list ? bytes.loadArray(at: start, count: end - rank, as: UInt16.self) : [],
            words: kind == .bits ? bytes.loadArray(at: start, count: Limits.granuleRowCount / 64, as: UInt64.self) : [])
    }

    private static var damaged: EventSQLError { EventSQLError(.corruption, "a presence chunk contradicts its directory") }
}

/// The rows of a selection that have a value: where each lands in the output, and which dense value it is.
struct PresentRows {
    /// nil: every output slot, in order.
    var slots: [Int]?
    var dense: DenseSelection

    private init(slots: [Int]?, dense: DenseSelection) {
        self.slots = slots
        self.dense = dense
    }

    /// All rows of the selection, whose values lie at `rank` plus their row number.
    init(all rows: RowSelection, rank: Int) {
        slots = nil
        switch rows {
        case .range(let range): dense = .range((rank + range.lowerBound)..<(rank + range.upperBound))
        case .rows(let list): dense = .list(list.map { rank + Int($0) })
        }
    }

    init(_ rows: RowSelection, _ granule: Presence.Granule) {
        switch granule.kind {
        case .none: self.init(slots: [], dense: .range(0..<0))
        case .all: self.init(all: rows, rank: granule.rank)
        case .list:
            let found = Self.intersect(rows, list: granule.list, rank: granule.rank)
            self.init(slots: found.slots, dense: .list(found.dense))
        case .bits:
            let found = Self.intersect(rows, words: granule.words, rank: granule.rank)
            self.init(slots: found.slots, dense: .list(found.dense))
        }
    }

    private static func intersect(_ rows: RowSelection, list: [UInt16], rank: Int) -> (slots: [Int], dense: [Int]) {
        var slots: [Int] = []
        var dense: [Int] = []
        switch rows {
        case .range(let range):
            for (index, row) in list.enumerated() where range.contains(Int(row)) {
                slots.append(Int(row) - range.lowerBound)
                dense.append(rank + index)
            }
        case .rows(let wanted):
            var next = 0
            for (slot, row) in wanted.enumerated() {
                while next < list.count, list[next] < row { next += 1 }
                if next < list.count, list[next] == row {
                    slots.append(slot)
                    dense.append(rank + next)
                }
            }
        }
        return (slots, dense)
    }

    private static func intersect(_ rows: RowSelection, words: [UInt64], rank: Int) -> (slots: [Int], dense: [Int]) {
        var ranks: [Int] = []
        ranks.reserveCapacity(words.count)
        var sum = rank
        for word in words {
            ranks.append(sum)
            sum += word.nonzeroBitCount
        }
        var slots: [Int] = []
        var dense: [Int] = []
        func visit(_ row: Int, _ slot: Int) {
            let word = words[row >> 6]
            let bit = UInt64(1) << UInt64(row & 63)
            guard word & bit != 0 else { return }
            slots.append(slot)
            dense.append(ranks[row >> 6] + (word & (bit &- 1)).nonzeroBitCount)
        }
        switch rows {
        case .range(let range): for row in range { visit(row, row - range.lowerBound) }
        case .rows(let list): for (slot, row) in list.enumerated() { visit(Int(row), slot) }
        }
        return (slots, dense)
    }
}
