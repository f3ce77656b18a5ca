package import EventBase
package import EventColumns
internal import EventFormat
internal import Synchronization

/// What happens to a row whose key the table has.
package enum KeyConflict: Sendable {
    /// Nothing is stored and the error names the key.
    case fail
    /// The old row stays.
    case ignore
    /// The new row takes its place.
    case replace
}

/// What became of rows that were put into a keyed table.
package struct KeyedChange: Sendable, Equatable {
    package var insertedCount = 0
    package var replacedCount = 0
    package var ignoredCount = 0

    package init() {}
}

/// Changing the rows of keyed tables (SPEC 1.15).
extension EventStore {
    /// Puts rows into a keyed table, all or none. They are visible to the next snapshot and, when this returns, as durable
    /// as the store's durability level says. Of rows with one key the last wins, or the first with `.ignore`.
    ///
    /// - Parameter batches: one vector for each visible column, in the table's order and of the column's type.
    /// - Errors: `.notFound`, `.conflict` naming a key, `.invalidInput` and `.limit` naming column and row, `.io`; nothing
    ///   is stored then.
    /// - Threads: any number of callers; those that wait for the disk at the same time share one sync.
    package func put(
        _ batches: [Batch], into name: String, onConflict: KeyConflict
    ) throws(EventSQLError) -> KeyedChange {
        try checkWritable()
        var change = KeyedChange()
        let written = try keyedGate.withLock { (_) throws(EventSQLError) -> KeyedFrame? in
            let table = try requireKeyedTable(name)
            let rows = try KeyedRows(batches, columns: table.visibleColumns, of: name)
            if rows.rowCount == 0 { return nil }
            let accepted = try accept(rows, table, onConflict, &change)
            if accepted?.isEmpty == true { return nil }
            let number = table.hasRowNumbers ? state.withLock { $0.nextRowNumber } : nil
            let buffer = rows.buffer(accepted: accepted, firstNumber: number)
            return try writeKeyed(.keyedRows, buffer, table)
        }
        if let written { try finish(written) }
        return change
    }

    /// Removes the rows of some keys.
    ///
    /// - Parameter keys: one vector for each key column, in the table's order, without NULL.
    /// - Returns: how many rows there were.
    package func deleteRows(of name: String, keys: [Batch]) throws(EventSQLError) -> Int {
        try deleteRows(of: name) { (_) throws(EventSQLError) in keys }
    }

    /// Removes the rows that `find` picks from a snapshot; no row changes between the snapshot and the removal.
    ///
    /// - Parameter find: answers with the keys of the rows, one vector for each key column.
    package func deleteRows(
        of name: String, find: (any EventSnapshot) throws(EventSQLError) -> [Batch]
    ) throws(EventSQLError) -> Int {
        try checkWritable()
        var count = 0
        let written = try keyedGate.withLock { (_) throws(EventSQLError) -> KeyedFrame? in
            let table = try requireKeyedTable(name)
            let batches = try find(try keyedSnapshot(table))
            let keys = try KeyedRows(batches, columns: table.keyColumns, of: name)
            let accepted = try state.withLock { (state) throws(EventSQLError) in
                let index = try state.indexKeys(of: table)
                var seen = StringInterner(capacity: keys.rowCount)
                return (0..<keys.rowCount).filter { row in
                    let distinctCount = seen.count
                    _ = seen.intern(keys.keys.bytes(at: row))
                    return seen.count > distinctCount && index.contains(keys.keys.bytes(at: row))
                }
            }
            count = accepted.count
            if count == 0 { return nil }
            return try writeKeyed(.keyedDeletes, keys.buffer(accepted: accepted, firstNumber: nil), table)
        }
        if let written { try finish(written) }
        return count
    }

    /// Puts rows of a snapshot again, changed; no row changes between the snapshot and this.
    ///
    /// - Parameter change: answers with the new rows, one vector for each column; their keys are those of rows in the
    ///   snapshot, each once.
    /// - Returns: how many rows there were.
    package func updateRows(
        of name: String, change: (any EventSnapshot) throws(EventSQLError) -> [Batch]
    ) throws(EventSQLError) -> Int {
        try checkWritable()
        var count = 0
        let written = try keyedGate.withLock { (_) throws(EventSQLError) -> KeyedFrame? in
            let table = try requireKeyedTable(name)
            let batches = try change(try keyedSnapshot(table))
            let rows = try KeyedRows(batches, columns: table.columns, of: name)
            count = rows.rowCount
            if count == 0 { return nil }
            let kind: WALFrame.Kind = table.hasRowNumbers ? .keyedUpdates : .keyedRows
            return try writeKeyed(kind, rows.buffer(accepted: nil, firstNumber: nil), table)
        }
        if let written { try finish(written) }
        return count
    }

    /// A keyed table as it is now, the hidden numbers of its rows included.
    private func keyedSnapshot(_ table: KeyedTableSchema) throws(EventSQLError) -> any EventSnapshot {
        try state.withLock { (state) throws(EventSQLError) in
            try state.keyedSnapshot(table, schema: table.fullSchema)
        }
    }

    private func requireKeyedTable(_ name: String) throws(EventSQLError) -> KeyedTableSchema {
        try state.withLock { (state) throws(EventSQLError) in
            try state.checkWritable()
            if let table = state.keyedTable(name) { return table }
            _ = try state.table(name)
            throw EventSQLError(.invalidInput, "'\(name)' is an event table; its rows have no key")
        }
    }

    /// Which rows go in: nil for all.
    private func accept(
        _ rows: KeyedRows, _ table: KeyedTableSchema, _ onConflict: KeyConflict, _ change: inout KeyedChange
    ) throws(EventSQLError) -> [Int]? {
        if table.hasRowNumbers {
            change.insertedCount = rows.rowCount
            return nil
        }
        return try state.withLock { (state) throws(EventSQLError) in
            let index = try state.indexKeys(of: table)
            guard index.keySizeBytes + rows.keys.sizeBytes < Int(UInt32.max) else {
                throw EventSQLError(.limit, "the keys of '\(table.name)' would take more than 4 GB")
            }
            var accepted: [Int] = []
            var seen = StringInterner(capacity: rows.rowCount)
            for row in 0..<rows.rowCount {
                let distinctCount = seen.count
                _ = seen.intern(rows.keys.bytes(at: row))
                let isRepeated = seen.count == distinctCount
                switch (isRepeated || index.contains(rows.keys.bytes(at: row)), onConflict) {
                case (false, _): change.insertedCount += 1
                case (true, .replace): change.replacedCount += 1
                case (true, .ignore):
                    change.ignoredCount += 1
                    continue
                case (true, .fail):
                    throw EventSQLError(
                        .conflict,
                        "row \(row + 1): '\(table.name)' \(isRepeated ? "would get" : "has") "
                            + "\(rows.describeKey(row)) \(isRepeated ? "twice" : "already")",
                        hint:
                            "INSERT OR REPLACE puts new rows in place of old ones, INSERT OR IGNORE keeps the old ones")
                }
                accepted.append(row)
            }
            return accepted.count == rows.rowCount ? nil : accepted
        }
    }

    /// A frame that was written and is not durable yet.
    private struct KeyedFrame {
        var lsn: UInt64
        var mustFlush: Bool
    }

    /// Writes one frame and changes the table as the frame says.
    private func writeKeyed(
        _ kind: WALFrame.Kind, _ buffer: EventBuffer, _ table: KeyedTableSchema
    ) throws(EventSQLError) -> KeyedFrame {
        let payload = EventBatchCodec.encode(buffer, table: table.storageName)
        let keys = try buffer.keys(of: table)
        return try state.withLock { (state) throws(EventSQLError) in
            try state.checkWritable()
            guard state.keyedTable(table.name)?.id == table.id else {
                throw EventSQLError(.notFound, "the table '\(table.name)' was dropped meanwhile")
            }
            try state.prepareKeyed(kind, table)
            let lsn = try writeFrame(kind, payload, &state)
            state.applyKeyed(kind, buffer, keys, table)
            return KeyedFrame(lsn: lsn, mustFlush: state.mustFlush(options))
        }
    }

    private func finish(_ frame: KeyedFrame) throws(EventSQLError) {
        try makeDurable(frame.lsn)
        if frame.mustFlush { try flush() }
    }
}

extension StoreState {
    /// The number of the first row of the next frame; frames before it have lower ones.
    fileprivate var nextRowNumber: Int64 { Int64(log.nextLSN + 1) * Int64(Limits.keyedChangeRowCountMax) }
}
