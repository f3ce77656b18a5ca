internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// What a flush takes over of one keyed table, as it was when the log was cut.
struct KeyedFreeze {
    var table: KeyedTableSchema
    /// The memtable's rows.
    var inputs: [SegmentMerge.Input]
    var partCount: Int
    var rowCount: Int
    /// Dead rows among them, which no segment gets.
    var dead: Bitmap
    /// All dead rows of segments that have more than their bitmap files say.
    var deadInSegments: [(fileName: String, rows: Bitmap)]
}

/// Rows of keyed tables on their way from the log into segments, and from segments into fewer (SPEC 1.15).
extension EventStore {
    /// Writes the rows of a freeze and the bitmaps of rows that died, synced; nobody sees them yet.
    func writeKeyed(
        _ freeze: KeyedFreeze, in write: inout SegmentWrite, isLast: Bool
    ) throws(EventSQLError) -> (segments: [SegmentRecord], bitmaps: [(fileName: String, bitmapName: String)]) {
        let merge = SegmentMerge { () throws(EventSQLError) in try self.checkWritable() }
        let segments = try writeMerged(
            try merge.run(freeze.inputs), table: freeze.table.storageName, in: &write, isLast: isLast)
        var bitmaps: [(fileName: String, bitmapName: String)] = []
        for (fileName, rows) in freeze.deadInSegments {
            let name = DatabaseLayout.hiddenRowsName(state.withLock { $0.takeFileNumber() })
            let bytes = BitmapFile(name: fileName, definition: "", members: rows).encode()
            try storage.writeSynced(bytes, to: full(name))
            bitmaps.append((fileName, name))
        }
        if !bitmaps.isEmpty { try storage.syncDirectory(full(DatabaseLayout.cohortsName)) }
        return (segments, bitmaps)
    }

    /// Merges segments of a keyed table and leaves dead rows behind. Flushes and other commits wait meanwhile, so that
    /// what dies while the rows are copied stays in the log.
    func mergeKeyed(_ records: [SegmentRecord], _ table: KeyedTableSchema) throws(EventSQLError) -> [SegmentRecord] {
        try commitGate.withLock { (_) throws(EventSQLError) in
            let (end, inputs) = state.withLock { state in
                (state.log.nextLSN, records.map { state.keyedInput($0, table) })
            }
            // A row may be left behind only when the frame that killed it is durable.
            if end > 0 { try syncLog(through: end - 1) }
            let readable = inputs.compactMap { $0 }
            guard readable.count == records.count else { return [] }
            let merge = SegmentMerge { () throws(EventSQLError) in try self.checkWritable() }
            let drafts = try merge.run(readable)
            var write = beginRewrite(of: records)
            defer { self.end(write) }
            let written = try writeMerged(drafts, table: table.storageName, in: &write, isLast: true)
            let sources = zip(records, readable).map { record, input in
                KeyedMove.Source(
                    fileName: record.fileName, rowCount: record.rowCount, dead: input.hiddenRows ?? Bitmap())
            }
            let names = Set(records.map(\.fileName))
            try commitHoldingGate { (manifest, _) throws(EventSQLError) in
                guard manifest.segments.count(where: { names.contains($0.fileName) }) == names.count,
                    let place = manifest.segments.firstIndex(where: { names.contains($0.fileName) })
                else { throw EventSQLError(.conflict, "the table '\(table.name)' was dropped meanwhile") }
                manifest.segments.insert(contentsOf: written, at: place)
                manifest.segments.removeAll { names.contains($0.fileName) }
            } andThen: { state in
                state.keyed[table.storageName]?.apply(KeyedMove(sources: sources, targets: written))
            }
            return written
        }
    }

    /// Writes merged segments as synced files.
    func writeMerged(
        _ drafts: [EncodedDraft], table: String, in group: inout SegmentWrite, isLast: Bool
    ) throws(EventSQLError) -> [SegmentRecord] {
        var written: [SegmentRecord] = []
        let numbers = state.withLock { state in drafts.map { _ in state.takeFileNumber() } }
        let origins = group.origins(numbers, table: table, isLast: isLast)
        for (index, draft) in drafts.enumerated() {
            let number = numbers[index]
            let folder = full("\(DatabaseLayout.segmentsName)/\(DatabaseLayout.monthName(ofDay: draft.firstDay))")
            try storage.createDirectory(folder)
            let name = DatabaseLayout.segmentName(number, firstDay: draft.firstDay)
            written.append(try write(draft, to: name, origins[index]))
            try storage.syncDirectory(folder)
        }
        if !drafts.isEmpty { try storage.syncDirectory(full(DatabaseLayout.segmentsName)) }
        return written
    }
}

extension ManifestRecord {
    /// Adds what a flush wrote; nothing of a table that was dropped.
    mutating func add(
        _ written: (segments: [SegmentRecord], bitmaps: [(fileName: String, bitmapName: String)]),
        of table: KeyedTableSchema
    ) {
        guard keyedTables.contains(where: { $0.id == table.id }) else { return }
        segments += written.segments
        for (fileName, bitmapName) in written.bitmaps {
            guard let index = segments.firstIndex(where: { $0.fileName == fileName }) else { continue }
            segments[index].hiddenRowsFileName = bitmapName
        }
    }
}

extension StoreState {
    /// Whether the memtables or the log have grown to the size at which they are flushed.
    func mustFlush(_ options: StoreOptions) -> Bool {
        let rowCount =
            memtables.values.reduce(0) { $0 + $1.rowCount } + keyed.values.reduce(0) { $0 + $1.memtable.rowCount }
        return rowCount >= options.memtableRowCountMax || log.sizeBytes >= options.walSizeBytesMax
    }

    /// A copy for a commit to read. It holds no index, which would have to be copied when somebody writes meanwhile.
    var withoutKeyIndexes: StoreState {
        var copy = self
        copy.keyed = [:]
        return copy
    }

    /// What a flush has to take over of keyed tables.
    mutating func freezeKeyed() throws(EventSQLError) -> [KeyedFreeze] {
        var frozen: [KeyedFreeze] = []
        for table in manifest.keyedTables {
            guard var changes = keyed.removeValue(forKey: table.storageName) else { continue }
            defer { keyed[table.storageName] = changes }
            let (batch, partCount) = changes.memtable.freeze()
            let dead = changes.deadInMemory.bitmap()
            var inputs: [SegmentMerge.Input] = []
            for group in try changes.memoryGroups() where group.first < batch.rowCount {
                inputs.append(SegmentMerge.Input(reader: group.reader, hiddenRows: group.dead))
            }
            var segments: [(fileName: String, rows: Bitmap)] = []
            for name in changes.deadInSegments.keys.sorted() {
                guard var rows = changes.deadInSegments[name], rows.count > rows.persistedCount else { continue }
                segments.append((name, rows.bitmap()))
            }
            if partCount == 0 && segments.isEmpty { continue }
            frozen.append(
                KeyedFreeze(
                    table: table, inputs: inputs, partCount: partCount, rowCount: batch.rowCount, dead: dead,
                    deadInSegments: segments))
        }
        return frozen
    }

    /// Follows a flush that has been committed.
    mutating func dropFrozen(_ freeze: KeyedFreeze, segments: [SegmentRecord]) {
        guard var changes = keyed.removeValue(forKey: freeze.table.storageName) else { return }
        changes.memtable.drop(partCount: freeze.partCount)
        let source = KeyedMove.Source(fileName: nil, rowCount: freeze.rowCount, dead: freeze.dead)
        changes.apply(KeyedMove(sources: [source], targets: segments))
        for (name, rows) in freeze.deadInSegments { changes.deadInSegments[name]?.persistedCount = rows.count }
        keyed[freeze.table.storageName] = changes
    }
}
