internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// A database directory: tables of immutable segments, the user directory, cohorts, and what was appended since.
///
/// One process writes, any number read. Every statement works on a snapshot that nothing changes.
/// - Errors: a damaged file is reported by `info()` and left out; it never stops the database from opening.
/// - Threads: all members may be called from any thread. Writers wait for each other only while they commit.
package final class EventStore: Sendable {
    package let path: String
    package let options: StoreOptions
    let storage: any Storage
    let state: Mutex<StoreState>
    /// Held while a manifest is made from the last one and committed.
    let commitGate = Mutex<Void>(())
    /// Held by the one compaction that runs.
    let compactionGate = Mutex<Void>(())
    /// Position behind the last WAL frame that was synced; held while one caller syncs for all.
    let syncGate = Mutex<UInt64>(0)
    /// Held while rows are compared with the event ids that are stored, and until they are stored themselves.
    let eventIDs = Mutex(EventIDIndex())
    /// Held while a change of a keyed table is decided and written, so that nothing changes in between.
    let keyedGate = Mutex<Void>(())
    private let lock: Mutex<(any FileLock)?>

    init(path: String, options: StoreOptions, storage: any Storage, state: sending StoreState, lock: (any FileLock)?) {
        self.path = path
        self.options = options
        self.storage = storage
        self.state = Mutex(state)
        self.lock = Mutex(lock)
    }

    /// Syncs what was appended and gives the writer's lock back. Snapshots stay readable; nothing can be written any more.
    package func close() {
        let end = state.withLock { $0.isClosed || $0.poison != nil ? 0 : $0.log.nextLSN }
        // A failure leaves the rows as durable as the durability level promised.
        if end > 0 { try? syncLog(through: end - 1) }
        state.withLock { $0.isClosed = true }
        // The lock goes when nobody writes any more: a compaction gives up at its next column, a commit finishes.
        compactionGate.withLock { _ in
            commitGate.withLock { _ in
                lock.withLock { held in
                    held?.unlock()
                    held = nil
                }
            }
        }
    }

    deinit { close() }

    func full(_ name: String) -> String { "\(path)/\(name)" }

    func checkWritable() throws(EventSQLError) {
        if options.readOnly {
            throw EventSQLError(.conflict, "the database is open for reading only", path: path)
        }
        try state.withLock { (state) throws(EventSQLError) in try state.checkWritable() }
    }

    /// Makes one commit: `change` gets the current manifest and the state, and the files it names must be synced.
    /// User ids seen so far become part of it.
    ///
    /// - Errors: those of `change`, and of the disk. After an unknown outcome the store refuses to write.
    func commit(
        _ change: (inout ManifestRecord, StoreState) throws(EventSQLError) -> Void
    ) throws(EventSQLError) {
        try commitGate.withLock { (_) throws(EventSQLError) in try commitHoldingGate(change) }
    }

    func commitHoldingGate(
        _ change: (inout ManifestRecord, StoreState) throws(EventSQLError) -> Void,
        andThen adapt: (inout StoreState) -> Void = { _ in }
    ) throws(EventSQLError) {
        try checkWritable()
        let current = state.withLock { $0.withoutKeyIndexes }
        var next = current.manifest
        try change(&next, current)
        let persistedCount = current.users.pending.count
        if persistedCount > 0 { try writeUserRun(of: current.users, into: &next) }
        var reports: [String] = []
        let runs = try StoreState.openRuns(
            next, reusing: current.users.runs, storage: storage, directory: path, reports: &reports)
        next.countWrittenBytes(since: current.manifest)
        next.epoch = current.manifest.epoch + 1
        next.nextFileNumber = state.withLock { $0.nextFileNumber }
        do throws(CommitFailure) {
            try ManifestFiles(storage: storage, directory: path).commit(next)
        } catch {
            if error.isUnknown { state.withLock { poisonState(&$0, error.error) } }
            throw error.error
        }
        _ = FileRemoval(storage: storage, directory: path).run(current.retired)
        let kept = next.fileNames
        state.withLock { state in
            state.retired = current.manifest.fileNames.subtracting(kept).sorted()
            state.users.replaceRuns(runs, persistedCount: persistedCount)
            _ = state.install(next, storage: storage, directory: path)
            adapt(&state)
            state.pruneKeyed()
        }
    }

    /// Writes the ids that no run has yet, or all ids as one run when there are many runs already.
    private func writeUserRun(of users: UserDirectory, into manifest: inout ManifestRecord) throws(EventSQLError) {
        let name = DatabaseLayout.userRunName(state.withLock { $0.takeFileNumber() })
        let bytes: [UInt8]
        if manifest.userRuns.count < Self.userRunCountMax {
            let pool = users.pending.makePool()
            bytes = UserRunWriter.encode(first: users.pendingFirst, ids: pool, codes: 0..<UInt32(pool.count))
            manifest.userRuns.append(
                UserRunRecord(fileName: name, first: users.pendingFirst, count: pool.count))
        } else {
            for run in users.runs { try run.verify() }
            let pool = UserPool(runs: users.runs, pending: users.pending, pendingFirst: users.pendingFirst)
            bytes = UserRunWriter.encode(first: 1, ids: pool, codes: 1..<UInt32(pool.count))
            manifest.userRuns = [UserRunRecord(fileName: name, first: 1, count: pool.count - 1)]
        }
        try storage.writeSynced(bytes, to: full(name))
        try storage.syncDirectory(full(DatabaseLayout.usersName))
    }

    /// Runs a lookup may have to ask; more are merged into one.
    static let userRunCountMax = 8
}

extension ManifestRecord {
    /// Every file the manifest names.
    var fileNames: Set<String> {
        var names = Set(segments.map(\.fileName))
        names.formUnion(segments.compactMap(\.hiddenRowsFileName))
        names.formUnion(userRuns.map(\.fileName))
        names.formUnion(cohorts.map(\.fileName))
        return names
    }
}
