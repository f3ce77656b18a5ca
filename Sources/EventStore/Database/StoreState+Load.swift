internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO

extension StoreState {
    /// Makes `next` the current manifest and opens the files that are new in it; forgets readers of files that are gone.
    ///
    /// User runs must have been opened with `UserDirectory.replaceRuns` by whoever wrote them.
    /// - Returns: a sentence for each file that cannot be used.
    mutating func install(_ next: ManifestRecord, storage: any Storage, directory: String) -> [String] {
        manifest = next
        nextFileNumber = max(nextFileNumber, next.nextFileNumber)
        var found: [String] = []
        var kept: [String: any RowGroup] = [:]
        for record in next.segments {
            if let reader = segments[record.fileName] {
                kept[record.fileName] = reader
                continue
            }
            do throws(EventSQLError) {
                kept[record.fileName] = try Self.openSegment(record, storage: storage, directory: directory)
            } catch {
                noteDamage(record.fileName, error)
                found.append("\(record.fileName) is left out: \(error.message); \(Self.describeLoss(record))")
            }
        }
        segments = kept
        hiddenRows = hiddenRows.filter { entry in next.segments.contains { $0.hiddenRowsFileName == entry.key } }
        for record in next.segments {
            guard let name = record.hiddenRowsFileName, hiddenRows[name] == nil else { continue }
            hiddenRows[name] = load(name, storage, directory, &found)
        }
        cohorts = cohorts.filter { entry in next.cohorts.contains { $0.fileName == entry.key } }
        for record in next.cohorts where cohorts[record.fileName] == nil {
            cohorts[record.fileName] = load(record.fileName, storage, directory, &found)
        }
        reports.append(contentsOf: found)
        return found
    }

    private mutating func load(
        _ name: String, _ storage: any Storage, _ directory: String, _ found: inout [String]
    ) -> Bitmap? {
        do throws(EventSQLError) {
            let bytes = try storage.read("\(directory)/\(name)")
            return try BitmapFile.decode(bytes.rawBytes, label: name).members
        } catch {
            noteDamage(name, error)
            found.append("\(name) cannot be read, what needs it is left out: \(error.message)")
            return nil
        }
    }

    static func openSegment(
        _ record: SegmentRecord, storage: any Storage, directory: String
    ) throws(EventSQLError) -> any RowGroup {
        let bytes = try storage.map("\(directory)/\(record.fileName)")
        guard bytes.count == record.sizeBytes else {
            throw EventSQLError(.corruption, "it has \(bytes.count) bytes where \(record.sizeBytes) were written")
        }
        let reader = try SegmentReader(bytes: bytes, label: record.fileName, users: UnnamedUsers())
        guard reader.rowCount == record.rowCount else {
            throw EventSQLError(.corruption, "it has \(reader.rowCount) rows where \(record.rowCount) were written")
        }
        return reader
    }

    static func describeLoss(_ record: SegmentRecord) -> String {
        "\(record.rowCount) rows of '\(record.table)' between \(TimestampText.print(micros: record.timeRange.lowerBound)) "
            + "and \(TimestampText.print(micros: record.timeRange.upperBound)) cannot be read"
    }

    /// The runs of a manifest. A damaged one is replaced by made-up ids, so that rows keep their persons apart.
    ///
    /// - Parameter reports: gets a sentence for each damaged run.
    static func openRuns(
        _ manifest: ManifestRecord, reusing open: [UserRunReader], storage: any Storage, directory: String,
        reports: inout [String]
    ) throws(EventSQLError) -> [UserRunReader] {
        var runs: [UserRunReader] = []
        var next: UInt32 = 1
        for record in manifest.userRuns {
            guard record.first == next, record.count < Limits.userCountMax - Int(next) else {
                throw EventSQLError(.corruption, "a user run does not follow the one before it", path: record.fileName)
            }
            next += UInt32(record.count)
            if let known = open.first(where: { $0.label == record.fileName }) {
                runs.append(known)
                continue
            }
            do throws(EventSQLError) {
                runs.append(try openRun(record, storage: storage, directory: directory))
            } catch {
                if error.kind == .io { throw error }
                reports.append(
                    "\(record.fileName) is damaged: \(error.message); its \(record.count) users are called "
                        + "'unknown user N' from now on")
                runs.append(try makeUpRun(record))
            }
        }
        return runs
    }

    private static func openRun(
        _ record: UserRunRecord, storage: any Storage, directory: String
    ) throws(EventSQLError) -> UserRunReader {
        let run = try UserRunReader(bytes: try storage.map("\(directory)/\(record.fileName)"), label: record.fileName)
        guard run.first == record.first, run.count == record.count else {
            throw EventSQLError(.corruption, "it holds other ordinals than the manifest says")
        }
        // String pools cannot throw, so every block is checked before anybody reads an id.
        try run.verify()
        return run
    }

    private static func makeUpRun(_ record: UserRunRecord) throws(EventSQLError) -> UserRunReader {
        let ids = HeapStringPool(
            (0..<record.count).map { "unknown user \(Int(record.first) + $0)" }, isDistinct: true)
        let bytes = UserRunWriter.encode(first: record.first, ids: ids, codes: 0..<UInt32(record.count))
        return try UserRunReader(bytes: SharedBytes(bytes), label: record.fileName)
    }

    /// The reader of a segment and the rows hidden in it; nil when either is damaged, since a deleted row must never
    /// come back.
    func readable(_ record: SegmentRecord) -> (reader: any RowGroup, hiddenRows: Bitmap?)? {
        guard !damagedSegments.contains(record.fileName), let reader = segments[record.fileName] else { return nil }
        guard let name = record.hiddenRowsFileName else { return (reader, nil) }
        return hiddenRows[name].map { (reader, $0) }
    }
}

extension StoreState {
    /// A table's columns with those that only rows in memory have.
    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema {
        var schema = manifest.tables[try table(name)]
        try schema.formUnion(memtables[name]?.schemaParts ?? [])
        return schema
    }

    /// Adds the rows that the WAL has behind `log.readPosition`.
    /// - Returns: false when frames are missing in between, which for a reading process means: look again.
    mutating func replayLog(storage: any Storage, directory: String, isWriter: Bool) throws(EventSQLError) -> Bool {
        let replay = LogReplay(storage: storage, directory: directory)
        var found: [String] = []
        let outcome = try replay.run(from: log.readPosition) { (kind, payload) throws(EventSQLError) in
            do throws(EventSQLError) {
                if kind.isKeyed { return try replayKeyed(kind, payload) }
                guard kind == .events else { return }
                let (table, buffer) = try EventBatchCodec.decode(payload)
                guard (try? self.table(table)) != nil else {
                    found.append("\(buffer.rowCount) rows of '\(table)', which is no table, are left out of the WAL")
                    return
                }
                let ordinals = try users.ordinals(of: buffer)
                memtables[table, default: Memtable()].append(buffer, ordinals: ordinals)
            } catch {
                found.append("an append in the WAL is left out: \(error.message)")
            }
        }
        log.readPosition = outcome.position
        log.nextLSN = outcome.position.nextLSN
        log.sizeBytes = outcome.sizeBytes
        nextFileNumber = max(nextFileNumber, outcome.lastFileNumber + 1)
        if isWriter {
            reports += outcome.findings.map { "\($0.fileName): \($0.what)" } + found
            log.closedNames = try storage.list("\(directory)/\(DatabaseLayout.walName)").filter {
                DatabaseLayout.walNumber($0) != nil
            }.map { "\(DatabaseLayout.walName)/\($0)" }
        }
        return !outcome.hasGap
    }
}

/// The user directory of a reader that every snapshot looks through with its own: any ordinal, no ids.
final class UnnamedUsers: StringPool {
    private let nobody = SharedBytes([])
    var count: Int { Int(UInt32.max) }
    var isDistinct: Bool { false }
    var isSorted: Bool { false }

    @_lifetime(borrow self)
    func bytes(at code: UInt32) -> RawSpan { nobody.unsafeExtract(0..<0, heldBy: self) }
}
