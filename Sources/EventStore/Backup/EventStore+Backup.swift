package import EventBase
internal import EventFormat
internal import EventIO
internal import Synchronization

/// What a backup holds.
package struct BackupSummary: Sendable, Equatable {
    package var fileCount = 0
    package var sizeBytes = 0
    /// Files that share their bytes with the database because they lie in one file system.
    package var linkedCount = 0
    /// The commit it is a copy of.
    package var manifestEpoch: UInt64 = 0

    package init() {}
}

extension EventStore {
    /// Copies the database as it is now into a directory that is empty or missing, while writers and readers work (SPEC
    /// 1.16). All that was appended before the call is in it.
    ///
    /// - Parameters:
    ///   - sharesBytes: files that never change become hard links where the file system can; else they are copied.
    ///   - progress: called after each file with the bytes written or linked and those of all; throws to stop.
    /// - Errors: `.invalidInput` for a target that is not empty, `.corruption` when a file that the manifest names is
    ///   missing, `.io`, those of `progress`. The directory is then refused by `open` until it is removed.
    package func backup(
        to target: String, sharesBytes: Bool = true,
        progress: (_ doneBytes: Int, _ totalBytes: Int) throws(EventSQLError) -> Void = { _, _ in }
    ) throws(EventSQLError) -> BackupSummary {
        let target = target.count > 1 && target.hasSuffix("/") ? String(target.dropLast()) : target
        try checkTarget(target)
        let source = try holdSource()
        try storage.createDirectory(target)
        try storage.writeSynced([], to: "\(target)/\(DatabaseLayout.unfinishedBackupName)")
        for name in DatabaseLayout.directories { try storage.createDirectory("\(target)/\(name)") }
        try storage.syncDirectory(target)
        var summary = BackupSummary()
        summary.manifestEpoch = source.manifest.epoch
        let total = source.files.reduce(source.log.count) { $0 + $1.bytes.count }
        var folders: Set<String> = []
        for file in source.files {
            let folder = DatabaseLayout.folder(of: file.name)
            if folders.insert(folder).inserted { try storage.createDirectory("\(target)/\(folder)") }
            try copy(file, to: "\(target)/\(file.name)", sharesBytes: sharesBytes, &summary)
            try progress(summary.sizeBytes, total)
        }
        if !source.log.isEmpty {
            let name = DatabaseLayout.walName(source.logNumber)
            try storage.writeSynced(source.log, to: "\(target)/\(name)")
            summary.fileCount += 1
            summary.sizeBytes += source.log.count
        }
        for folder in folders.union(DatabaseLayout.directories).sorted() {
            try storage.syncDirectory("\(target)/\(folder)")
        }
        do throws(CommitFailure) {
            try ManifestFiles(storage: storage, directory: target).commit(source.manifest)
        } catch { throw error.error }
        try storage.remove("\(target)/\(DatabaseLayout.unfinishedBackupName)")
        try storage.syncDirectory(target)
        return summary
    }

    private func checkTarget(_ target: String) throws(EventSQLError) {
        guard let kind = try storage.kind(of: target) else { return }
        guard kind == .directory, try storage.list(target).isEmpty else {
            throw EventSQLError(
                .invalidInput, "'\(target)' is not an empty directory", hint: "name a new directory for the backup",
                path: target)
        }
    }

    /// One state of the database, held open: files stay readable when a commit removes them.
    private struct Source {
        var manifest: ManifestRecord
        var files: [(name: String, bytes: SharedBytes)] = []
        /// The frames behind the manifest's position.
        var log: [UInt8] = []
        var logNumber: UInt64
    }

    /// Looks again until the manifest has stayed the same while its files and the log were read.
    private func holdSource() throws(EventSQLError) -> Source {
        let manifests = ManifestFiles(storage: storage, directory: path)
        for attempt in 1... {
            guard let manifest = try manifests.newest() else {
                throw EventSQLError(
                    .corruption, "the database has lost its manifest",
                    hint: "open the database for writing once, which puts it together again", path: path)
            }
            do throws(EventSQLError) {
                let source = try readSource(manifest)
                if try manifests.newest()?.epoch == manifest.epoch { return source }
            } catch {
                if error.kind == .io { throw error }
                if try manifests.newest()?.epoch == manifest.epoch {
                    throw EventSQLError(
                        .corruption, "a file of the database is missing: \(error.message)",
                        hint: "open the database for writing once, which sets damage aside", path: path)
                }
            }
            if attempt == Self.sourceAttemptCountMax { break }
        }
        throw EventSQLError(.conflict, "the database changes too fast to be copied", hint: "try again", path: path)
    }

    private static let sourceAttemptCountMax = 100

    private func readSource(_ manifest: ManifestRecord) throws(EventSQLError) -> Source {
        var source = Source(manifest: manifest, logNumber: manifest.nextFileNumber)
        for name in manifest.fileNames.sorted() {
            source.files.append((name, try storage.map(full(name))))
        }
        var log: [UInt8] = []
        var next = manifest.walStart
        let outcome = try LogReplay(storage: storage, directory: path).run(
            from: LogReplay.Position(nextLSN: manifest.walStart)
        ) { (kind, payload) throws(EventSQLError) in
            log += WALFrame.encode(lsn: next, kind: kind, payload: payload)
            next += 1
        }
        if outcome.hasGap {
            throw EventSQLError(.corruption, "appends are missing from the log", path: path)
        }
        source.log = log
        source.logNumber = max(source.logNumber, outcome.lastFileNumber + 1)
        return source
    }

    private func copy(
        _ file: (name: String, bytes: SharedBytes), to target: String, sharesBytes: Bool,
        _ summary: inout BackupSummary
    ) throws(EventSQLError) {
        summary.fileCount += 1
        summary.sizeBytes += file.bytes.count
        if sharesBytes, try linked(file.name, to: target) {
            summary.linkedCount += 1
            return
        }
        let output = try storage.create(target)
        defer { output.close() }
        let owner = file.bytes
        for start in stride(from: 0, to: owner.count, by: Self.copySizeBytes) {
            let span = owner.span
            var piece: [UInt8] = []
            piece.append(bytes: span.extracting(start..<min(owner.count, start + Self.copySizeBytes)))
            try output.append(piece)
        }
        try output.sync()
    }

    private static let copySizeBytes = 1 << 20

    /// A file that a commit has just removed is copied from where it is still mapped.
    private func linked(_ name: String, to target: String) throws(EventSQLError) -> Bool {
        do throws(EventSQLError) {
            return try storage.link(full(name), to: target)
        } catch {
            if error.kind == .notFound { return false }
            throw error
        }
    }
}
