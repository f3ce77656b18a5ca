internal import EventBase
internal import EventFormat
internal import EventIO
internal import Synchronization

/// Damaged files go to `quarantine` (SPEC 1.18): first they are there under a second name, durably, then a manifest is
/// committed that does without them, and only then their first name goes. No order of crashes loses a byte of them.
extension EventStore {
    /// Moves the files that were found damaged aside and commits a manifest without their segments. Called when a writer
    /// has opened the database.
    ///
    /// What fails, as on a full disk, leaves the files where they are, for the next writer; reading goes on without them.
    func setDamageAside() {
        let (damaged, manifest, isRebuilt) = state.withLock { ($0.damagedFiles, $0.manifest, $0.isRebuilt) }
        if damaged.isEmpty && !isRebuilt { return }
        let lost = manifest.segments.filter {
            damaged.contains($0.fileName) || $0.hiddenRowsFileName.map(damaged.contains) == true
        }
        // Of a segment whose hidden rows are unknown nothing may be shown, so it goes with its bitmap.
        let names = damaged.union(lost.map(\.fileName)).union(lost.compactMap(\.hiddenRowsFileName)).sorted()
        let quarantine = Quarantine(storage: storage, directory: path)
        do throws(EventSQLError) {
            var moved: [(name: String, target: String)] = []
            for name in names {
                if let target = try quarantine.keep(name) { moved.append((name, target)) }
            }
            if !lost.isEmpty || isRebuilt {
                try commit { (manifest, _) throws(EventSQLError) in manifest.segments.removeAll { lost.contains($0) } }
            }
            for (name, _) in moved where try storage.kind(of: full(name)) != nil { try storage.remove(full(name)) }
            if isRebuilt {
                // What is left was replaced or never finished, and the reports of the rebuilding say so.
                var silent: [String] = []
                let manifest = state.withLock { $0.manifest }
                OrphanSweep(storage: storage, directory: path).run(keeping: manifest, reports: &silent)
            }
            state.withLock { state in
                state.damagedFiles = []
                state.isRebuilt = false
                state.reports += moved.map { "\($0.name) was moved to \($0.target)" }
            }
        } catch {
            state.withLock { state in
                state.reports.append("damaged files stay where they are: \(error.message)")
                guard state.isRebuilt, state.poison == nil else { return }
                state.poison = EventSQLError(
                    error.kind,
                    "the database has lost its manifest, and another one cannot be written: \(error.message)",
                    hint: "open the database again when that is mended", path: path)
            }
        }
    }
}

/// The directory of files that were found damaged.
struct Quarantine {
    let storage: any Storage
    let directory: String

    private var folder: String { "\(directory)/\(DatabaseLayout.quarantineName)" }

    /// Gives a file a second name here, or copies it where the system cannot; durable when this returns.
    /// - Returns: the new name; nil for a file that is gone.
    func keep(_ name: String) throws(EventSQLError) -> String? {
        let path = "\(directory)/\(name)"
        guard try storage.kind(of: path) == .file else { return nil }
        if try storage.kind(of: folder) == nil {
            try storage.createDirectory(folder)
            try storage.syncDirectory(directory)
        }
        let bytes = try storage.map(path)
        let taken = Set(try storage.list(folder))
        let flat = String(name.map { $0 == "/" ? "-" : $0 })
        var target = flat
        var count = 1
        while taken.contains(target) {
            // A crash may have come between this and the commit that leaves the file out.
            let known = try storage.map("\(folder)/\(target)")
            if ByteOrder.equal(known.span, bytes.span) { return "\(DatabaseLayout.quarantineName)/\(target)" }
            count += 1
            target = "\(flat).\(count)"
        }
        if try !storage.link(path, to: "\(folder)/\(target)") {
            try storage.writeSynced(try storage.read(path), to: "\(folder)/\(target)")
        }
        try storage.syncDirectory(folder)
        return "\(DatabaseLayout.quarantineName)/\(target)"
    }

    /// Removes everything here, durably.
    func clear() throws(EventSQLError) {
        guard try storage.kind(of: folder) == .directory else { return }
        for name in try storage.list(folder) { try storage.remove("\(folder)/\(name)") }
        try storage.syncDirectory(folder)
    }
}

extension StoreState {
    /// Remembers a file that is not what was written. A system that refuses to read it for now, and a file of a newer
    /// version, prove no damage.
    mutating func noteDamage(_ name: String, _ error: EventSQLError) {
        if error.kind == .notFound || error.kind == .corruption && error.hint == nil { damagedFiles.insert(name) }
    }
}
