internal import EventBase
internal import EventFormat
internal import EventIO

/// Reads and writes the manifests of one directory and the catalogue (SPEC 1.9, 1.19).
struct ManifestFiles {
    let storage: any Storage
    let directory: String

    /// What the manifests of a directory tell.
    struct Found {
        /// The newest whole one.
        var manifest: ManifestRecord?
        /// A sentence for each that could not be used.
        var reports: [String] = []
        /// Those that are not what was written.
        var damaged: [String] = []
        /// The highest number in a name, 0 where there is none.
        var newestEpoch: UInt64 = 0

        /// No manifest was written after `manifest`, as far as one can see.
        var isNewest: Bool { manifest?.epoch == newestEpoch }
    }

    /// Looks at the manifests, newest first, until one is whole.
    /// - Errors: those of the system, and `.corruption` for a newer version, when they keep the newest from being read.
    func find() throws(EventSQLError) -> Found {
        let names = try storage.list(directory).filter { !DatabaseLayout.isTemporary($0) }
        let epochs = Set(names.compactMap(DatabaseLayout.manifestEpoch)).sorted(by: >)
        var found = Found(newestEpoch: epochs.first ?? 0)
        for epoch in epochs {
            var refusal: EventSQLError?
            for name in [DatabaseLayout.manifestName(epoch), DatabaseLayout.manifestCopyName(epoch)] {
                if !names.contains(name) { continue }
                do throws(EventSQLError) {
                    let bytes = try storage.read("\(directory)/\(name)")
                    found.manifest = try ManifestRecord.decode(bytes.rawBytes, label: name)
                    return found
                } catch {
                    // A file that a commit has just removed is not damaged.
                    if error.kind == .notFound { continue }
                    found.reports.append("\(name) cannot be used: \(error.message)")
                    if error.kind != .corruption || error.hint != nil {
                        refusal = error
                    } else {
                        found.damaged.append(name)
                    }
                }
            }
            if let refusal { throw refusal }
        }
        return found
    }

    /// The newest whole manifest, nil when there is none.
    /// - Errors: as `find`.
    func newest() throws(EventSQLError) -> ManifestRecord? { try find().manifest }

    /// The manifest before that of an epoch; nil when it is gone or not whole.
    func earlier(than epoch: UInt64) -> ManifestRecord? {
        guard epoch > 0 else { return nil }
        for name in [DatabaseLayout.manifestName(epoch - 1), DatabaseLayout.manifestCopyName(epoch - 1)] {
            guard let bytes = try? storage.read("\(directory)/\(name)") else { continue }
            if let record = try? ManifestRecord.decode(bytes.rawBytes, label: name) { return record }
        }
        return nil
    }

    /// The content of the last manifest as it was mirrored.
    /// - Errors: `.notFound`, `.corruption`, `.io`.
    func catalogue() throws(EventSQLError) -> ManifestRecord {
        let name = DatabaseLayout.catalogueName
        let bytes = try storage.read("\(directory)/\(name)")
        return try ManifestRecord.decode(bytes.rawBytes, as: .catalogue, label: name)
    }

    /// Mirrors a manifest that has been committed. A crash leaves the mirror of this commit or of an earlier one.
    func writeCatalogue(_ manifest: ManifestRecord) throws(EventSQLError) {
        try storage.writeAtomically(
            manifest.encode(as: .catalogue), to: DatabaseLayout.catalogueName, in: directory)
    }

    /// Makes `manifest` the database's state. After an error with `isUnknown` either state may be found on the disk.
    func commit(_ manifest: ManifestRecord) throws(CommitFailure) {
        let name = DatabaseLayout.manifestName(manifest.epoch)
        let bytes = manifest.encode()
        do throws(EventSQLError) {
            try storage.writeSynced(bytes, to: "\(directory)/\(name).tmp")
        } catch {
            throw CommitFailure(error: error, isUnknown: false)
        }
        do throws(EventSQLError) {
            try storage.rename("\(directory)/\(name).tmp", to: "\(directory)/\(name)")
            try storage.syncDirectory(directory)
        } catch {
            throw CommitFailure(error: error, isUnknown: true)
        }
        // The commit stands; the second copy and the catalogue are insurance, and a full disk may refuse them.
        try? storage.writeSynced(bytes, to: "\(directory)/\(DatabaseLayout.manifestCopyName(manifest.epoch))")
        try? writeCatalogue(manifest)
        removeBefore(manifest.epoch)
    }

    /// Removes all but the last two manifests; what stays behind goes with the next commit.
    private func removeBefore(_ epoch: UInt64) {
        for name in (try? storage.list(directory)) ?? [] {
            guard let old = DatabaseLayout.manifestEpoch(name), old + 1 < epoch else { continue }
            try? storage.remove("\(directory)/\(name)")
        }
    }
}

/// A manifest that could not be committed.
struct CommitFailure: Error {
    let error: EventSQLError
    /// The new manifest may be on the disk all the same.
    let isUnknown: Bool
}
