internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO

/// Puts a manifest together from what the files of a database say of themselves (SPEC 1.19). Changes nothing on the disk.
struct ManifestRebuild {
    let storage: any Storage
    let directory: String
    /// The newest state that is known as a whole; nil: none is.
    private let base: ManifestRecord?
    private(set) var manifest: ManifestRecord
    /// What could not be known or used, one sentence each.
    private(set) var reports: [String] = []
    /// Files that cannot be read or placed although nothing else has their rows.
    private(set) var unplaced: Set<String> = []
    /// Names of segments, runs, bitmaps and cohorts on the disk that the base knows nothing of.
    private var young: [String] = []

    init(storage: any Storage, directory: String, base: ManifestRecord?) {
        self.storage = storage
        self.directory = directory
        self.base = base
        var random = SystemRandomNumberGenerator()
        let id = DatabaseID(high: random.next(), low: random.next())
        manifest = base ?? ManifestRecord(databaseID: id, tables: [.events(named: "events")])
    }

    /// - Parameter epoch: the highest that any manifest had.
    /// - Errors: those of the system; `.corruption` for segments that were written before they said where they belong.
    mutating func run(epoch: UInt64) throws(EventSQLError) {
        let names = try listFiles()
        let bound = base?.nextFileNumber ?? 0
        let known = base?.fileNames ?? []
        func number(_ name: String) -> UInt64 { DatabaseLayout.number(of: name) ?? 0 }
        young = names.filter { number($0) >= bound && !known.contains($0) }.sorted { number($0) < number($1) }
        let bitmaps = try readBitmaps()
        let runs = try RunChain(manifest.userRuns + readRuns())
        let decision = try decideSegments(names, bitmaps, bound, userEnd: runs.end)
        place(decision)
        var undecidedBitmapCount = 0
        for index in manifest.segments.indices {
            let newest = bitmaps.filter { $0.segment == manifest.segments[index].fileName }.max {
                $0.number < $1.number
            }
            guard let newest else { continue }
            manifest.segments[index].hiddenRowsFileName = newest.fileName
            if newest.number >= decision.decidedEnd { undecidedBitmapCount += 1 }
        }
        manifest.epoch = max(manifest.epoch, epoch)
        manifest.nextFileNumber = max(manifest.nextFileNumber, (names.map(number).max() ?? 0) + 1)
        takeRuns(runs)
        summarize(decision)
        if undecidedBitmapCount > 0 {
            reports.append(
                "rows of \(undecidedBitmapCount) segments are hidden that may be of a deletion that was not finished")
        }
    }

    /// Every file but the log's.
    /// - Errors: unlike `DatabaseLayout.namedFiles`, those of the system: what cannot be listed is not missing.
    private func listFiles() throws(EventSQLError) -> [String] {
        for name in DatabaseLayout.directories where try storage.kind(of: "\(directory)/\(name)") == .directory {
            _ = try storage.list("\(directory)/\(name)")
        }
        return DatabaseLayout.namedFiles(in: directory, storage)
    }

    // MARK: Bitmaps

    private struct HiddenRows {
        var fileName: String
        var number: UInt64
        /// The segment's file name.
        var segment: String
    }

    /// Bitmaps of hidden rows; takes cohorts over on the way.
    private mutating func readBitmaps() throws(EventSQLError) -> [HiddenRows] {
        var hidden: [HiddenRows] = []
        for name in young.filter({ $0.hasPrefix(DatabaseLayout.cohortsName) }) {
            let number = DatabaseLayout.number(of: name) ?? 0
            let path = "\(directory)/\(name)"
            do throws(EventSQLError) {
                let bytes = try storage.read(path)
                let file = try BitmapFile.decode(bytes.rawBytes, label: name)
                if name.hasSuffix(".hidden") {
                    hidden.append(HiddenRows(fileName: name, number: number, segment: file.name))
                    continue
                }
                manifest.cohorts.removeAll { $0.name == file.name }
                manifest.cohorts.append(
                    CohortRecord(
                        name: file.name, definition: file.definition, memberCount: file.members.count, fileName: name))
            } catch {
                let what =
                    name.hasSuffix(".hidden")
                    ? "rows that it hid may be back" : "it may be a cohort that is missing now"
                try setAside(name, error, what)
            }
        }
        return hidden
    }

    /// Takes a file that cannot be read out of the way; an error of the system says nothing about the file.
    private mutating func setAside(_ name: String, _ error: EventSQLError, _ what: String) throws(EventSQLError) {
        guard error.kind == .corruption, error.hint == nil else { throw error }
        reports.append("\(name) cannot be read: \(error.message); \(what)")
        unplaced.insert(name)
    }

    // MARK: Users

    private mutating func readRuns() throws(EventSQLError) -> [UserRunRecord] {
        var runs: [UserRunRecord] = []
        for name in young where name.hasSuffix(".run") {
            do throws(EventSQLError) {
                let run = try UserRunReader(bytes: try storage.map("\(directory)/\(name)"), label: name)
                runs.append(UserRunRecord(fileName: name, first: run.first, count: run.count))
            } catch { try setAside(name, error, "ids of users may be lost") }
        }
        return runs
    }

    /// Runs that reach every user of a row. What no run has gets a name that no file has; opening makes up ids for it.
    private mutating func takeRuns(_ runs: RunChain) {
        let last = manifest.segments.map(\.userRange.upperBound).max() ?? 0
        manifest.userRuns = []
        for entry in runs.chain(through: last) {
            switch entry {
            case .run(let record): manifest.userRuns.append(record)
            case .gap(let first, let count):
                reports.append("the ids of \(count) users are lost")
                let name = DatabaseLayout.userRunName(manifest.nextFileNumber)
                manifest.nextFileNumber += 1
                manifest.userRuns.append(UserRunRecord(fileName: name, first: first, count: count))
            }
        }
    }

    // MARK: Segments

    private mutating func decideSegments(
        _ names: [String], _ bitmaps: [HiddenRows], _ bound: UInt64, userEnd: UInt64
    ) throws(EventSQLError) -> WriteGroups.Decision {
        var pieces: [WriteGroups.Piece] = []
        for name in young where name.hasSuffix(".seg") {
            guard let number = DatabaseLayout.number(of: name), let piece = try readPiece(name, number) else {
                continue
            }
            pieces.append(piece)
        }
        let listed = (base?.segments ?? []).filter { names.contains($0.fileName) }
        let present = Set(listed.compactMap { DatabaseLayout.number(of: $0.fileName) } + pieces.map(\.number))
        var newestBitmap: [UInt64: UInt64] = [:]
        for bitmap in bitmaps {
            guard let segment = DatabaseLayout.number(of: bitmap.segment) else { continue }
            newestBitmap[segment] = max(newestBitmap[segment] ?? 0, bitmap.number)
        }
        for record in listed {
            guard let name = record.hiddenRowsFileName, let segment = DatabaseLayout.number(of: record.fileName)
            else { continue }
            newestBitmap[segment] = max(newestBitmap[segment] ?? 0, DatabaseLayout.number(of: name) ?? 0)
        }
        let log = try LogReplay(storage: storage, directory: directory).run(from: LogReplay.Position(nextLSN: 0)) {
            (_, _) in
        }
        return WriteGroups(
            pieces, present: present, newestBitmap: newestBitmap, bound: bound, logged: log.frames,
            userEnd: userEnd
        ).decide()
    }

    private mutating func readPiece(_ name: String, _ number: UInt64) throws(EventSQLError) -> WriteGroups.Piece? {
        let reader: SegmentReader
        do throws(EventSQLError) {
            let bytes = try storage.map("\(directory)/\(name)")
            reader = try SegmentReader(bytes: bytes, label: name, users: UnnamedUsers())
        } catch {
            try setAside(name, error, "how many rows it has is not known")
            return nil
        }
        guard let origin = reader.origin else {
            throw EventSQLError(
                .corruption, "no manifest is whole, and \(name) is of a version that does not say where it belongs",
                hint: "restore a manifest from a backup", path: directory)
        }
        let record = SegmentRecord(
            fileName: name, table: origin.table, rowCount: reader.rowCount, sizeBytes: reader.sizeBytes,
            timeRange: reader.timeRange, userRange: reader.userRange)
        if origin.table.contains("#") {
            if manifest.keyedTables.contains(where: { $0.storageName == origin.table }) {
                return WriteGroups.Piece(number: number, origin: origin, record: record)
            }
            reports.append("\(name) is of a table that nobody knows; \(StoreState.describeLoss(record))")
            unplaced.insert(name)
            return nil
        }
        addColumns(of: reader, table: origin.table)
        return WriteGroups.Piece(number: number, origin: origin, record: record)
    }

    /// A column too many is refused to everybody, so it cannot come from here.
    private mutating func addColumns(of reader: SegmentReader, table: String) {
        var index = manifest.tables.firstIndex { $0.name == table }
        if index == nil {
            index = manifest.tables.count
            manifest.tables.append(.events(named: table))
        }
        try? manifest.tables[index!].formUnion(reader.storedColumns)
    }

    /// Puts segments that count where those stood that they replaced, all others at the end by age.
    private mutating func place(_ decision: WriteGroups.Decision) {
        func number(_ record: SegmentRecord) -> UInt64 { DatabaseLayout.number(of: record.fileName) ?? 0 }
        for piece in decision.counting.sorted(by: { ($0.origin.age, $0.number) < ($1.origin.age, $1.number) }) {
            let replaced = Set(piece.origin.replaced.map(\.segment))
            let place = manifest.segments.firstIndex { replaced.contains(number($0)) } ?? manifest.segments.count
            manifest.segments.insert(piece.record, at: place)
            manifest.walStart = max(manifest.walStart, piece.origin.frames.upperBound)
        }
        manifest.segments.removeAll { decision.superseded.contains(number($0)) }
        for piece in decision.setAside {
            reports.append(
                "\(piece.record.fileName) belongs to an import of which a part is missing; "
                    + StoreState.describeLoss(piece.record))
            unplaced.insert(piece.record.fileName)
        }
    }

    private mutating func summarize(_ decision: WriteGroups.Decision) {
        let rowCount = manifest.segments.reduce(0) { $0 + $1.rowCount }
        let source = base.map { "what is known of commit \($0.epoch) and " } ?? ""
        reports.append(
            "the database was put together without its manifest, from \(source)its files: "
                + "\(manifest.segments.count) segments with \(rowCount) rows")
        if decision.undecidedRowCount > 0 {
            reports.append("\(decision.undecidedRowCount) of these rows may be of an import that was not finished")
        }
        if base == nil {
            reports.append(
                "settings, views, virtual events, identities, the list of forgotten users, ages of tables and keyed "
                    + "tables are lost; tables, cohorts and rows that were dropped last may be back")
        }
    }
}
