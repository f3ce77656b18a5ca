package import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

extension EventStore {
    /// Checks every file of the database: checksums, the order of rows, ranges, indexes and bitmaps against the rows, users
    /// against the directory, hidden rows against their segments, the manifests against each other and the directory.
    ///
    /// Files are read from the disk again. Writers and readers go on meanwhile; what a commit removes is not missed.
    /// - Parameter progress: called before each file; throws to stop.
    /// - Returns: what was found, in order of the files; empty for a database without fault.
    /// - Errors: those of `progress`, `.io`.
    /// - Complexity: O(bytes of all files); memory: one segment's users, times and names.
    package func verify(
        progress: (VerifyProgress) throws(EventSQLError) -> Void = { _ in }
    ) throws(EventSQLError) -> [StoreFinding] {
        let files = ManifestFiles(storage: storage, directory: path)
        var verifier = StoreVerifier(store: self)
        try verifier.checkManifests()
        // Without a manifest on the disk: what was put together when the database was opened.
        let manifest = (try? files.newest()) ?? state.withLock { $0.manifest }
        verifier.checkCatalogue(manifest, files)
        let total = manifest.segments.reduce(0) { $0 + $1.sizeBytes }
        var done = 0
        func next(_ name: String, _ size: Int = 0) throws(EventSQLError) {
            try progress(VerifyProgress(fileName: name, verifiedSizeBytes: done, totalSizeBytes: total))
            done += size
        }
        for run in manifest.userRuns {
            try next(run.fileName)
            verifier.check(run)
        }
        verifier.checkDistinctUsers()
        for cohort in manifest.cohorts {
            try next(cohort.fileName)
            verifier.check(cohort)
        }
        for segment in manifest.segments {
            try next(segment.fileName, segment.sizeBytes)
            verifier.check(segment)
        }
        try next(DatabaseLayout.walName)
        try verifier.checkLog(from: manifest.walStart)
        try verifier.checkOrphans(manifest)
        // A writer may have replaced files since their manifest was read; they are not missing then.
        if let newest = try? files.newest(), newest.epoch != manifest.epoch {
            verifier.findings.removeAll { !newest.fileNames.contains($0.fileName) && manifest.names($0.fileName) }
        }
        return verifier.findings
    }
}

extension ManifestRecord {
    fileprivate func names(_ fileName: String) -> Bool { fileNames.contains(fileName) }
}

/// The checks of one verification.
struct StoreVerifier {
    let storage: any Storage
    let directory: String
    var findings: [StoreFinding] = []
    private var runs: [UserRunReader] = []
    private var userCount = 0

    init(store: EventStore) {
        storage = store.storage
        directory = store.path
    }

    /// What the checks of a file throw, as a finding.
    private func attempt(_ name: String, _ body: () throws(EventSQLError) -> Void) -> [StoreFinding] {
        do throws(EventSQLError) {
            try body()
            return []
        } catch { return [StoreFinding(name, error.message)] }
    }

    /// Every manifest on the disk is whole, and a copy equals its twin.
    mutating func checkManifests() throws(EventSQLError) {
        let names = try storage.list(directory)
        for name in names where !DatabaseLayout.isTemporary(name) {
            guard let epoch = DatabaseLayout.manifestEpoch(name) else { continue }
            do throws(EventSQLError) {
                let bytes = try storage.read("\(directory)/\(name)")
                let record = try ManifestRecord.decode(bytes.rawBytes, label: name)
                if record.epoch != epoch {
                    findings.append(StoreFinding(name, "it is the manifest of epoch \(record.epoch)"))
                }
                let twin = DatabaseLayout.manifestCopyName(epoch)
                if name != twin, names.contains(twin), try storage.read("\(directory)/\(twin)") != bytes {
                    findings.append(StoreFinding(twin, "it differs from \(name)"))
                }
            } catch {
                // A file that a commit has just removed is not damaged.
                if error.kind != .notFound { findings.append(StoreFinding(name, error.message)) }
            }
        }
        if !names.contains(where: { DatabaseLayout.manifestEpoch($0) != nil }) {
            findings.append(StoreFinding(DatabaseLayout.manifestName(1), "there is no manifest"))
        }
    }

    /// The catalogue is whole and no newer than the manifest; an older one is what a crash leaves.
    mutating func checkCatalogue(_ manifest: ManifestRecord, _ files: ManifestFiles) {
        let name = DatabaseLayout.catalogueName
        do throws(EventSQLError) {
            let catalogue = try files.catalogue()
            if catalogue.epoch > manifest.epoch {
                // A writer may have committed meanwhile.
                let newest = try files.newest()
                if newest.map({ $0.epoch < catalogue.epoch }) ?? true {
                    findings.append(StoreFinding(name, "it knows of commit \(catalogue.epoch), no manifest does"))
                }
            } else if catalogue.epoch == manifest.epoch, catalogue != manifest {
                findings.append(StoreFinding(name, "it differs from the manifest of the same commit"))
            } else if catalogue.epoch < manifest.epoch {
                findings.append(StoreFinding(name, "it is of an earlier commit", isHarmless: true))
            }
        } catch {
            findings.append(StoreFinding(name, error.message, isHarmless: error.kind == .notFound))
        }
    }

    mutating func check(_ record: UserRunRecord) {
        let isNext = Int(record.first) == userCount + 1
        userCount += record.count
        do throws(EventSQLError) {
            let run = try UserRunReader(
                bytes: try storage.map("\(directory)/\(record.fileName)"), label: record.fileName)
            try run.verify()
            guard isNext, run.first == record.first, run.count == record.count else {
                throw EventSQLError(.corruption, "it holds other ordinals than the manifest says")
            }
            runs.append(run)
        } catch {
            findings.append(
                StoreFinding(record.fileName, "\(record.count) user ids cannot be trusted: \(error.message)"))
        }
    }

    /// Every id is found under its own ordinal, in its own run and no other.
    mutating func checkDistinctUsers() {
        for run in runs {
            let found = attempt(run.label) { () throws(EventSQLError) in
                for index in 0..<UInt32(run.count) {
                    let id = try run.bytes(of: run.first + index)
                    for other in runs {
                        let found = try other.ordinal(of: id)
                        if found == nil && other !== run || found == run.first + index { continue }
                        throw EventSQLError(
                            .corruption,
                            "user number \(run.first + index) is found as \(found.map { "\($0)" } ?? "nobody")")
                    }
                }
            }
            findings += found
        }
    }

    mutating func check(_ record: CohortRecord) {
        let count = userCount
        let found = attempt(record.fileName) { () throws(EventSQLError) in
            let bytes = try storage.read("\(directory)/\(record.fileName)")
            let file = try BitmapFile.decode(bytes.rawBytes, label: record.fileName)
            guard file.name == record.name, file.definition == record.definition,
                file.members.count == record.memberCount
            else { throw EventSQLError(.corruption, "it is not the cohort '\(record.name)' that the manifest names") }
            if let last = file.members.values().last, last > count {
                throw EventSQLError(.corruption, "user number \(last) of \(count) is a member")
            }
        }
        findings += found
    }

    mutating func check(_ record: SegmentRecord) {
        do throws(EventSQLError) {
            let group = try StoreState.openSegment(record, storage: storage, directory: directory)
            guard let reader = group as? SegmentReader else { preconditionFailure("BUG: a segment of another kind") }
            guard reader.timeRange == record.timeRange, reader.userRange == record.userRange else {
                throw EventSQLError(.corruption, "its ranges of time and users are not those of the manifest")
            }
            findings += reader.findDamage(userCount: userCount).map { StoreFinding(record.fileName, $0) }
        } catch {
            findings.append(
                StoreFinding(
                    record.fileName, error.message, rowCount: record.rowCount, timeRange: record.timeRange))
        }
        guard let name = record.hiddenRowsFileName else { return }
        let found = attempt(name) { () throws(EventSQLError) in
            let bytes = try storage.read("\(directory)/\(name)")
            let file = try BitmapFile.decode(bytes.rawBytes, label: name)
            guard file.name == record.fileName else {
                throw EventSQLError(.corruption, "it hides rows of '\(file.name)', not of \(record.fileName)")
            }
            if let last = file.members.values().last, Int(last) >= record.rowCount {
                throw EventSQLError(.corruption, "it hides row \(last) of \(record.rowCount)")
            }
        }
        findings += found
    }

    /// Every frame behind the manifest's position is whole, readable and without a gap. A writer may be in the middle of a
    /// frame, so a torn end counts only when it stays.
    mutating func checkLog(from start: UInt64) throws(EventSQLError) {
        var found: [StoreFinding] = []
        for _ in 0..<3 {
            found = []
            let replay = LogReplay(storage: storage, directory: directory)
            do throws(EventSQLError) {
                let outcome = try replay.run(from: LogReplay.Position(nextLSN: start)) {
                    (kind, payload) throws(EventSQLError) in
                    guard kind == .events || kind.isKeyed else {
                        return found.append(StoreFinding(DatabaseLayout.walName, "a frame of unknown kind"))
                    }
                    do throws(EventSQLError) {
                        _ = try EventBatchCodec.decode(payload)
                    } catch { found.append(StoreFinding(DatabaseLayout.walName, error.message)) }
                }
                found += outcome.findings
            } catch {
                // A flush has just removed the file.
                if error.kind != .notFound { throw error }
                continue
            }
            if found.isEmpty { return }
        }
        findings += found
    }

    /// Files that neither the newest manifest nor the one before it names, and what was set aside.
    mutating func checkOrphans(_ manifest: ManifestRecord) throws(EventSQLError) {
        let earlier = ManifestFiles(storage: storage, directory: directory).earlier(than: manifest.epoch)
        let kept = manifest.fileNames.union(earlier?.fileNames ?? [])
        for name in DatabaseLayout.namedFiles(in: directory, storage) where !kept.contains(name) {
            findings.append(
                StoreFinding(
                    name, "no manifest names it; work that is under way, or left over for the next writer to remove",
                    isHarmless: true))
        }
        let aside = "\(directory)/\(DatabaseLayout.quarantineName)"
        for name in (try? storage.list(aside)) ?? [] {
            findings.append(
                StoreFinding("\(DatabaseLayout.quarantineName)/\(name)", "set aside as damaged", isHarmless: true))
        }
    }
}
