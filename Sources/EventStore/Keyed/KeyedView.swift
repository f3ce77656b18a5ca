internal import EventBase
internal import EventColumns
internal import EventFormat

/// A segment of a keyed table as one snapshot sees it: columns under their own names and types, dead rows hidden, and
/// no time, user or event name.
final class KeyedView: RowGroup {
    private let base: any RowGroup
    private let columns: [String: KeyedTableSchema.Column]
    let hiddenRows: Bitmap?

    init(_ base: any RowGroup, columns: [String: KeyedTableSchema.Column], hiddenRows: Bitmap?) {
        self.base = base
        self.columns = columns
        self.hiddenRows = hiddenRows
    }

    var label: String { base.label }
    var rowCount: Int { base.rowCount }
    var sizeBytes: Int { base.sizeBytes }
    var timeRange: ClosedRange<Int64> { base.timeRange }
    var userRange: ClosedRange<UInt32> { base.userRange }
    var eventNames: any StringPool { base.eventNames }
    var days: [Int32] { [] }
    var hasUserBitmaps: Bool { false }

    func storedTypes(of path: String) -> StoredTypes {
        columns[path].map { base.storedTypes(of: $0.storedPath) } ?? []
    }
    func zone(of path: String, granule: Int) -> Zone {
        columns[path].map { base.zone(of: $0.storedPath, granule: granule) } ?? .unknown
    }
    func encodedSizeBytes(of path: String, granule: Int) throws(EventSQLError) -> Int {
        guard let column = columns[path] else { return 0 }
        return try base.encodedSizeBytes(of: column.storedPath, granule: granule)
    }

    func read(
        _ path: String, as type: ScalarType, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        guard let column = columns[path] else { return .nulls(type: type, count: rows.count) }
        guard column.type == .timestamp || column.type == .date else {
            return try base.read(column.storedPath, as: type, granule: granule, rows: rows)
        }
        var vector = try base.read(column.storedPath, as: .int64, granule: granule, rows: rows)
        vector.type = column.type
        return vector
    }

    func readStoredTypeNames(_ path: String, granule: Int, rows: RowSelection) throws(EventSQLError) -> Vector {
        guard let column = columns[path] else { return .nulls(type: .string, count: rows.count) }
        let values = try read(path, as: column.type, granule: granule, rows: rows)
        var names = Vector.repeating(.string(column.type.name), type: .string, count: rows.count)
        names.validity = values.validity
        return names
    }

    func readUsers(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try base.readUsers(granule: granule, rows: rows, into: &output)
    }
    func readTimes(granule: Int, rows: RowSelection, into output: inout [Int64]) throws(EventSQLError) {
        try base.readTimes(granule: granule, rows: rows, into: &output)
    }
    func readEventCodes(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try base.readEventCodes(granule: granule, rows: rows, into: &output)
    }
    func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap? { try base.rows(ofEventCode: code) }
    func rows(ofUsers users: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int> {
        try base.rows(ofUsers: users)
    }
    func users(onDay day: Int32) throws(EventSQLError) -> Bitmap { Bitmap() }
    func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap { Bitmap() }
}
