import EventBase
import EventColumns

/// A snapshot whose row groups count what is decoded of them.
final class MeteredSnapshot: EventSnapshot {
    private let base: any EventSnapshot
    let rowGroups: [any RowGroup]
    let counters: ReadCounters

    init(_ base: any EventSnapshot, counters: ReadCounters) {
        self.base = base
        self.counters = counters
        rowGroups = base.rowGroups.map { MeteredRowGroup($0, counters) }
    }

    var schema: TableSchema { base.schema }
    var users: any StringPool { base.users }
    var canonicalUsers: [UInt32]? { base.canonicalUsers }

    func ordinal(ofUser id: String) -> UInt32? { base.ordinal(ofUser: id) }
    func members(ofCohort name: String) throws(EventSQLError) -> Bitmap? { try base.members(ofCohort: name) }
}

/// A row group that counts each column of a granule that is decoded.
private final class MeteredRowGroup: RowGroup {
    private let base: any RowGroup
    private let counters: ReadCounters

    init(_ base: any RowGroup, _ counters: ReadCounters) {
        self.base = base
        self.counters = counters
    }

    var label: String { base.label }
    var rowCount: Int { base.rowCount }
    var sizeBytes: Int { base.sizeBytes }
    var timeRange: ClosedRange<Int64> { base.timeRange }
    var userRange: ClosedRange<UInt32> { base.userRange }
    var hiddenRows: Bitmap? { base.hiddenRows }
    var eventNames: any StringPool { base.eventNames }
    var days: [Int32] { base.days }
    var hasUserBitmaps: Bool { base.hasUserBitmaps }

    func storedTypes(of path: String) -> StoredTypes { base.storedTypes(of: path) }
    func zone(of path: String, granule: Int) -> Zone { base.zone(of: path, granule: granule) }
    func encodedSizeBytes(of path: String, granule: Int) throws(EventSQLError) -> Int {
        try base.encodedSizeBytes(of: path, granule: granule)
    }

    private func note(_ path: String, _ granule: Int, _ count: Int) throws(EventSQLError) {
        let bytes = try base.encodedSizeBytes(of: path, granule: granule)
        let all = rowCount(ofGranule: granule)
        counters.noteRead(granule: granule, rows: count, bytes: count == all ? bytes : bytes * count / max(all, 1))
    }

    func read(
        _ path: String, as type: ScalarType, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        try note(path, granule, rows.count)
        return try base.read(path, as: type, granule: granule, rows: rows)
    }

    func readStoredTypeNames(_ path: String, granule: Int, rows: RowSelection) throws(EventSQLError) -> Vector {
        try note(path, granule, rows.count)
        return try base.readStoredTypeNames(path, granule: granule, rows: rows)
    }

    func readUsers(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try note("user_id", granule, rows.count)
        try base.readUsers(granule: granule, rows: rows, into: &output)
    }

    func readTimes(granule: Int, rows: RowSelection, into output: inout [Int64]) throws(EventSQLError) {
        try note("timestamp", granule, rows.count)
        try base.readTimes(granule: granule, rows: rows, into: &output)
    }

    func readEventCodes(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try note("event_name", granule, rows.count)
        try base.readEventCodes(granule: granule, rows: rows, into: &output)
    }

    func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap? {
        let rows = try base.rows(ofEventCode: code)
        if rows != nil { counters.noteBitmap() }
        return rows
    }

    func rows(ofUsers users: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int> { try base.rows(ofUsers: users) }

    func users(onDay day: Int32) throws(EventSQLError) -> Bitmap {
        counters.noteBitmap()
        return try base.users(onDay: day)
    }

    func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap {
        counters.noteBitmap()
        return try base.users(onDay: day, eventCode: code)
    }
}
