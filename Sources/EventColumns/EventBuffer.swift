internal import EventBase

/// Rows on their way in: columnar, in order of arrival, with their own codes for users, names and strings.
///
/// A row is begun, filled and then committed or rolled back, so a bad input line leaves nothing behind:
/// ```
/// buffer.set(column, int64: 42); buffer.commitRow(time: micros, user: id, name: name)
/// ```
/// - Threads: one owner at a time.
package struct EventBuffer: Sendable {
    /// The user or name code of a row that has none.
    package static let noCode = UInt32.max

    package private(set) var times: [Int64] = []
    package private(set) var users = StringInterner()
    package private(set) var userCodes: [UInt32] = []
    package private(set) var names = StringInterner()
    package private(set) var nameCodes: [UInt32] = []
    package private(set) var columns: [ColumnBuffer] = []
    private var columnIndexes = StringInterner()
    /// Columns that the open row has written to, once per value.
    private var touched: [Int] = []

    package init() {}

    /// A buffer of committed rows as it was written down elsewhere. The caller vouches that codes lie inside their
    /// interners, that rows lie below `times.count`, and that no path occurs twice.
    package init(
        times: [Int64], users: StringInterner, userCodes: [UInt32], names: StringInterner, nameCodes: [UInt32],
        columns: [ColumnBuffer], sizeBytes: Int
    ) {
        precondition(times.count == userCodes.count && times.count == nameCodes.count, "BUG: columns differ in length")
        self.times = times
        self.users = users
        self.userCodes = userCodes
        self.names = names
        self.nameCodes = nameCodes
        self.columns = columns
        self.sizeBytes = sizeBytes
        for column in columns { _ = columnIndexes.intern(column.path) }
    }

    package var rowCount: Int { times.count }
    /// Approximate bytes held; callers flush at a bound.
    package private(set) var sizeBytes = 0

    /// The index of a property column, made on first sight. Paths are never removed.
    package mutating func column(path: RawSpan) -> Int {
        let code = Int(columnIndexes.intern(path))
        if code == columns.count { columns.append(ColumnBuffer(path: columnIndexes.makeString(at: UInt32(code)))) }
        return code
    }

    package mutating func column(path: String) -> Int {
        let utf8 = Array(path.utf8)
        return column(path: utf8.rawBytes)
    }

    /// Whether the open row already has a value in this column (a duplicate key).
    package func hasValue(_ column: Int) -> Bool { touched.contains(column) }

    package mutating func set(_ column: Int, bool value: Bool) {
        columns[column].bools.append(row: rowCount, value)
        note(column, sizeBytes: 5)
    }

    package mutating func set(_ column: Int, int64 value: Int64) {
        columns[column].integers.append(row: rowCount, value)
        note(column, sizeBytes: 12)
    }

    package mutating func set(_ column: Int, double value: Double) {
        columns[column].doubles.append(row: rowCount, value)
        note(column, sizeBytes: 12)
    }

    package mutating func set(_ column: Int, string value: RawSpan) {
        let code = columns[column].stringValues.intern(value)
        columns[column].strings.append(row: rowCount, code)
        note(column, sizeBytes: 8)
    }

    package mutating func set(_ column: Int, json value: RawSpan) {
        let code = columns[column].jsonValues.intern(value)
        columns[column].jsons.append(row: rowCount, code)
        note(column, sizeBytes: 8)
    }

    /// Keeps the open row. An empty `user` or `name` means none.
    package mutating func commitRow(time: Int64, user: RawSpan, name: RawSpan) {
        times.append(time)
        userCodes.append(user.byteCount == 0 ? Self.noCode : users.intern(user))
        nameCodes.append(name.byteCount == 0 ? Self.noCode : names.intern(name))
        sizeBytes += 16
        touched.removeAll(keepingCapacity: true)
    }

    /// Forgets the values of the open row. Strings it interned stay as unused dictionary entries.
    package mutating func rollbackRow() {
        for column in touched { columns[column].removeLast(row: rowCount) }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func note(_ column: Int, sizeBytes bytes: Int) {
        touched.append(column)
        sizeBytes += bytes
    }
}

/// The values of one path, by type, each with the rows that have it.
package struct ColumnBuffer: Sendable {
    package let path: String
    package var bools = SparseValues<Bool>()
    package var integers = SparseValues<Int64>()
    package var doubles = SparseValues<Double>()
    /// Codes of `stringValues`.
    package var strings = SparseValues<UInt32>()
    package var stringValues = StringInterner()
    /// Codes of `jsonValues`.
    package var jsons = SparseValues<UInt32>()
    package var jsonValues = StringInterner()

    package init(path: String) { self.path = path }

    package var storedTypes: StoredTypes {
        var types: StoredTypes = []
        if !bools.rows.isEmpty { types.insert(.bool) }
        if !integers.rows.isEmpty { types.insert(.int64) }
        if !doubles.rows.isEmpty { types.insert(.double) }
        if !strings.rows.isEmpty { types.insert(.string) }
        if !jsons.rows.isEmpty { types.insert(.json) }
        return types
    }

    mutating func removeLast(row: Int) {
        bools.removeLast(row: row)
        integers.removeLast(row: row)
        doubles.removeLast(row: row)
        strings.removeLast(row: row)
        jsons.removeLast(row: row)
    }
}

/// Values of some rows: `values[i]` belongs to row `rows[i]`; rows ascend.
package struct SparseValues<Element: Sendable>: Sendable {
    package private(set) var rows: [UInt32] = []
    package private(set) var values: [Element] = []

    package init() {}

    package init(rows: [UInt32], values: [Element]) {
        precondition(rows.count == values.count, "BUG: every value needs its row")
        self.rows = rows
        self.values = values
    }

    @inline(__always)
    mutating func append(row: Int, _ value: Element) {
        rows.append(UInt32(row))
        values.append(value)
    }

    mutating func removeLast(row: Int) {
        while let last = rows.last, last == UInt32(row) {
            rows.removeLast()
            values.removeLast()
        }
    }
}
