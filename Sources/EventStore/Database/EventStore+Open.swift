package import EventBase
internal import EventColumns
internal import EventFormat
internal import Synchronization
package import EventIO

extension EventStore {
    /// Opens the database in a directory, or makes one there.
    ///
    /// - Errors: `.notFound` for a missing directory, `.invalidInput` for one that is no database, `.conflict` naming
    ///   the process that writes, `.corruption` for files of another version and a damaged user directory, `.io`.
    package static func open(
        at path: String, options: StoreOptions, storage: any Storage
    ) throws(EventSQLError) -> EventStore {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let isNew = try checkDirectory(path, options: options, storage: storage)
        var lock: (any FileLock)?
        if !options.readOnly { lock = try takeLock(path, storage: storage) }
        if isNew { try create(at: path, storage: storage) }
        if !options.readOnly { try restoreDirectories(path, storage: storage) }
        var state = try load(path, storage: storage, isWriter: !options.readOnly, caching: nil)
        if !options.readOnly, !state.isRebuilt {
            let numbers = DatabaseLayout.namedFiles(in: path, storage).compactMap(DatabaseLayout.number(of:))
            state.nextFileNumber = max(state.nextFileNumber, (numbers.max() ?? 0) + 1)
            OrphanSweep(storage: storage, directory: path).run(keeping: state.manifest, reports: &state.reports)
            restoreCatalogue(state.manifest, ManifestFiles(storage: storage, directory: path))
        }
        let store = EventStore(path: path, options: options, storage: storage, state: state, lock: lock)
        if !options.readOnly { store.setDamageAside() }
        // A full disk must not keep anybody out; the next flush tries again.
        if !options.readOnly { _ = try? store.dropExpiredSegments() }
        return store
    }

    /// The state on the disk: the newest manifest, its files, and the rows in the WAL behind it.
    ///
    /// A writer may commit meanwhile, so a reading process looks again until the manifest has stayed the same.
    private static func load(
        _ path: String, storage: any Storage, isWriter: Bool, caching: StoreState?
    ) throws(EventSQLError) -> StoreState {
        let files = ManifestFiles(storage: storage, directory: path)
        var attemptCount = 0
        var lossBefore: [UInt64] = []
        while true {
            attemptCount += 1
            let isLast = isWriter || attemptCount >= attemptCountMax
            let found = try files.find()
            let base = newestKnown(found, files)
            guard let manifest = found.manifest, found.isNewest, base == nil else {
                // What looks lost may be on its way to the disk; a reader believes it when nothing has changed meanwhile.
                let loss = [found.newestEpoch, found.manifest?.epoch ?? 0, base?.epoch ?? 0]
                if isLast || loss == lossBefore {
                    return try rebuild(found, base: base ?? found.manifest, path, storage, isWriter: isWriter)
                }
                lossBefore = loss
                continue
            }
            do throws(EventSQLError) {
                var state = try open(manifest, path, storage, caching: caching, reports: found.reports)
                let isWhole = try state.replayLog(storage: storage, directory: path, isWriter: isWriter)
                if isWriter { return state }
                let isNewest = try files.newest()?.epoch == manifest.epoch
                if isWhole && isNewest || isLast { return state }
            } catch {
                if isLast { throw error }
            }
        }
    }

    /// A manifest with its files.
    private static func open(
        _ manifest: ManifestRecord, _ path: String, _ storage: any Storage, caching: StoreState?, reports: [String]
    ) throws(EventSQLError) -> StoreState {
        var reports = reports
        let runs = try StoreState.openRuns(manifest, reusing: [], storage: storage, directory: path, reports: &reports)
        var state = StoreState(manifest: manifest, users: UserDirectory(runs: runs))
        state.segments = caching?.segments ?? [:]
        state.reports = reports
        _ = state.install(manifest, storage: storage, directory: path)
        return state
    }

    /// The catalogue where it knows of a later commit than any whole manifest.
    private static func newestKnown(_ found: ManifestFiles.Found, _ files: ManifestFiles) -> ManifestRecord? {
        guard let catalogue = try? files.catalogue() else { return nil }
        guard let manifest = found.manifest else { return catalogue }
        return catalogue.epoch > manifest.epoch ? catalogue : nil
    }

    /// The state as its files tell, where the newest manifest is lost (SPEC 1.19).
    private static func rebuild(
        _ found: ManifestFiles.Found, base: ManifestRecord?, _ path: String, _ storage: any Storage, isWriter: Bool
    ) throws(EventSQLError) -> StoreState {
        var rebuild = ManifestRebuild(storage: storage, directory: path, base: base)
        try rebuild.run(epoch: found.newestEpoch)
        var state = try open(
            rebuild.manifest, path, storage, caching: nil, reports: found.reports + rebuild.reports)
        _ = try state.replayLog(storage: storage, directory: path, isWriter: isWriter)
        state.damagedFiles.formUnion(rebuild.unplaced)
        state.damagedFiles.formUnion(found.damaged)
        state.isRebuilt = true
        return state
    }

    /// Mirrors the manifest where a crash or an older program left no mirror of it.
    private static func restoreCatalogue(_ manifest: ManifestRecord, _ files: ManifestFiles) {
        if let catalogue = try? files.catalogue(), catalogue.epoch == manifest.epoch { return }
        // A full disk may refuse it; the next commit tries again.
        try? files.writeCatalogue(manifest)
    }

    /// Times a reading process starts again because the writer has just committed.
    private static let attemptCountMax = 50

    /// Brings a read-only store up to what the writing process has appended and committed since; snapshots taken
    /// before stay as they are. A writer is always up to date.
    package func refresh() throws(EventSQLError) {
        guard options.readOnly else { return }
        let current = state.withLock { $0 }
        let files = ManifestFiles(storage: storage, directory: path)
        if try files.newest()?.epoch == current.manifest.epoch {
            var next = current
            // A flush may have removed a file of the log meanwhile; loading tells whether anything is wrong.
            if (try? next.replayLog(storage: storage, directory: path, isWriter: false)) == true,
                try files.newest()?.epoch == current.manifest.epoch
            {
                state.withLock { $0 = next }
                return
            }
        }
        let next = try Self.load(path, storage: storage, isWriter: false, caching: current)
        state.withLock { $0 = next }
    }

    /// Whether a database has to be made at `path`.
    private static func checkDirectory(
        _ path: String, options: StoreOptions, storage: any Storage
    ) throws(EventSQLError) -> Bool {
        let mayCreate = options.createIfMissing && !options.readOnly
        let kind = try storage.kind(of: path)
        guard let kind else {
            if mayCreate {
                try storage.createDirectory(path)
                return true
            }
            throw EventSQLError(.notFound, "there is no directory '\(path)'", hint: "check the path", path: path)
        }
        guard kind == .directory else {
            throw EventSQLError(.invalidInput, "'\(path)' is a file, a database is a directory", path: path)
        }
        let names = try storage.list(path)
        if names.contains(DatabaseLayout.unfinishedBackupName) {
            throw EventSQLError(
                .invalidInput, "'\(path)' is a backup that was not finished", hint: "remove it and make it again",
                path: path)
        }
        if names.contains(where: { DatabaseLayout.manifestEpoch($0) != nil }) { return false }
        if let foreign = names.first(where: { !DatabaseLayout.isKnown($0) }) {
            throw EventSQLError(
                .invalidInput, "'\(path)' is not an EventSQL database: it has no manifest but holds '\(foreign)'",
                hint: "give an empty or a new directory", path: path)
        }
        if try holdsData(path, names, storage) { return false }
        if mayCreate { return true }
        throw EventSQLError(
            .notFound, "there is no database in '\(path)'", hint: "ingest some events into it first", path: path)
    }

    /// Whether there are files that only a database with a manifest has.
    private static func holdsData(
        _ path: String, _ names: [String], _ storage: any Storage
    ) throws(EventSQLError) -> Bool {
        if names.contains(DatabaseLayout.catalogueName) { return true }
        if !DatabaseLayout.namedFiles(in: path, storage).isEmpty { return true }
        guard names.contains(DatabaseLayout.walName) else { return false }
        return try !storage.list("\(path)/\(DatabaseLayout.walName)").isEmpty
    }

    private static func takeLock(_ path: String, storage: any Storage) throws(EventSQLError) -> any FileLock {
        let name = "\(path)/\(DatabaseLayout.lockName)"
        if let lock = try storage.lock(name, note: "\(CurrentProcess.id)\n") { return lock }
        let note = (try? storage.read(name)).map { String(utf8: $0.rawBytes) } ?? ""
        let holder = note.split(separator: "\n").first.map { "process \($0)" } ?? "another process"
        throw EventSQLError(
            .conflict, "\(holder) is writing to this database", hint: "open it read-only, or wait for that process",
            path: path)
    }

    /// Makes the directories, then the first manifest: without that there is no database.
    private static func create(at path: String, storage: any Storage) throws(EventSQLError) {
        for name in DatabaseLayout.directories { try storage.createDirectory("\(path)/\(name)") }
        try storage.syncDirectory(path)
        var random = SystemRandomNumberGenerator()
        let manifest = ManifestRecord(
            databaseID: DatabaseID(high: random.next(), low: random.next()), epoch: 1,
            tables: [.events(named: "events")])
        do throws(CommitFailure) {
            try ManifestFiles(storage: storage, directory: path).commit(manifest)
        } catch {
            throw error.error
        }
        if let parent = parent(of: path) { try storage.syncDirectory(parent) }
    }

    /// Makes directories again that somebody removed because they were empty.
    private static func restoreDirectories(_ path: String, storage: any Storage) throws(EventSQLError) {
        for name in DatabaseLayout.directories where try storage.kind(of: "\(path)/\(name)") == nil {
            try storage.createDirectory("\(path)/\(name)")
        }
    }

    private static func parent(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Removes what the manifest does not name: files of imports that were given up, and files that the last commit replaced.
struct OrphanSweep {
    let storage: any Storage
    let directory: String

    /// Never fails: what cannot be removed stays for the next writer. Only unfinished work is worth a report.
    func run(keeping manifest: ManifestRecord, reports: inout [String]) {
        let kept = manifest.fileNames
        let earlier = ManifestFiles(storage: storage, directory: directory).earlier(than: manifest.epoch)
        let replaced = earlier?.fileNames ?? []
        for name in (try? storage.list(directory)) ?? [] where DatabaseLayout.isTemporary(name) {
            try? storage.remove("\(directory)/\(name)")
        }
        let orphans = DatabaseLayout.namedFiles(in: directory, storage).filter { !kept.contains($0) }
        if orphans.isEmpty { return }
        // A change that was undone must not come back, should the manifest be lost.
        let removed = FileRemoval(storage: storage, directory: directory).run(orphans, durably: true)
        let unfinishedCount = removed.count { !replaced.contains($0) }
        if unfinishedCount > 0 { reports.append("removed \(unfinishedCount) files of unfinished work") }
    }
}
