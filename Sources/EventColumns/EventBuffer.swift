package import EventBase

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

    package internal(set) var times: [Int64] = []
    /// Where an earlier buffer's users hardly repeated, rows have a user of their own each: `isDistinct` tells.
    package internal(set) var users = StringInterner()
    package internal(set) var userCodes: [UInt32] = []
    package internal(set) var names = StringInterner()
    package internal(set) var nameCodes: [UInt32] = []
    package internal(set) var columns: [ColumnBuffer] = []
    private var columnIndexes = StringInterner()
    /// Columns that the open row has written to, once per value.
    private var touched: [Int] = []

    /// What the columns of an earlier buffer needed.
    private var room: [ColumnBuffer.Room] = []
    /// Users are numbered by whoever takes the rows; here they are not looked up.
    private(set) var usersHardlyRepeat = false

    /// UUIDs that hardly repeat are kept packed; whoever takes the rows must know of them.
    package var packsUUIDs = false

    /// Rows by which it can be told whether users repeat.
    private static let tellingRowCountMin = 256

    package init() {}

    /// An empty buffer with room for what another holds, so that the next block of the same input allocates once.
    package init(roomFor other: EventBuffer) {
        room = other.columns.map(\.room)
        packsUUIDs = other.packsUUIDs
        times.reserveCapacity(other.rowCount)
        userCodes.reserveCapacity(other.rowCount)
        nameCodes.reserveCapacity(other.rowCount)
        usersHardlyRepeat = other.rowCount >= Self.tellingRowCountMin && other.users.count * 2 >= other.rowCount
        users.reserve(
            count: other.users.count, heapSizeBytes: other.users.heap.count, isAppended: usersHardlyRepeat)
    }

    /// The code of a row's user.
    mutating func userCode(of user: RawSpan) -> UInt32 {
        if user.byteCount == 0 { return Self.noCode }
        return usersHardlyRepeat ? users.append(user) : users.intern(user)
    }

    /// Forgets users once their rows have ordinals; rows then have none.
    package mutating func dropUsers() {
        users = StringInterner()
        userCodes = []
    }

    /// Gives back what only further rows would need; the caller adds none.
    package mutating func close() {
        users.dropIndex()
        names.dropIndex()
        columnIndexes.dropIndex()
        for index in columns.indices {
            columns[index].stringValues.dropIndex()
            columns[index].jsonValues.dropIndex()
        }
        room = []
        touched = []
    }

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
    package internal(set) var sizeBytes = 0

    /// The index of a property column, made on first sight. Paths are never removed.
    package mutating func column(path: RawSpan) -> Int {
        let code = Int(columnIndexes.intern(path))
        if code == columns.count {
            var column = ColumnBuffer(path: columnIndexes.makeString(at: UInt32(code)))
            if code < room.count, room[code].path == column.path { column.reserve(room[code]) }
            columns.append(column)
        }
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
        note(column, sizeBytes: 1)
    }

    package mutating func set(_ column: Int, int64 value: Int64) {
        columns[column].integers.append(row: rowCount, value)
        note(column, sizeBytes: 8)
    }

    package mutating func set(_ column: Int, double value: Double) {
        columns[column].doubles.append(row: rowCount, value)
        note(column, sizeBytes: 8)
    }

    package mutating func set(_ column: Int, string value: RawSpan) {
        if packsUUIDs, columns[column].hardlyRepeats, let uuid = value.packedUUID {
            columns[column].uuids.append(row: rowCount, uuid)
            return note(column, sizeBytes: 16)
        }
        let known = columns[column].stringValues.count
        let code =
            columns[column].hardlyRepeats
            ? columns[column].stringValues.append(value) : columns[column].stringValues.intern(value)
        columns[column].strings.append(row: rowCount, code)
        note(column, sizeBytes: Int(code) < known ? 4 : 8 + value.byteCount)
    }

    package mutating func set(_ column: Int, json value: RawSpan) {
        let known = columns[column].jsonValues.count
        let code = columns[column].jsonValues.intern(value)
        columns[column].jsons.append(row: rowCount, code)
        note(column, sizeBytes: Int(code) < known ? 4 : 8 + value.byteCount)
    }

    /// Keeps the open row. An empty `user` or `name` means none.
    package mutating func commitRow(time: Int64, user: RawSpan, name: RawSpan) {
        times.append(time)
        userCodes.append(userCode(of: user))
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
    /// Strings that are UUIDs, of rows that are not among `strings`.
    package var uuids = SparseValues<PackedUUID>()
    /// An earlier buffer's strings were nearly all different, so they are not looked up.
    var hardlyRepeats = false
    /// Codes of `jsonValues`.
    package var jsons = SparseValues<UInt32>()
    package var jsonValues = StringInterner()

    package init(path: String) { self.path = path }

    package var storedTypes: StoredTypes {
        var types: StoredTypes = []
        if !bools.isEmpty { types.insert(.bool) }
        if !integers.isEmpty { types.insert(.int64) }
        if !doubles.isEmpty { types.insert(.double) }
        if !strings.isEmpty || !uuids.isEmpty { types.insert(.string) }
        if !jsons.isEmpty { types.insert(.json) }
        return types
    }

    /// How much a column held, and how its strings are stored.
    struct Room: Sendable {
        /// Strings by which it can be told whether they repeat.
        static let tellingCountMin = 256

        var path: String
        var integerCount: Int
        var doubleCount: Int
        var uuidCount: Int
        var stringCount: Int
        var distinctCount: Int
        var heapSizeBytes: Int

        var hardlyRepeats: Bool {
            let count = stringCount + uuidCount
            return count >= Self.tellingCountMin && (distinctCount + uuidCount) * 8 >= count * 7
        }
    }

    var room: Room {
        Room(
            path: path, integerCount: integers.count, doubleCount: doubles.count, uuidCount: uuids.count,
            stringCount: strings.count, distinctCount: stringValues.count, heapSizeBytes: stringValues.heap.count)
    }

    mutating func reserve(_ room: Room) {
        integers.reserveCapacity(room.integerCount)
        doubles.reserveCapacity(room.doubleCount)
        strings.reserveCapacity(room.stringCount)
        uuids.reserveCapacity(room.uuidCount)
        hardlyRepeats = room.hardlyRepeats
        stringValues.reserve(
            count: room.distinctCount, heapSizeBytes: room.heapSizeBytes, isAppended: room.hardlyRepeats)
    }

    mutating func removeLast(row: Int) {
        bools.removeLast(row: row)
        integers.removeLast(row: row)
        doubles.removeLast(row: row)
        strings.removeLast(row: row)
        uuids.removeLast(row: row)
        jsons.removeLast(row: row)
    }
}

/// Values of some rows: `values[i]` belongs to row `rows[i]`; rows ascend.
package struct SparseValues<Element: Sendable>: Sendable {
    /// Empty while the values are those of rows 0, 1, 2 and so on, as they are in most columns.
    fileprivate var someRows: [UInt32] = []
    package private(set) var values: [Element] = []

    package init() {}

    package init(rows: [UInt32], values: [Element]) {
        precondition(rows.count == values.count, "BUG: every value needs its row")
        self.values = values
        if let last = rows.last, Int(last) != rows.count - 1 { someRows = rows }
    }

    /// Values of the first rows, one each.
    package init(leading values: [Element]) { self.values = values }

    package var isEmpty: Bool { values.isEmpty }
    package var count: Int { values.count }
    /// Whether value `i` belongs to row `i`.
    package var isLeading: Bool { someRows.isEmpty }

    /// - Complexity: O(count) where the values are leading: ask `isLeading` first.
    package var rows: [UInt32] { someRows.isEmpty ? (0..<UInt32(values.count)).map { $0 } : someRows }

    /// - Complexity: O(log count)
    package func hasValue(ofRow row: UInt32) -> Bool {
        if isLeading { return row < values.count }
        var (low, high) = (0, someRows.count)
        while low < high {
            let middle = (low + high) / 2
            if someRows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low < someRows.count && someRows[low] == row
    }

    /// Other values for the same rows, in order.
    package func with<Other>(_ others: [Other]) -> SparseValues<Other> {
        precondition(others.count == count, "BUG: every row needs its value")
        var copy = SparseValues<Other>(leading: others)
        copy.someRows = someRows
        return copy
    }

    @inline(__always)
    mutating func append(row: Int, _ value: Element) {
        if !someRows.isEmpty || row != values.count { appendRow(row) }
        values.append(value)
    }

    /// Values of the rows that follow, where those so far are leading.
    mutating func appendLeading(_ new: [Element]) { values += new }

    private mutating func appendRow(_ row: Int) {
        if someRows.isEmpty { someRows = rows }
        someRows.append(UInt32(row))
    }

    mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count) }

    mutating func removeLast(row: Int) {
        if someRows.isEmpty {
            if values.count == row + 1 { values.removeLast() }
            return
        }
        while let last = someRows.last, last == UInt32(row) {
            someRows.removeLast()
            values.removeLast()
        }
    }
}
