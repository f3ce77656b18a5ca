package import EventBase
package import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

extension EventStore {
    /// Hides rows of a table from every snapshot taken from now on. The bytes go with `purge()`.
    ///
    /// - Parameter matches: the rows of one row group to hide; rows hidden already need not be told apart. It is asked for a
    ///   snapshot that holds all of the table's rows in segments.
    /// - Returns: how many rows were hidden that were not before.
    package func hideRows(
        inTable table: String,
        where matches: (any EventSnapshot, any RowGroup) throws(EventSQLError) -> Bitmap
    ) throws(EventSQLError) -> Int {
        try commitGate.withLock { (_) throws(EventSQLError) in
            try flushHoldingGate()
            let snapshot = try snapshot(ofTable: table)
            return try hideRowsHoldingGate(tables: [table], settings: [:]) { (group) throws(EventSQLError) in
                try matches(snapshot, group)
            }
        }
    }

    /// Hides every row of a person in all tables, under each id that counts for the person, and remembers that the ids
    /// have to go: `FORGET USER`. `purge()` removes the bytes. What happens to events that arrive later for one of the ids
    /// says `setForgottenUsers`.
    /// - Returns: how many rows were hidden that were not before.
    /// - Errors: `.notFound` for an id that was never seen.
    package func forgetUser(_ id: String) throws(EventSQLError) -> Int {
        try commitGate.withLock { (_) throws(EventSQLError) in
            try flushHoldingGate()
            let utf8 = Array(id.utf8)
            let (found, manifest, pool) = try state.withLock { (state) throws(EventSQLError) in
                (try state.users.find(utf8.rawBytes), state.manifest, state.users.pool())
            }
            guard let found else { throw EventSQLError(.notFound, "there is no user '\(id)'") }
            let ordinals = IdentityLog(manifest.settings[IdentityLog.setting]).ordinals(ofPersonOf: found)
            var settings = manifest.settings
            let forgotten = Set(manifest.forgottenUsers + ordinals).sorted().map { String($0) }
            settings[ManifestRecord.forgottenSetting] = forgotten.joined(separator: ",")
            var refusals = ForgottenIDs(manifest)
            for ordinal in ordinals { refusals.insert(pool.bytes(at: ordinal)) }
            settings[ForgottenIDs.setting] = refusals.text
            return try hideRowsHoldingGate(
                tables: manifest.tables.map(\.name), settings: settings
            ) { (group) throws(EventSQLError) in
                var rows: [UInt32] = []
                for ordinal in ordinals {
                    let range = try group.rows(ofUsers: ordinal...ordinal)
                    rows += UInt32(range.lowerBound)..<UInt32(range.upperBound)
                }
                return Bitmap(rows)
            }
        }
    }

    private func hideRowsHoldingGate(
        tables: [String], settings: [String: String], where matches: (any RowGroup) throws(EventSQLError) -> Bitmap
    ) throws(EventSQLError) -> Int {
        var hiddenCount = 0
        try commitHoldingGate { (manifest, state) throws(EventSQLError) in
            for table in tables { _ = try state.table(table) }
            var state = state
            let users = state.users.pool()
            for index in manifest.segments.indices where tables.contains(manifest.segments[index].table) {
                let record = manifest.segments[index]
                guard let (reader, earlier) = state.readable(record) else { continue }
                let found = try matches(SegmentView(reader, users: users, hiddenRows: earlier))
                let hidden = earlier.map { $0.union(found) } ?? found
                let added = hidden.count - (earlier?.count ?? 0)
                if added == 0 { continue }
                hiddenCount += added
                let name = DatabaseLayout.hiddenRowsName(self.state.withLock { $0.takeFileNumber() })
                let bytes = BitmapFile(name: record.fileName, definition: "", members: hidden).encode()
                try storage.writeSynced(bytes, to: full(name))
                manifest.segments[index].hiddenRowsFileName = name
            }
            if hiddenCount > 0 { try storage.syncDirectory(full(DatabaseLayout.cohortsName)) }
            manifest.settings.merge(settings) { $1 }
        }
        return hiddenCount
    }

    /// Removes the bytes of everything hidden from every file of the directory: rows, their strings, forgotten ids; and
    /// all damaged files that were set aside, since nobody can tell whose rows they hold.
    /// - Errors: `.io`; it can be called again.
    package func purge() throws(EventSQLError) {
        _ = try compact()
        try commit { (manifest, state) throws(EventSQLError) in
            if manifest.forgottenUsers.isEmpty { return }
            // Who came back since has rows that need the id.
            var forgotten: Set<UInt32> = []
            for ordinal in manifest.forgottenUsers where try !state.hasRows(ofUser: ordinal) {
                forgotten.insert(ordinal)
            }
            try self.rewriteUsers(state.users, without: forgotten, into: &manifest)
            manifest.settings[ManifestRecord.forgottenSetting] = nil
        }
        // Files go one commit after they were dropped, when no manifest on the disk names them any more.
        for _ in 0..<2 { try commit { (_, _) throws(EventSQLError) in } }
        try Quarantine(storage: storage, directory: path).clear()
    }

    /// One run of all users in which forgotten ids are replaced by their numbers.
    private func rewriteUsers(
        _ users: UserDirectory, without forgotten: Set<UInt32>, into manifest: inout ManifestRecord
    ) throws(EventSQLError) {
        for run in users.runs { try run.verify() }
        let pool = UserPool(runs: users.runs, pending: StringInterner(), pendingFirst: users.pendingFirst)
        var ids = StringInterner(capacity: pool.count)
        _ = ids.intern("")
        for ordinal in 1..<UInt32(max(1, pool.count)) {
            if forgotten.contains(ordinal) {
                _ = ids.intern("\u{0}forgotten \(ordinal)")
            } else {
                _ = ids.intern(pool.bytes(at: ordinal))
            }
        }
        precondition(ids.count == pool.count, "BUG: two users have one id")
        let name = DatabaseLayout.userRunName(state.withLock { $0.takeFileNumber() })
        let bytes = UserRunWriter.encode(first: 1, ids: ids.makePool(), codes: 1..<UInt32(ids.count))
        try storage.writeSynced(bytes, to: full(name))
        try storage.syncDirectory(full(DatabaseLayout.usersName))
        manifest.userRuns = [UserRunRecord(fileName: name, first: 1, count: ids.count - 1)]
    }
}

extension StoreState {
    /// Whether any segment or memtable has a row of a user, hidden or not.
    fileprivate func hasRows(ofUser ordinal: UInt32) throws(EventSQLError) -> Bool {
        if memtables.values.contains(where: { $0.contains(user: ordinal) }) { return true }
        for reader in segments.values where try !reader.rows(ofUsers: ordinal...ordinal).isEmpty { return true }
        return false
    }
}

extension ManifestRecord {
    static let forgottenSetting = "forgotten_users"

    /// Ordinals of users whose ids `purge` has to remove, ascending.
    var forgottenUsers: [UInt32] {
        (settings[Self.forgottenSetting] ?? "").split(separator: ",").compactMap { UInt32($0) }
    }
}
