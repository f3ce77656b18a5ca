internal import EventBase
internal import EventColumns
internal import EventFormat

/// Rewrites the visible rows of some segments as one, column by column.
///
/// Memory: about 40 bytes a row, one column in its plain form, and the bytes of the result.
struct SegmentMerge {
    struct Input: Sendable {
        var reader: any RowGroup
        var hiddenRows: Bitmap?
    }

    /// Called between columns; throws to give the merge up.
    let checkpoint: () throws(EventSQLError) -> Void

    /// - Parameter inputs: oldest first.
    func run(_ inputs: [Input]) throws(EventSQLError) -> [EncodedDraft] {
        var skeleton = RowBatch()
        var sources: [(reader: any RowGroup, rows: RowMap)] = []
        for input in inputs {
            let rows = RowMap(rowCount: input.reader.rowCount, hiddenRows: input.hiddenRows)
            if rows.keptCount == 0 { continue }
            let (buffer, ordinals) = try readRows(input.reader, rows)
            skeleton.append(buffer, ordinals: ordinals)
            sources.append((input.reader, rows))
        }
        var paths: [String] = []
        for (reader, _) in sources {
            for column in (reader as? SegmentReader)?.storedColumns ?? [] where !paths.contains(column.path) {
                paths.append(column.path)
            }
        }
        return try DraftBuilder.encode(skeleton, paths: paths) { (path, part) throws(EventSQLError) in
            try checkpoint()
            FreeMemory.giveBack()
            return try ColumnReader(path: path).read(sources[part].reader, sources[part].rows)
        }
    }

    /// Times, users and names of the rows that stay.
    private func readRows(
        _ reader: any RowGroup, _ rows: RowMap
    ) throws(EventSQLError) -> (EventBuffer, ordinals: [UInt32]) {
        var times: [Int64] = []
        var users: [UInt32] = []
        var codes: [UInt32] = []
        var granuleTimes: [Int64] = []
        var granuleUsers: [UInt32] = []
        var granuleCodes: [UInt32] = []
        for granule in 0..<reader.granuleCount {
            let all = 0..<reader.rowCount(ofGranule: granule)
            try reader.readTimes(granule: granule, rows: .range(all), into: &granuleTimes)
            try reader.readUsers(granule: granule, rows: .range(all), into: &granuleUsers)
            try reader.readEventCodes(granule: granule, rows: .range(all), into: &granuleCodes)
            for row in all where rows.place(granule, row) != nil {
                times.append(granuleTimes[row])
                users.append(granuleUsers[row])
                codes.append(granuleCodes[row])
            }
        }
        var names = StringInterner()
        let pool = reader.eventNames
        for code in 0..<pool.count { _ = names.intern(pool.bytes(at: UInt32(code))) }
        let nobody = [UInt32](repeating: EventBuffer.noCode, count: times.count)
        let buffer = EventBuffer(
            times: times, users: StringInterner(), userCodes: nobody, names: names, nameCodes: codes, columns: [],
            sizeBytes: times.count * 16)
        return (buffer, users)
    }
}

/// Row numbers before and after hidden rows are left out.
struct RowMap {
    /// New row number by old one, `EventBuffer.noCode` for a hidden row; nil when no row is hidden.
    private var places: [UInt32]?
    private(set) var keptCount: Int

    init(rowCount: Int, hiddenRows: Bitmap?) {
        keptCount = rowCount
        guard let hiddenRows, !hiddenRows.isEmpty else { return }
        var places = [UInt32](repeating: 0, count: rowCount)
        for row in hiddenRows.values() where Int(row) < rowCount { places[Int(row)] = EventBuffer.noCode }
        var next: UInt32 = 0
        for row in 0..<rowCount where places[row] == 0 {
            places[row] = next
            next += 1
        }
        self.places = places
        keptCount = Int(next)
    }

    /// The new number of a row, nil when it is hidden.
    func place(_ granule: Int, _ row: Int) -> UInt32? {
        let old = granule * Limits.granuleRowCount + row
        guard let places else { return UInt32(old) }
        return places[old] == EventBuffer.noCode ? nil : places[old]
    }
}

/// Reads one property column back into the form it was ingested in, every value with the type it was stored with.
struct ColumnReader {
    let path: String
    private var bools = Values<Bool>()
    private var integers = Values<Int64>()
    private var doubles = Values<Double>()
    private var strings = Texts()
    private var jsons = Texts()

    private struct Values<T: Sendable> {
        var rows: [UInt32] = []
        var values: [T] = []
        var sparse: SparseValues<T> { SparseValues(rows: rows, values: values) }
    }

    /// Strings of many pools under one numbering; a pool's codes are looked up once.
    private struct Texts {
        var values = Values<UInt32>()
        var interner = StringInterner()
        private var pool: (any StringPool)?
        private var known: [UInt32] = []

        mutating func append(_ code: UInt32, _ source: any StringPool, row: UInt32) {
            if pool !== source {
                pool = source
                known = [UInt32](repeating: .max, count: source.count)
            }
            if known[Int(code)] == .max { known[Int(code)] = interner.intern(source.bytes(at: code)) }
            values.rows.append(row)
            values.values.append(known[Int(code)])
        }
    }

    init(path: String) { self.path = path }

    /// nil when the group has no value under the path.
    consuming func read(_ reader: any RowGroup, _ rows: RowMap) throws(EventSQLError) -> ColumnBuffer? {
        let types = reader.storedTypes(of: path)
        if types == [] { return nil }
        let each: [StoredTypes] = [.bool, .int64, .double, .string, .json].filter { types.contains($0) }
        for granule in 0..<reader.granuleCount {
            let all = RowSelection.range(0..<reader.rowCount(ofGranule: granule))
            let names = try reader.readStoredTypeNames(path, granule: granule, rows: all)
            for type in each {
                let selected = Self.rows(of: type, names)
                if selected.isEmpty { continue }
                let vector = try reader.read(path, as: type.visibleType, granule: granule, rows: .rows(selected))
                append(vector, type, selected.map { rows.place(granule, Int($0)) })
            }
        }
        var column = ColumnBuffer(path: path)
        column.bools = bools.sparse
        column.integers = integers.sparse
        column.doubles = doubles.sparse
        column.strings = strings.values.sparse
        column.stringValues = strings.interner
        column.jsons = jsons.values.sparse
        column.jsonValues = jsons.interner
        return column
    }

    private static func rows(of type: StoredTypes, _ names: Vector) -> [UInt16] {
        guard case .string(let codes, let pool) = names.values, let wanted = pool.code(of: type.visibleType.name) else {
            return []
        }
        return codes.indices.filter { codes[$0] == wanted && !names.isNull(at: $0) }.map { UInt16($0) }
    }

    private mutating func append(_ vector: Vector, _ type: StoredTypes, _ places: [UInt32?]) {
        for (index, place) in places.enumerated() {
            guard let place else { continue }
            switch vector.values {
            case .bool(let values):
                bools.rows.append(place)
                bools.values.append(values[index])
            case .int64(let values):
                integers.rows.append(place)
                integers.values.append(values[index])
            case .double(let values):
                doubles.rows.append(place)
                doubles.values.append(values[index])
            case .string(let codes, let pool):
                if type == .json {
                    jsons.append(codes[index], pool, row: place)
                } else {
                    strings.append(codes[index], pool, row: place)
                }
            case .interval: preconditionFailure("BUG: no column stores intervals")
            }
        }
    }
}
