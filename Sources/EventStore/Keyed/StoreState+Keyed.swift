internal import EventBase
internal import EventColumns
internal import EventFormat

/// Keyed tables as the state knows them (SPEC 1.15).
extension StoreState {
    /// The keyed table of a name, nil when there is none.
    func keyedTable(_ name: String) -> KeyedTableSchema? { manifest.keyedTables.first { $0.name == name } }

    /// The live rows of a keyed table.
    mutating func keyedGroups(_ table: KeyedTableSchema) throws(EventSQLError) -> [any RowGroup] {
        let columns = Dictionary(table.columns.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        var groups: [any RowGroup] = []
        for record in manifest.segments where record.table == table.storageName {
            guard let input = keyedInput(record, table) else { continue }
            groups.append(KeyedView(input.reader, columns: columns, hiddenRows: input.hiddenRows))
        }
        guard var changes = keyed.removeValue(forKey: table.storageName) else { return groups }
        defer { keyed[table.storageName] = changes }
        for group in try changes.memoryGroups() {
            groups.append(KeyedView(group.reader, columns: columns, hiddenRows: group.dead))
        }
        return groups
    }

    /// A segment with the rows that are dead now; nil when it cannot be used.
    mutating func keyedInput(_ record: SegmentRecord, _ table: KeyedTableSchema) -> SegmentMerge.Input? {
        guard let (reader, hidden) = readable(record) else { return nil }
        adoptHiddenRows(record, table)
        let dead = keyed[table.storageName]?.deadInSegments[record.fileName]?.bitmap()
        return SegmentMerge.Input(reader: reader, hiddenRows: dead ?? hidden)
    }

    /// Rows that the manifest's bitmap hides are dead from the beginning.
    private mutating func adoptHiddenRows(_ record: SegmentRecord, _ table: KeyedTableSchema) {
        guard let name = record.hiddenRowsFileName, let hidden = hiddenRows[name],
            keyed[table.storageName]?.deadInSegments[record.fileName] == nil
        else { return }
        keyed[table.storageName, default: KeyedTable()].deadInSegments[record.fileName] = DeadRows(persisted: hidden)
    }

    /// A keyed table as it is now; `schema` says which of its columns can be named.
    mutating func keyedSnapshot(
        _ table: KeyedTableSchema, schema: TableSchema
    ) throws(EventSQLError) -> any EventSnapshot {
        StoreSnapshot(
            schema: schema, rowGroups: try keyedGroups(table), users: users.pool(), canonicalUsers: canonicalUsers,
            cohorts: cohortsByName)
    }

    /// The index of a table, made now where there is none yet.
    ///
    /// A segment whose keys cannot be read is left out as a whole, with a report: nobody could tell which of its rows
    /// have newer ones.
    mutating func indexKeys(of table: KeyedTableSchema) throws(EventSQLError) -> KeyIndex {
        if let index = keyed[table.storageName]?.index { return index }
        var index = KeyIndex()
        for record in manifest.segments where record.table == table.storageName {
            guard let input = keyedInput(record, table) else { continue }
            do throws(EventSQLError) {
                let keys = try Self.keys(of: table, input)
                let unit = index.unit(of: record.fileName)
                for (place, row) in keys.rows.enumerated() {
                    _ = index.set(keys.keys.bytes(at: place), to: KeyPlace(unit: unit, row: row))
                }
            } catch {
                damagedSegments.insert(record.fileName)
                reports.append("\(record.fileName) is left out: \(error.message); \(Self.describeLoss(record))")
            }
        }
        var changes = keyed.removeValue(forKey: table.storageName) ?? KeyedTable()
        defer { keyed[table.storageName] = changes }
        for group in try changes.memoryGroups() {
            let input = SegmentMerge.Input(reader: group.reader, hiddenRows: group.dead)
            let keys = try Self.keys(of: table, input)
            for (place, row) in keys.rows.enumerated() {
                _ = index.set(keys.keys.bytes(at: place), to: KeyPlace(unit: 0, row: UInt32(group.first) + row))
            }
        }
        changes.index = index
        return index
    }

    /// The keys of a row group's live rows.
    private static func keys(
        of table: KeyedTableSchema, _ input: SegmentMerge.Input
    ) throws(EventSQLError) -> (keys: EncodedKeys, rows: [UInt32]) {
        var keys = EncodedKeys()
        var rows: [UInt32] = []
        let view = KeyedView(
            input.reader, columns: Dictionary(table.columns.map { ($0.name, $0) }, uniquingKeysWith: { $1 }),
            hiddenRows: nil)
        for granule in 0..<view.granuleCount {
            let start = granule * Limits.granuleRowCount
            let live = (0..<view.rowCount(ofGranule: granule)).filter {
                input.hiddenRows?.contains(UInt32(start + $0)) != true
            }
            if live.isEmpty { continue }
            var vectors: [Vector] = []
            for column in table.columns where column.isKey {
                let vector = try view.read(
                    column.name, as: column.type, granule: granule, rows: .rows(live.map { UInt16($0) }))
                guard vector.validity?.contains(false) != true else {
                    throw EventSQLError(.corruption, "a row has no key")
                }
                vectors.append(vector)
            }
            keys.append(vectors, count: live.count)
            for row in live { rows.append(UInt32(start + row)) }
        }
        return (keys, rows)
    }

    /// Takes a frame of the log over.
    /// - Errors: `.corruption` where the frame is not what this code writes.
    mutating func replayKeyed(_ kind: WALFrame.Kind, _ payload: RawSpan) throws(EventSQLError) {
        let (name, buffer) = try EventBatchCodec.decode(payload)
        // A table that was dropped leaves its frames behind.
        guard let table = manifest.keyedTables.first(where: { $0.storageName == name }) else { return }
        let keys = try buffer.keys(of: table)
        try prepareKeyed(kind, table)
        applyKeyed(kind, buffer, keys, table)
    }

    /// Makes the index that a change needs: all but new rows under new numbers may meet rows of their keys.
    mutating func prepareKeyed(_ kind: WALFrame.Kind, _ table: KeyedTableSchema) throws(EventSQLError) {
        if kind != .keyedRows || !table.hasRowNumbers { _ = try indexKeys(of: table) }
    }

    /// Changes the rows of a table as a frame says, after `prepareKeyed`.
    mutating func applyKeyed(
        _ kind: WALFrame.Kind, _ buffer: EventBuffer, _ keys: EncodedKeys, _ table: KeyedTableSchema
    ) {
        if kind == .keyedDeletes {
            keyed[table.storageName, default: KeyedTable()].delete(keys)
        } else {
            keyed[table.storageName, default: KeyedTable()].append(buffer, keys: keys)
        }
    }

    /// A segment of a keyed table of whose rows more than a third are dead; merging it alone gives their space back.
    func mostlyDead(_ records: [SegmentRecord]) -> SegmentRecord? {
        records.first { record in
            let dead = keyed[record.table]?.deadInSegments[record.fileName]?.count ?? 0
            return record.rowCount >= Limits.granuleRowCount && dead > record.rowCount / 3
        }
    }

    /// Forgets what belongs to tables and segments that the manifest no longer has.
    mutating func pruneKeyed() {
        if keyed.isEmpty { return }
        let tables = Set(manifest.keyedTables.map(\.storageName))
        let files = Set(manifest.segments.map(\.fileName))
        for name in keyed.keys.sorted() {
            guard tables.contains(name) else {
                keyed[name] = nil
                continue
            }
            let dead = keyed[name]?.deadInSegments ?? [:]
            keyed[name]?.deadInSegments = dead.filter { files.contains($0.key) }
        }
    }
}
