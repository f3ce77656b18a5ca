internal import EventBase
internal import EventFormat
internal import EventIO

/// Reads and writes the manifests of one directory (SPEC 1.9): the newest that is whole wins.
struct ManifestFiles {
    let storage: any Storage
    let directory: String

    /// The newest readable manifest, with a sentence for each that could not be read; nil when there is none at all.
    /// - Errors: `.corruption` when manifests exist but none is whole.
    func load() throws(EventSQLError) -> (manifest: ManifestRecord, reports: [String])? {
        let names = try storage.list(directory).filter { !DatabaseLayout.isTemporary($0) }
        let epochs = Set(names.compactMap(DatabaseLayout.manifestEpoch)).sorted(by: >)
        var reports: [String] = []
        for epoch in epochs {
            for name in [DatabaseLayout.manifestName(epoch), DatabaseLayout.manifestCopyName(epoch)] {
                if !names.contains(name) { continue }
                do throws(EventSQLError) {
                    let bytes = try storage.read("\(directory)/\(name)")
                    return (try ManifestRecord.decode(bytes.rawBytes, label: name), reports)
                } catch {
                    // A file that a commit has just removed is not damaged.
                    if error.kind != .notFound { reports.append("\(name) cannot be used: \(error.message)") }
                }
            }
        }
        if reports.isEmpty { return nil }
        throw EventSQLError(
            .corruption, "no manifest of the database is whole: " + reports.joined(separator: "; "), path: directory)
    }

    /// The manifest before that of an epoch; nil when it is gone or not whole.
    func earlier(than epoch: UInt64) -> ManifestRecord? {
        guard epoch > 0 else { return nil }
        for name in [DatabaseLayout.manifestName(epoch - 1), DatabaseLayout.manifestCopyName(epoch - 1)] {
            guard let bytes = try? storage.read("\(directory)/\(name)") else { continue }
            if let record = try? ManifestRecord.decode(bytes.rawBytes, label: name) { return record }
        }
        return nil
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
        // The commit stands; the second copy is insurance, and a full disk may refuse it.
        try? storage.writeSynced(bytes, to: "\(directory)/\(DatabaseLayout.manifestCopyName(manifest.epoch))")
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
