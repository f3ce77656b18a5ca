internal import EventBase
internal import EventColumns

/// The values of one path in a whole batch, ready to be gathered for any of its drafts.
struct DraftColumns {
    private let path: String
    private let bools: BatchValues<Bool>
    private let integers: BatchValues<Int64>
    private let doubles: BatchValues<Double>
    private let strings: BatchValues<UInt32>
    private let stringPool: any StringPool
    private let uuids: BatchValues<PackedUUID>
    private let jsons: BatchValues<UInt32>
    private let jsonPool: any StringPool

    /// - Parameter sources: the column in each part that has it, with the part's first row in the batch.
    init(path: String, sources packed: [(base: Int, column: ColumnBuffer)], rowCount: Int) {
        self.path = path
        let sources = Self.settlingUUIDs(packed)
        bools = BatchValues(sources.map { ($0.base, $0.column.bools) }, rowCount: rowCount)
        integers = BatchValues(sources.map { ($0.base, $0.column.integers) }, rowCount: rowCount)
        doubles = BatchValues(sources.map { ($0.base, $0.column.doubles) }, rowCount: rowCount)
        let strings = Self.unify(sources.map { ($0.base, $0.column.strings, $0.column.stringValues) })
        let jsons = Self.unify(sources.map { ($0.base, $0.column.jsons, $0.column.jsonValues) })
        self.strings = BatchValues(strings.values, rowCount: rowCount)
        stringPool = strings.pool
        uuids = BatchValues(sources.map { ($0.base, $0.column.uuids) }, rowCount: rowCount)
        self.jsons = BatchValues(jsons.values, rowCount: rowCount)
        jsonPool = jsons.pool
    }

    /// The values of one draft's rows, by their places in it.
    func values(in draft: Int, of places: RowPlaces) -> SegmentColumn {
        var column = SegmentColumn(path: path)
        column.bools = bools.gather(draft, places)
        column.integers = integers.gather(draft, places)
        column.doubles = doubles.gather(draft, places)
        column.strings = strings.gather(draft, places)
        column.stringPool = stringPool
        column.uuids = uuids.gather(draft, places)
        column.jsons = jsons.gather(draft, places)
        column.jsonPool = jsonPool
        return column
    }

    /// Strings and packed UUIDs of one column either all packed or all strings: packed where every string is a UUID and they
    /// hardly repeat.
    private static func settlingUUIDs(
        _ sources: [(base: Int, column: ColumnBuffer)]
    ) -> [(base: Int, column: ColumnBuffer)] {
        if sources.allSatisfy({ $0.column.uuids.isEmpty }) { return sources }
        let packed = sources.compactMap { base, column in column.packingUUIDs().map { (base: base, column: $0) } }
        if packed.count == sources.count, isNearlyDistinct(packed.map(\.column.uuids.values)) { return packed }
        return sources.map { ($0.base, $0.column.unpackingUUIDs()) }
    }

    private static func isNearlyDistinct(_ sources: [[PackedUUID]]) -> Bool {
        var sample: Set<UInt64> = []
        for uuids in sources {
            for uuid in uuids {
                let hash = Hash64.hash(uuid)
                if hash & (sampledHashOneIn - 1) == 0 { sample.insert(hash) }
            }
        }
        return sample.count * Int(sampledHashOneIn) * 2 > sources.reduce(0) { $0 + $1.count }
    }

    /// One numbering of strings for all sources.
    private static func unify(
        _ sources: [(base: Int, codes: SparseValues<UInt32>, strings: StringInterner)]
    ) -> (values: [(Int, SparseValues<UInt32>)], pool: any StringPool) {
        let used = sources.filter { !$0.codes.isEmpty }
        if used.count == 1 { return ([(used[0].base, used[0].codes)], used[0].strings.makePool()) }
        if isNearlyDistinct(used.map { ($0.codes.count, $0.strings) }) {
            var values: [(Int, SparseValues<UInt32>)] = []
            var first: UInt32 = 0
            for (base, codes, own) in used {
                values.append((base, codes.with(codes.values.map { $0 + first })))
                first += UInt32(own.count)
            }
            return (values, HeapStringPool(joining: used.map(\.strings)))
        }
        var strings = StringInterner()
        var values: [(Int, SparseValues<UInt32>)] = []
        for (base, codes, own) in used {
            let map = intern(own, into: &strings)
            values.append((base, codes.with(codes.values.map { map[Int($0)] })))
        }
        return (values, strings.makePool())
    }

    /// The codes of `target` by those of `strings`.
    static func intern(_ strings: StringInterner, into target: inout StringInterner) -> [UInt32] {
        var map: [UInt32] = []
        map.reserveCapacity(strings.count)
        for code in 0..<strings.count { map.append(target.intern(strings.bytes(at: UInt32(code)))) }
        return map
    }

    /// Strings of one hash in this many are compared across sources.
    private static let sampledHashOneIn: UInt64 = 16
    /// Few strings are not worth an estimate.
    private static let estimatedCountMin = 1024

    /// Whether so few values are equal that no dictionary will be kept, by a sample of hashes: ids of events and sessions
    /// need no numbering then, which would be most of an import's work.
    private static func isNearlyDistinct(_ sources: [(valueCount: Int, strings: StringInterner)]) -> Bool {
        let valueCount = sources.reduce(0) { $0 + $1.valueCount }
        let stringCount = sources.reduce(0) { $0 + $1.strings.count }
        if stringCount < estimatedCountMin || stringCount * 2 <= valueCount { return false }
        var sample: Set<UInt64> = []
        for (_, strings) in sources {
            for code in 0..<UInt32(strings.count) {
                let hash = strings.hash(at: code)
                if hash & (sampledHashOneIn - 1) == 0 { sample.insert(hash) }
            }
        }
        return sample.count * Int(sampledHashOneIn) * 2 > valueCount
    }
}

/// Where the rows of a batch go.
struct RowPlaces: Sendable {
    /// The rows of each draft in its order.
    var orders: [[UInt32]] = []
    /// The draft of each row, and the row's place in it.
    private(set) var draftOfRow: [UInt32] = []
    private(set) var placeOfRow: [UInt32] = []

    /// Fills the places from the orders.
    mutating func invert(rowCount: Int) {
        draftOfRow = [UInt32](repeating: 0, count: rowCount)
        placeOfRow = draftOfRow
        for (draft, order) in orders.enumerated() {
            for (place, row) in order.enumerated() {
                draftOfRow[Int(row)] = UInt32(draft)
                placeOfRow[Int(row)] = UInt32(place)
            }
        }
    }
}

/// The values of one type of one path in a whole batch.
private struct BatchValues<T: Sendable> {
    private let rowCount: Int
    /// Ascending, one for each value; empty where every row has one.
    private var rows: [UInt32] = []
    private var values: [T] = []

    /// Values of fewer rows than one in this many are sorted by their places instead of being met on a walk over all rows.
    private static var manyOneIn: Int { 16 }

    init(_ sources: [(base: Int, values: SparseValues<T>)], rowCount: Int) {
        self.rowCount = rowCount
        let count = sources.reduce(0) { $0 + $1.values.count }
        values.reserveCapacity(count)
        for (_, source) in sources { values += source.values }
        if count == rowCount, sources.allSatisfy({ $0.values.isLeading }) { return }
        rows.reserveCapacity(count)
        for (base, source) in sources {
            for row in source.rows { rows.append(UInt32(base) + row) }
        }
    }

    func gather(_ draft: Int, _ places: RowPlaces) -> SparseValues<T> {
        if values.isEmpty { return SparseValues() }
        if rows.isEmpty { return SparseValues(leading: places.orders[draft].map { values[Int($0)] }) }
        return rows.count < rowCount / Self.manyOneIn
            ? gatherFew(UInt32(draft), places) : gatherMany(places.orders[draft])
    }

    private func gatherMany(_ order: [UInt32]) -> SparseValues<T> {
        var indexOfRow = [UInt32](repeating: EventBuffer.noCode, count: rowCount)
        for (index, row) in rows.enumerated() { indexOfRow[Int(row)] = UInt32(index) }
        var indexes: [UInt32] = []
        indexes.reserveCapacity(order.count)
        var newRows: [UInt32] = []
        newRows.reserveCapacity(order.count)
        for place in order.indices {
            let index = indexOfRow[Int(order[place])]
            if index == EventBuffer.noCode { continue }
            newRows.append(UInt32(truncatingIfNeeded: place))
            indexes.append(index)
        }
        return SparseValues(rows: newRows, values: indexes.map { values[Int($0)] })
    }

    private func gatherFew(_ draft: UInt32, _ places: RowPlaces) -> SparseValues<T> {
        let mine = rows.indices.filter { places.draftOfRow[Int(rows[$0])] == draft }.map { UInt32($0) }
        let keys = mine.map { UInt64(places.placeOfRow[Int(rows[Int($0)])]) }
        let order = RadixOrder.sort(mine, keys: keys)
        return SparseValues(
            rows: order.map { places.placeOfRow[Int(rows[Int($0)])] }, values: order.map { values[Int($0)] })
    }
}
