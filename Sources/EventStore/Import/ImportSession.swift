package import EventBase
package import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

extension EventStore {
    /// Begins an import into a table, which is made when missing; all of it becomes visible with `commit()`.
    package func beginImport(table: String) throws(EventSQLError) -> ImportSession {
        try checkWritable()
        try state.withLock { (state) throws(EventSQLError) in
            if !state.manifest.tables.contains(where: { $0.name == table }) { try checkNewName(table, state.manifest) }
        }
        let earlier = state.withLock { $0.users.pending }
        return ImportSession(store: self, table: table, earlierUsers: earlier)
    }
}

/// Rows on their way into segments: all or nothing. Rows are held in memory up to the store's import limits and then
/// written as segments that nobody sees before `commit()`.
///
/// - Threads: one owner at a time. A session that is neither committed nor aborted leaves files that the next writer
///   removes.
package final class ImportSession: Sendable {
    private let store: EventStore
    package let table: String
    private let earlierUsers: StringInterner
    private let progress: Mutex<Progress>

    /// Memory that is given back must be asked for again at once, a twentieth of an import's work; kept for ever it is more and more
    /// scattered.
    private static let flushesPerGivingBack = 2

    private struct Progress: Sendable {
        var batch = RowBatch()
        var schemaParts: [(path: String, types: StoredTypes)] = []
        var records: [SegmentRecord] = []
        var write: SegmentWrite?
        var summary = ImportSummary()
        var isOver = false
        var flushCount = 0
        /// Of the event id index when rows were first compared with it.
        var indexGeneration: Int?
        /// Users known after the session's last `add`.
        var userCount: Int
        /// Somebody else has numbered users meanwhile, so an abort must leave the numbers alone.
        var sharesUsers = false
    }

    init(store: EventStore, table: String, earlierUsers: StringInterner) {
        self.store = store
        self.table = table
        self.earlierUsers = earlierUsers
        let userCount = store.state.withLock { $0.users.count }
        progress = Mutex(Progress(userCount: userCount))
    }

    /// Takes rows over. They are not visible before `commit()`.
    /// - Errors: `.limit` and `.io`; the session can then only be aborted.
    package func add(_ buffer: EventBuffer) throws(EventSQLError) {
        try progress.withLock { (progress) throws(EventSQLError) in
            guard !progress.isOver else { throw EventSQLError(.conflict, "the import is over") }
            let refused = store.refusedRows(of: buffer)
            var buffer = buffer.removing(refused)
            progress.summary.refusedCount += refused.count
            let ordinals = try store.state.withLock { (state) throws(EventSQLError) in
                if state.users.count != progress.userCount { progress.sharesUsers = true }
                let ordinals = try state.users.ordinals(of: buffer)
                progress.userCount = state.users.count
                return ordinals
            }
            buffer.dropUsers()
            for column in buffer.columns { progress.schemaParts.append((column.path, column.storedTypes)) }
            progress.batch.append(buffer, ordinals: ordinals)
            let options = store.options
            if progress.batch.rowCount >= options.importRowCountMax
                || progress.batch.sizeBytes >= options.importSizeBytesMax
            {
                try flush(&progress)
            }
        }
    }

    /// Makes all rows visible and durable with one manifest.
    package func commit() throws(EventSQLError) -> ImportSummary {
        try progress.withLock { (progress) throws(EventSQLError) in
            guard !progress.isOver else { throw EventSQLError(.conflict, "the import is over") }
            try flush(&progress, isLast: true)
            progress.isOver = true
            defer { end(&progress) }
            let newUserCount = store.state.withLock { $0.users.pending.count } - earlierUsers.count
            let (records, parts) = (progress.records, progress.schemaParts)
            try store.commit { (manifest, _) throws(EventSQLError) in
                var index = manifest.tables.firstIndex { $0.name == table }
                if index == nil {
                    try store.checkNewName(table, manifest)
                    index = manifest.tables.count
                    manifest.tables.append(.events(named: table))
                }
                try manifest.tables[index!].formUnion(parts)
                manifest.segments.append(contentsOf: records)
            }
            checkIndex(progress)
            // A failure leaves old rows for the next flush; the import itself is committed.
            _ = try? store.dropExpiredSegments()
            progress.summary.newUserCount = max(0, newUserCount)
            return progress.summary
        }
    }

    /// Gives the import up and removes what it wrote.
    package func abort() {
        progress.withLock { progress in
            if progress.isOver { return }
            progress.isOver = true
            for record in progress.records { try? store.storage.remove(store.full(record.fileName)) }
            end(&progress)
            progress.batch = RowBatch()
            store.state.withLock { state in
                if !progress.sharesUsers, state.users.count == progress.userCount {
                    state.users.restorePending(earlierUsers)
                }
            }
        }
    }

    private func end(_ progress: inout Progress) {
        if let write = progress.write.take() { store.end(write) }
    }

    private func flush(_ progress: inout Progress, isLast: Bool = false) throws(EventSQLError) {
        try store.checkWritable()
        defer {
            progress.flushCount += 1
            if !isLast, progress.flushCount % Self.flushesPerGivingBack == 0 { FreeMemory.giveBack() }
        }
        var write = progress.write ?? store.beginWrite()
        defer { progress.write = write }
        let records = try writeBatch(&progress, in: &write, isLast: isLast)
        progress.records += records
        progress.summary.rowCount += records.reduce(0) { $0 + $1.rowCount }
        progress.summary.segmentCount += records.count
        progress.summary.segmentSizeBytes += records.reduce(0) { $0 + $1.sizeBytes }
    }
}

extension ImportSession {
    /// The batch is gone when this returns, so that its memory can be given back.
    private func writeBatch(
        _ progress: inout Progress, in write: inout SegmentWrite, isLast: Bool
    ) throws(EventSQLError) -> [SegmentRecord] {
        var batch = RowBatch()
        swap(&batch, &progress.batch)
        return try store.writeSegments(
            try leavingOutDuplicates(batch, &progress), table: table, in: &write, isLast: isLast)
    }

    private func leavingOutDuplicates(
        _ batch: RowBatch, _ progress: inout Progress
    ) throws(EventSQLError) -> RowBatch {
        guard store.options.leavesOutDuplicates else { return batch }
        return try store.eventIDs.withLock { (index) throws(EventSQLError) in
            let gone = try store.duplicateRows(
                in: batch.parts.map(\.buffer), table: table, unseen: progress.records, index: &index)
            if progress.indexGeneration == nil { progress.indexGeneration = index.generation }
            let count = gone.reduce(0) { $0 + $1.count }
            progress.summary.duplicateCount += count
            return count == 0 ? batch : batch.removing(gone)
        }
    }

    /// Filters that were made while rows of this import were written and not committed do not know them.
    private func checkIndex(_ progress: Progress) {
        guard let generation = progress.indexGeneration else { return }
        store.eventIDs.withLock { index in
            if index.generation != generation { index.forgetAll() }
        }
    }
}

extension EventStore {
    /// Sorts and encodes rows and writes them as synced segment files, on several threads; nobody sees them yet.
    /// - Parameter isLast: nothing more belongs to the write.
    func writeSegments(
        _ batch: RowBatch, table: String, in group: inout SegmentWrite, isLast: Bool
    ) throws(EventSQLError) -> [SegmentRecord] {
        let drafts = DraftBuilder.encode(batch, partitioning: .byMonth, threadCount: options.threadCount)
        let numbers = state.withLock { state in drafts.map { _ in state.takeFileNumber() } }
        let origins = group.origins(numbers, table: table, isLast: isLast)
        let names = zip(drafts, numbers).map { DatabaseLayout.segmentName($1, firstDay: $0.firstDay) }
        let folders = Set(drafts.map { DatabaseLayout.monthName(ofDay: $0.firstDay) }).sorted().map {
            full("\(DatabaseLayout.segmentsName)/\($0)")
        }
        for folder in folders { try storage.createDirectory(folder) }
        let results = Mutex([Result<SegmentRecord, EventSQLError>?](repeating: nil, count: drafts.count))
        Parallel.forEach(count: drafts.count, threadCount: options.threadCount) { index in
            let result = Result { () throws(EventSQLError) in
                try write(drafts[index], to: names[index], origins[index])
            }
            results.withLock { $0[index] = result }
        }
        var records: [SegmentRecord] = []
        for result in results.withLock({ $0 }) {
            guard let result else { preconditionFailure("BUG: a draft was not written") }
            records.append(try result.get())
        }
        for folder in folders { try storage.syncDirectory(folder) }
        if !folders.isEmpty { try storage.syncDirectory(full(DatabaseLayout.segmentsName)) }
        return records
    }

    /// Writes one synced segment file; its directory must exist and is not synced.
    func write(
        _ draft: EncodedDraft, to name: String, _ origin: SegmentOrigin
    ) throws(EventSQLError) -> SegmentRecord {
        let file = try storage.create(full(name))
        defer { file.close() }
        let end = draft.segment.end(origin)
        try file.append(draft.segment.bytes)
        try file.append(end)
        try file.sync()
        return SegmentRecord(
            fileName: name, table: origin.table, rowCount: draft.rowCount,
            sizeBytes: draft.segment.bytes.count + end.count, timeRange: draft.timeRange, userRange: draft.userRange)
    }
}
