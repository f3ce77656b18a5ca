internal import EventBase
internal import EventColumns

/// A segment as one snapshot sees it: its rows, with the snapshot's user directory and the rows that deletes hide.
final class SegmentView: RowGroup {
    private let base: any RowGroup
    private let users: any StringPool
    let hiddenRows: Bitmap?

    init(_ base: any RowGroup, users: any StringPool, hiddenRows: Bitmap?) {
        self.base = base
        self.users = users
        self.hiddenRows = hiddenRows
    }

    var label: String { base.label }
    var rowCount: Int { base.rowCount }
    var sizeBytes: Int { base.sizeBytes }
    var timeRange: ClosedRange<Int64> { base.timeRange }
    var userRange: ClosedRange<UInt32> { base.userRange }
    var eventNames: any StringPool { base.eventNames }
    var days: [Int32] { base.days }
    var hasUserBitmaps: Bool { base.hasUserBitmaps }

    func storedTypes(of path: String) -> StoredTypes { base.storedTypes(of: path) }
    func zone(of path: String, granule: Int) -> Zone { base.zone(of: path, granule: granule) }
    func encodedSizeBytes(of path: String, granule: Int) throws(EventSQLError) -> Int {
        try base.encodedSizeBytes(of: path, granule: granule)
    }

    func read(
        _ path: String, as type: ScalarType, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        let vector = try base.read(path, as: type, granule: granule, rows: rows)
        guard path == "user_id", case .string(let codes, _) = vector.values else { return vector }
        if let worst = codes.max(), worst != 0, Int(worst) >= users.count {
            throw EventSQLError(
                .corruption, "a row belongs to user number \(worst), the user directory ends at \(users.count - 1)",
                path: label)
        }
        return Vector(type: vector.type, values: .string(codes: codes, pool: users), validity: vector.validity)
    }

    func readStoredTypeNames(_ path: String, granule: Int, rows: RowSelection) throws(EventSQLError) -> Vector {
        try base.readStoredTypeNames(path, granule: granule, rows: rows)
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
    func users(onDay day: Int32) throws(EventSQLError) -> Bitmap { try base.users(onDay: day) }
    func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap {
        try base.users(onDay: day, eventCode: code)
    }
}
