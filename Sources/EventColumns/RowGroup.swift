package import EventBase

/// One immutable run of rows, sorted by (user ordinal, timestamp, ingest order): a segment on disk, or the memtable
/// at one instant. This is the door between storage and execution; neither knows the other.
///
/// Rows are numbered 0 ..< rowCount and lie in granules of `Limits.granuleRowCount`.
/// - Threads: all members may be called from any thread.
/// - Errors: reads throw `.corruption` (naming the file) where a checksum fails, never answer wrong rows.
package protocol RowGroup: AnyObject, Sendable {
    /// File name, or `memtable`; for EXPLAIN and errors.
    var label: String { get }
    var rowCount: Int { get }
    /// Bytes on disk, or in memory for a memtable.
    var sizeBytes: Int { get }
    /// First and last instant, microseconds since 1970 UTC. A row group is never empty.
    var timeRange: ClosedRange<Int64> { get }
    /// Smallest and largest user ordinal; 0 stands for "no user".
    var userRange: ClosedRange<UInt32> { get }
    /// Rows that deletes hide from this snapshot; nil when none.
    var hiddenRows: Bitmap? { get }

    /// The types stored under a property path; empty when no row of this group has it.
    func storedTypes(of path: String) -> StoredTypes
    /// What is known of one granule's values without decoding them.
    func zone(of path: String, granule: Int) -> Zone
    /// Bytes that one granule's values of a path take as they are stored, without dictionaries; 0 where nothing is stored.
    func encodedSizeBytes(of path: String, granule: Int) throws(EventSQLError) -> Int

    /// The values of `path` at `rows` (counted from the granule's first row), as `type`; NULL where absent.
    ///
    /// `timestamp` answers TIMESTAMP; `user_id` answers VARCHAR whose codes are user ordinals into the user directory;
    /// `event_name` answers VARCHAR over `eventNames`. Stored types are converted to `type` as SPEC 2.4 says.
    func read(_ path: String, as type: ScalarType, granule: Int, rows: RowSelection) throws(EventSQLError) -> Vector
    /// The name of each row's stored type (VARCHAR), NULL where absent: `typeof(path)`.
    func readStoredTypeNames(_ path: String, granule: Int, rows: RowSelection) throws(EventSQLError) -> Vector

    /// User ordinals of `rows` of a granule; replaces what `output` held.
    func readUsers(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError)
    /// Timestamps of `rows` of a granule.
    func readTimes(granule: Int, rows: RowSelection, into output: inout [Int64]) throws(EventSQLError)
    /// Event codes of `rows` of a granule: codes of `eventNames`, or `UInt32.max` for no name.
    func readEventCodes(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError)

    /// The event names of this group, sorted.
    var eventNames: any StringPool { get }
    /// Rows of one event name; nil where the name is so frequent that no bitmap is kept.
    func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap?
    /// The rows of users `users`, found through zone maps and a search inside two granules.
    func rows(ofUsers users: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int>

    /// UTC days with at least one row, ascending; days since 1970-01-01.
    var days: [Int32] { get }
    /// Whether the two functions below can answer. Hidden rows are still counted in them.
    var hasUserBitmaps: Bool { get }
    /// Users (ordinals, never 0) with any row on a day.
    func users(onDay day: Int32) throws(EventSQLError) -> Bitmap
    /// Users (ordinals, never 0) with an event of this code on a day.
    func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap
}

extension RowGroup {
    package var granuleCount: Int { (rowCount + Limits.granuleRowCount - 1) / Limits.granuleRowCount }

    /// Rows of one granule; the last may be short.
    package func rowCount(ofGranule granule: Int) -> Int {
        min(Limits.granuleRowCount, rowCount - granule * Limits.granuleRowCount)
    }
}

/// Which rows of a granule to read.
package enum RowSelection: Sendable {
    case range(Range<Int>)
    /// Ascending row numbers inside the granule.
    case rows([UInt16])

    package var count: Int {
        switch self {
        case .range(let range): range.count
        case .rows(let rows): rows.count
        }
    }
}

/// What is known of a column inside one granule without decoding it.
package enum Zone: Sendable, Equatable {
    /// Nothing is known; read it.
    case unknown
    /// Every row is NULL.
    case allNull
    case int64(min: Int64, max: Int64, nullCount: Int)
    case double(min: Double, max: Double, nullCount: Int)
}

/// Everything a statement may see of one event table: fixed when the statement starts.
package protocol EventSnapshot: AnyObject, Sendable {
    var schema: TableSchema { get }
    /// Ascending by first instant. Groups may overlap in time and share users.
    var rowGroups: [any RowGroup] { get }
    /// User ids by ordinal; code 0 stands for "no user" and has no bytes.
    var users: any StringPool { get }
    /// The ordinal of a user id, nil when never seen.
    func ordinal(ofUser id: String) -> UInt32?
    /// Ordinal -> person after identity merges; nil when nothing is merged. Same length as `users`.
    var canonicalUsers: [UInt32]? { get }
    /// Members of a cohort as user ordinals; nil when there is none of that name.
    func members(ofCohort name: String) throws(EventSQLError) -> Bitmap?
}
