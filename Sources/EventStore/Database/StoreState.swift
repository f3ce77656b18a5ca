internal import EventBase
internal import EventColumns
internal import EventFormat

/// What one open database knows; guarded by the store's mutex. Files are read once and then shared by all snapshots.
struct StoreState: Sendable {
    var manifest: ManifestRecord
    /// The number the next new file gets; the manifest follows at the next commit.
    var nextFileNumber: UInt64
    var users: UserDirectory
    /// Readers of the manifest's segments by file name. A damaged one is absent.
    var segments: [String: any RowGroup] = [:]
    /// Rows that deletes hide, by the bitmap's file name.
    var hiddenRows: [String: Bitmap] = [:]
    /// Members of cohorts by file name.
    var cohorts: [String: Bitmap] = [:]
    /// Rows in the WAL and not yet in a segment, by table.
    var memtables: [String: Memtable] = [:]
    /// What changed of keyed tables since their segments were written, by storage name.
    var keyed: [String: KeyedTable] = [:]
    /// Event tables that are being dropped: nothing more is appended to them.
    var closedTables: Set<String> = []
    /// Segments that were found damaged after they had been opened.
    var damagedSegments: Set<String> = []
    /// Files that are missing or not what was written; a writer sets them aside.
    var damagedFiles: Set<String> = []
    /// Writes of segments that are under way.
    var undecidedWrites: Set<UInt64> = []
    /// The manifest was put together from the files and is not on the disk yet.
    var isRebuilt = false
    var log = LogState()
    /// Files that the last commit dropped; the manifest before it still names them, so they go with the next commit.
    var retired: [String] = []
    /// What recovery found, one sentence each.
    var reports: [String] = []
    /// Set when a commit's outcome is unknown: nothing more is written until the database is opened again.
    var poison: EventSQLError?
    var isClosed = false

    init(manifest: ManifestRecord, users: UserDirectory) {
        self.manifest = manifest
        nextFileNumber = manifest.nextFileNumber
        self.users = users
        log.nextLSN = manifest.walStart
        log.readPosition.nextLSN = manifest.walStart
    }

    mutating func takeFileNumber() -> UInt64 {
        defer { nextFileNumber += 1 }
        return nextFileNumber
    }

    /// The index of a table in the manifest.
    func table(_ name: String) throws(EventSQLError) -> Int {
        if let index = manifest.tables.firstIndex(where: { $0.name == name }), !closedTables.contains(name) {
            return index
        }
        if keyedTable(name) != nil {
            throw EventSQLError(.invalidInput, "'\(name)' is no event table: its rows have a key and no time")
        }
        let known = (manifest.tables.map(\.name) + manifest.keyedTables.map(\.name)).map { "'\($0)'" }.joined(
            separator: ", ")
        throw EventSQLError(.notFound, "there is no table '\(name)'", hint: "the tables are \(known)")
    }

    /// Throws when this handle may not write.
    func checkWritable() throws(EventSQLError) {
        if isClosed { throw EventSQLError(.conflict, "the database is closed") }
        if let poison { throw poison }
    }
}

extension TableSchema {
    /// The columns every event table begins with.
    static func events(named name: String) -> TableSchema {
        TableSchema(
            name: name,
            columns: [
                ColumnSchema(path: "timestamp", role: .time, storedTypes: []),
                ColumnSchema(path: "user_id", role: .user, storedTypes: []),
                ColumnSchema(path: "event_name", role: .eventName, storedTypes: []),
            ])
    }

    /// Adds what a buffer brought: new paths at the end, new types to old paths.
    mutating func formUnion(_ seen: [(path: String, types: StoredTypes)]) throws(EventSQLError) {
        for (path, types) in seen where types != [] {
            if let index = columns.firstIndex(where: { $0.path == path }) {
                columns[index].storedTypes.formUnion(types)
                continue
            }
            guard columns.count < Limits.columnCountMax else {
                throw EventSQLError(
                    .limit, "table '\(name)' has \(columns.count) columns, '\(path)' would be one too many",
                    hint: "keys that hold data, such as ids, belong into values")
            }
            let role: ColumnRole = path == "event_id" ? .eventID : path == "session_id" ? .session : .property
            columns.append(ColumnSchema(path: path, role: role, storedTypes: types))
        }
    }
}
