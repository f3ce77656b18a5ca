internal import EventBase
internal import EventColumns
internal import EventFormat

/// Rows on their way into a keyed table, checked: their values by column, and their keys.
struct KeyedRows {
    private let tableName: String
    private let columns: [KeyedTableSchema.Column]
    private let batches: [Batch]
    private(set) var rowCount = 0
    private var stringSizeBytes = 0
    /// The key of each row; empty where no column is a key.
    private(set) var keys = EncodedKeys()

    /// - Parameter batches: one vector for each of `columns`, of its type.
    /// - Errors: `.invalidInput` or `.limit` naming column and row, counted from 1.
    init(
        _ batches: [Batch], columns: [KeyedTableSchema.Column], of tableName: String
    ) throws(EventSQLError) {
        self.tableName = tableName
        self.columns = columns
        self.batches = batches
        let keyColumns = columns.indices.filter { columns[$0].isKey }
        for batch in batches {
            precondition(batch.columns.count == columns.count, "BUG: a row of another table")
            for (column, vector) in zip(columns, batch.columns) { try check(vector, column) }
            if !keyColumns.isEmpty { keys.append(keyColumns.map { batch.columns[$0] }, count: batch.rowCount) }
            rowCount += batch.rowCount
            guard rowCount <= Limits.keyedChangeRowCountMax, stringSizeBytes <= Limits.keyedChangeSizeBytesMax else {
                throw EventSQLError(
                    .limit,
                    "more than \(Limits.keyedChangeRowCountMax) rows or \(Limits.keyedChangeSizeBytesMax) bytes at once "
                        + "for '\(tableName)'", hint: "store them in several parts")
            }
        }
        for row in 0..<keys.count where keys.sizeBytes(at: row) > Limits.keySizeBytesMax {
            throw EventSQLError(
                .limit, "row \(row + 1): a key of \(keys.sizeBytes(at: row)) bytes, at most \(Limits.keySizeBytesMax)")
        }
    }

    private mutating func check(_ vector: Vector, _ column: KeyedTableSchema.Column) throws(EventSQLError) {
        precondition(vector.type == column.type, "BUG: a value of another type")
        if column.isNotNull, let row = vector.validity?.firstIndex(of: false) {
            throw EventSQLError(
                .invalidInput, "row \(rowCount + row + 1): column \(column.name) is NULL",
                hint: column.isKey ? "it is part of the primary key" : "it was declared NOT NULL")
        }
        guard case .string(let codes, let pool) = vector.values else { return }
        for row in codes.indices where !vector.isNull(at: row) {
            let count = pool.bytes(at: codes[row]).byteCount
            stringSizeBytes += count
            guard count <= Limits.stringSizeBytesMax else {
                throw EventSQLError(
                    .limit,
                    "row \(rowCount + row + 1): column \(column.name) holds \(count) bytes, at most "
                        + "\(Limits.stringSizeBytesMax)")
            }
        }
    }

    /// The key of a row as a person reads it: `id = u1, day = 2024-03-01`.
    func describeKey(_ row: Int) -> String {
        var row = row
        for batch in batches {
            if row < batch.rowCount {
                return columns.indices.filter { columns[$0].isKey }.map {
                    "\(columns[$0].name) = \(Self.text(batch.columns[$0].value(at: row)))"
                }.joined(separator: ", ")
            }
            row -= batch.rowCount
        }
        return ""
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "NULL"
        case .bool(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let text), .json(let text): "'\(text)'"
        case .timestamp(let micros): TimestampText.print(micros: micros)
        case .date(let day): TimestampText.print(day: Int(day))
        case .interval: "an interval"
        }
    }

    /// The rows as the log and the memtable take them.
    ///
    /// - Parameters:
    ///   - accepted: which rows, ascending; nil for all.
    ///   - firstNumber: the number of the first row where rows are numbered, else nil.
    func buffer(accepted: [Int]?, firstNumber: Int64?) -> EventBuffer {
        let count = accepted?.count ?? rowCount
        var buffers: [ColumnBuffer] = []
        for (index, column) in columns.enumerated() {
            var collector = KeyedColumnCollector(path: column.storedPath, isJSON: column.type == .json)
            var base = 0
            var rest = (accepted ?? [])[...]
            for batch in batches {
                if accepted == nil {
                    collector.append(batch.columns[index], rows: Array(0..<batch.rowCount))
                } else {
                    let own = rest.prefix { $0 < base + batch.rowCount }
                    rest = rest.dropFirst(own.count)
                    collector.append(batch.columns[index], rows: own.map { $0 - base })
                }
                base += batch.rowCount
            }
            buffers.append(collector.finish())
        }
        if let firstNumber {
            var column = ColumnBuffer(path: KeyedTableSchema.rowNumberColumn.storedPath)
            column.integers = SparseValues(
                rows: Array(0..<UInt32(count)), values: (0..<Int64(count)).map { firstNumber + $0 })
            buffers.append(column)
        }
        return EventBuffer(keyedRowCount: count, columns: buffers)
    }
}

extension EventBuffer {
    /// Rows without time, user and name.
    init(keyedRowCount count: Int, columns: [ColumnBuffer]) {
        let none = [UInt32](repeating: Self.noCode, count: count)
        let sizeBytes = columns.reduce(count * 16) { sum, column in
            sum + column.bools.rows.count * 5 + (column.integers.rows.count + column.doubles.rows.count) * 12
                + (column.strings.rows.count + column.jsons.rows.count) * 8 + column.stringValues.heap.count
                + column.jsonValues.heap.count
        }
        self.init(
            times: [Int64](repeating: 0, count: count), users: StringInterner(), userCodes: none,
            names: StringInterner(), nameCodes: none, columns: columns, sizeBytes: sizeBytes)
    }

    /// The key of every row.
    /// - Errors: `.corruption` where a row has none.
    func keys(of table: KeyedTableSchema) throws(EventSQLError) -> EncodedKeys {
        var vectors: [Vector] = []
        for column in table.columns where column.isKey {
            guard let values = columns.first(where: { $0.path == column.storedPath })?.dense(column, count: rowCount)
            else { throw EventSQLError(.corruption, "rows of '\(table.name)' without a key") }
            vectors.append(values)
        }
        var keys = EncodedKeys()
        keys.append(vectors, count: rowCount)
        return keys
    }
}

extension ColumnBuffer {
    /// The column as a vector; nil unless every row has a value of the column's type.
    fileprivate func dense(_ column: KeyedTableSchema.Column, count: Int) -> Vector? {
        let values: Vector.Values =
            switch column.storedType {
            case .bool: .bool(bools.values)
            case .int64: .int64(integers.values)
            case .double: .double(doubles.values)
            case .json: .string(codes: jsons.values, pool: jsonValues.makePool())
            default: .string(codes: strings.values, pool: stringValues.makePool())
            }
        let vector = Vector(type: column.type, values: values)
        return vector.count == count ? vector : nil
    }
}

/// One column of a buffer, filled from vectors.
private struct KeyedColumnCollector {
    private let path: String
    private let isJSON: Bool
    private var next: UInt32 = 0
    private var rows: [UInt32] = []
    private var bools: [Bool] = []
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var codes: [UInt32] = []
    private var strings = StringInterner()

    init(path: String, isJSON: Bool) {
        self.path = path
        self.isJSON = isJSON
    }

    mutating func append(_ vector: Vector, rows picked: [Int]) {
        var present: [Int] = []
        present.reserveCapacity(picked.count)
        for (offset, row) in picked.enumerated() where !vector.isNull(at: row) {
            present.append(row)
            rows.append(next + UInt32(offset))
        }
        next += UInt32(picked.count)
        switch vector.values {
        case .bool(let values): for row in present { bools.append(values[row]) }
        case .int64(let values): for row in present { integers.append(values[row]) }
        case .double(let values): for row in present { doubles.append(values[row]) }
        case .string(let source, let pool):
            var known = [UInt32](repeating: .max, count: pool.count <= 4 * present.count ? pool.count : 0)
            for row in present {
                let code = Int(source[row])
                guard code < known.count else {
                    codes.append(strings.intern(pool.bytes(at: source[row])))
                    continue
                }
                if known[code] == .max { known[code] = strings.intern(pool.bytes(at: source[row])) }
                codes.append(known[code])
            }
        case .interval: preconditionFailure("BUG: no column stores intervals")
        }
    }

    func finish() -> ColumnBuffer {
        var column = ColumnBuffer(path: path)
        if !bools.isEmpty { column.bools = SparseValues(rows: rows, values: bools) }
        if !integers.isEmpty { column.integers = SparseValues(rows: rows, values: integers) }
        if !doubles.isEmpty { column.doubles = SparseValues(rows: rows, values: doubles) }
        if !codes.isEmpty, isJSON {
            column.jsons = SparseValues(rows: rows, values: codes)
            column.jsonValues = strings
        } else if !codes.isEmpty {
            column.strings = SparseValues(rows: rows, values: codes)
            column.stringValues = strings
        }
        return column
    }
}
