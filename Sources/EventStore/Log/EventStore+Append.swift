internal import Dispatch
package import EventBase
package import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

extension EventStore {
    /// Adds rows to a table. They are visible to the next snapshot and, when this returns, as durable as the store's
    /// durability level says. Rows that repeat an event id are left out.
    ///
    /// - Returns: how many rows were left out.
    /// - Errors: `.notFound` for an unknown table, `.limit`, `.io`; the rows are then not stored.
    /// - Threads: any number of callers; those that wait for the disk at the same time share one sync.
    @discardableResult
    package func append(_ buffer: EventBuffer, table: String) throws(EventSQLError) -> Int {
        if buffer.rowCount == 0 { return 0 }
        try checkWritable()
        try refuseForgotten(buffer)
        if !options.leavesOutDuplicates {
            try finish(try write(buffer, table: table))
            return 0
        }
        let (written, duplicateCount) = try eventIDs.withLock { (index) throws(EventSQLError) in
            let gone = try duplicateRows(in: [buffer], table: table, index: &index)[0]
            let written = gone.count == buffer.rowCount ? nil : try write(buffer.removing(gone), table: table)
            return (written, gone.count)
        }
        if let written { try finish(written) }
        return duplicateCount
    }

    /// An append that is in the log and the memtable.
    private struct Written {
        var lsn: UInt64
        var mustFlush: Bool
    }

    private func finish(_ written: Written) throws(EventSQLError) {
        try makeDurable(written.lsn)
        if written.mustFlush { try flush() }
    }

    private func write(_ buffer: EventBuffer, table: String) throws(EventSQLError) -> Written {
        let payload = EventBatchCodec.encode(buffer, table: table)
        return try state.withLock { (state) throws(EventSQLError) in
            try state.checkWritable()
            var schema = state.manifest.tables[try state.table(table)]
            try schema.formUnion(state.memtables[table]?.schemaParts ?? [])
            try schema.formUnion(buffer.columns.map { ($0.path, $0.storedTypes) })
            let ordinals = try state.users.ordinals(of: buffer)
            let lsn = try writeFrame(.events, payload, &state)
            state.memtables[table, default: Memtable()].append(buffer, ordinals: ordinals)
            return Written(lsn: lsn, mustFlush: state.mustFlush(options))
        }
    }

    private func refuseForgotten(_ buffer: EventBuffer) throws(EventSQLError) {
        let forgotten = ForgottenIDs(state.withLock { $0.manifest })
        guard let codes = forgotten.refused(in: buffer.users), let code = codes.first else { return }
        throw EventSQLError(
            .invalidInput, "user '\(buffer.users.makeString(at: code))' was forgotten, and later events are refused",
            hint: "SET forgotten_users = 'accept' takes them again")
    }

    /// Writes one frame behind the last and returns its position.
    func writeFrame(
        _ kind: WALFrame.Kind, _ payload: [UInt8], _ state: inout StoreState
    ) throws(EventSQLError) -> UInt64 {
        if state.log.file == nil { try startLogFile(&state) }
        guard let file = state.log.file else { preconditionFailure("BUG: no log file") }
        let frame = WALFrame.encode(lsn: state.log.nextLSN, kind: kind, payload: payload.rawBytes)
        do throws(EventSQLError) {
            try file.append(frame)
        } catch {
            // The tail of this file is unknown now; what was acknowledged in it must be durable before it is left.
            do throws(EventSQLError) { try file.sync() } catch { poisonState(&state, error) }
            state.log.closeFile()
            throw error
        }
        state.log.sizeBytes += frame.count
        defer { state.log.nextLSN += 1 }
        return state.log.nextLSN
    }

    private func startLogFile(_ state: inout StoreState) throws(EventSQLError) {
        let name = DatabaseLayout.walName(state.takeFileNumber())
        let file = try storage.create(full(name))
        try storage.syncDirectory(full(DatabaseLayout.walName))
        state.log.file = file
        state.log.fileName = name
    }

    func makeDurable(_ lsn: UInt64) throws(EventSQLError) {
        switch options.durability {
        case .everyCommit: try syncLog(through: lsn)
        case .interval(let milliseconds): scheduleSync(afterMilliseconds: milliseconds)
        case .none: break
        }
    }

    /// Returns when the frame at `lsn` is on stable storage. Of several callers one syncs for all.
    func syncLog(through lsn: UInt64) throws(EventSQLError) {
        try syncGate.withLock { (syncedEnd) throws(EventSQLError) in
            if syncedEnd > lsn { return }
            let (file, end) = state.withLock { ($0.log.file, $0.log.nextLSN) }
            do throws(EventSQLError) {
                // No file: it was synced when it was left.
                try file?.sync()
            } catch {
                state.withLock { poisonState(&$0, error) }
                throw error
            }
            syncedEnd = end
        }
        try state.withLock { (state) throws(EventSQLError) in if let poison = state.poison { throw poison } }
    }

    private func scheduleSync(afterMilliseconds milliseconds: Int) {
        let isFirst = state.withLock { state in
            defer { state.log.isSyncScheduled = true }
            return !state.log.isSyncScheduled
        }
        guard isFirst else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            let end = state.withLock { state in
                state.log.isSyncScheduled = false
                return state.log.nextLSN
            }
            // A failure poisons the store, so the next writer hears of it.
            if end > 0 { try? syncLog(through: end - 1) }
        }
    }

    func poisonState(_ state: inout StoreState, _ error: EventSQLError) {
        state.poison = EventSQLError(
            .io, "an earlier write failed in a way that leaves its outcome unknown: \(error.message)",
            hint: "close the database and open it again", path: path)
    }

    /// Moves all rows in memory into segments and cuts the WAL.
    /// - Errors: `.io`; the rows then stay where they are.
    package func flush() throws(EventSQLError) {
        try commitGate.withLock { (_) throws(EventSQLError) in try flushHoldingGate() }
        _ = try dropExpiredSegments()
        compactInBackground()
    }

    func flushHoldingGate() throws(EventSQLError) {
        try checkWritable()
        let (frozen, keyed, start, end, logNames) = try state.withLock { (state) throws(EventSQLError) in
            try rotateLog(&state)
            var frozen: [(table: String, batch: RowBatch, partCount: Int)] = []
            for table in state.memtables.keys.sorted() {
                let (batch, partCount) = state.memtables[table]!.freeze()
                if partCount > 0 { frozen.append((table, batch, partCount)) }
            }
            return (
                frozen, try state.freezeKeyed(), state.manifest.walStart, state.log.nextLSN, state.log.closedNames
            )
        }
        if frozen.isEmpty && keyed.isEmpty { return }
        var write = beginWrite()
        defer { self.end(write) }
        write.frames = start..<end
        var records: [SegmentRecord] = []
        var keyedRecords: [(segments: [SegmentRecord], bitmaps: [(fileName: String, bitmapName: String)])] = []
        for (index, freeze) in keyed.enumerated() {
            let isLast = frozen.isEmpty && index == keyed.count - 1
            keyedRecords.append(try writeKeyed(freeze, in: &write, isLast: isLast))
        }
        for (index, entry) in frozen.enumerated() {
            let isLast = index == frozen.count - 1
            records += try writeSegments(entry.batch, table: entry.table, in: &write, isLast: isLast)
        }
        let parts = state.withLock { $0.memtables.mapValues(\.schemaParts) }
        try commitHoldingGate { (manifest, _) throws(EventSQLError) in
            manifest.segments += records
            for (freeze, written) in zip(keyed, keyedRecords) { manifest.add(written, of: freeze.table) }
            manifest.walStart = end
            for (table, _, _) in frozen {
                guard let index = manifest.tables.firstIndex(where: { $0.name == table }) else { continue }
                try manifest.tables[index].formUnion(parts[table] ?? [])
            }
        } andThen: { state in
            for entry in frozen { state.memtables[entry.table]?.drop(partCount: entry.partCount) }
            for (freeze, written) in zip(keyed, keyedRecords) { state.dropFrozen(freeze, segments: written.segments) }
            state.log.sizeBytes = 0
            state.log.closedNames.removeAll { logNames.contains($0) }
        }
        // What cannot be removed is read again by the next open, which skips its frames, and goes with its flush.
        for name in logNames { try? storage.remove(full(name)) }
    }

    /// Syncs and leaves the log file, so that the files before the next one hold only what a flush takes over.
    private func rotateLog(_ state: inout StoreState) throws(EventSQLError) {
        guard let file = state.log.file else { return }
        do throws(EventSQLError) {
            try file.sync()
        } catch {
            poisonState(&state, error)
            throw error
        }
        state.log.closeFile()
    }
}
