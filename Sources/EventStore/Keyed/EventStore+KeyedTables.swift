package import EventBase
package import EventColumns
internal import EventFormat
internal import Synchronization

/// Making and dropping tables.
extension EventStore {
    /// Names of the keyed tables, in order of creation.
    package var keyedTableNames: [String] { state.withLock { $0.manifest.keyedTables.map(\.name) } }

    /// The keyed table of a name, nil when there is none.
    package func keyedTable(named name: String) -> KeyedTableSchema? { state.withLock { $0.keyedTable(name) } }

    /// Makes a keyed table, with its first rows where they are given: both or neither.
    ///
    /// - Parameters:
    ///   - columns: without a key column, rows are numbered and never replace each other.
    ///   - rows: as `put` takes them; only for a table without a key.
    ///   - replacing: a keyed table of that name goes.
    /// - Errors: `.conflict` for a name that is taken, `.limit`, `.invalidInput`, `.io`.
    package func createKeyedTable(
        named name: String, columns: [KeyedTableSchema.Column], rows: [Batch] = [], replacing: Bool = false
    ) throws(EventSQLError) {
        try checkColumns(columns, of: name)
        let numbered = columns.contains(where: \.isKey) ? [] : [KeyedTableSchema.rowNumberColumn]
        precondition(rows.isEmpty || !numbered.isEmpty, "BUG: first rows for a table with a key")
        try commit { (manifest, _) throws(EventSQLError) in
            if replacing { manifest.dropKeyedTable(named: name) }
            try checkNewName(name, manifest)
            let id = state.withLock { $0.takeFileNumber() }
            let table = KeyedTableSchema(name: name, id: id, columns: columns + numbered)
            manifest.keyedTables.append(table)
            manifest.segments += try writeFirstRows(rows, of: table)
        }
    }

    /// Removes a table and all its rows; a snapshot taken before keeps them.
    /// - Errors: `.notFound`, `.invalidInput` for the first event table, which every database has.
    package func dropTable(named name: String) throws(EventSQLError) {
        if keyedTable(named: name) != nil {
            return try commit { (manifest, _) throws(EventSQLError) in manifest.dropKeyedTable(named: name) }
        }
        guard tableNames.first != name else {
            throw EventSQLError(
                .invalidInput, "every database has the table '\(name)'", hint: "remove its rows: DELETE FROM \(name)")
        }
        // Rows that were appended must be out of the log, or a table of the same name would inherit them.
        try state.withLock { (state) throws(EventSQLError) in
            _ = try state.table(name)
            state.closedTables.insert(name)
        }
        defer { state.withLock { _ = $0.closedTables.remove(name) } }
        try commitGate.withLock { (_) throws(EventSQLError) in
            try flushHoldingGate()
            try commitHoldingGate { (manifest, _) throws(EventSQLError) in
                manifest.tables.removeAll { $0.name == name }
                manifest.segments.removeAll { $0.table == name }
                manifest.settings[ManifestRecord.ttlSetting(name)] = nil
            } andThen: { state in
                state.memtables[name] = nil
            }
        }
    }

    /// Refuses a name that a table or view has, or that no table may have.
    func checkNewName(_ name: String, _ manifest: ManifestRecord) throws(EventSQLError) {
        let taken = manifest.tables.map(\.name) + manifest.keyedTables.map(\.name)
        guard !taken.contains(name) else {
            throw EventSQLError(.conflict, "there is a table '\(name)' already")
        }
        guard manifest.settings[Self.settingPrefix(.view) + name] == nil else {
            throw EventSQLError(.conflict, "there is a view '\(name)' already")
        }
        guard !name.isEmpty, !name.contains("#"), name.utf8.count <= Limits.pathSizeBytesMax else {
            throw EventSQLError(
                .invalidInput, "'\(name)' cannot name a table",
                hint: "1 to \(Limits.pathSizeBytesMax) bytes, without '#'")
        }
        guard taken.count < Limits.tableCountMax else {
            throw EventSQLError(.limit, "the database has \(taken.count) tables, '\(name)' would be one too many")
        }
    }

    private func checkColumns(_ columns: [KeyedTableSchema.Column], of name: String) throws(EventSQLError) {
        guard (1...Limits.keyedColumnCountMax).contains(columns.count) else {
            throw EventSQLError(
                .limit, "'\(name)' would have \(columns.count) columns, at most \(Limits.keyedColumnCountMax)")
        }
        var names: Set<String> = []
        for column in columns {
            guard column.type != .null, column.type != .interval else {
                throw EventSQLError(.invalidInput, "column \(column.name) cannot be of type \(column.type.name)")
            }
            guard !column.name.isEmpty, column.name.utf8.count <= Limits.pathSizeBytesMax,
                !column.name.utf8.contains(0)
            else { throw EventSQLError(.invalidInput, "'\(column.name)' cannot name a column") }
            guard names.insert(column.name).inserted else {
                throw EventSQLError(.invalidInput, "there are two columns \(column.name)", hint: "name one with AS")
            }
        }
    }

    /// Segments of the rows that a table begins with. Their numbers lie below all that are given later.
    private func writeFirstRows(
        _ batches: [Batch], of table: KeyedTableSchema
    ) throws(EventSQLError) -> [SegmentRecord] {
        var records: [SegmentRecord] = []
        var number = Int64.min / 2
        var rest = batches[...]
        var write = beginWrite()
        defer { end(write) }
        while !rest.isEmpty {
            var part: [Batch] = []
            var count = 0
            while let next = rest.first, count == 0 || count + next.rowCount <= Self.firstRowsPerSegment {
                part.append(next)
                count += next.rowCount
                rest = rest.dropFirst()
            }
            let buffer = try KeyedRows(part, columns: table.visibleColumns, of: table.name).buffer(
                accepted: nil, firstNumber: number)
            number += Int64(count)
            var batch = RowBatch()
            batch.append(buffer, ordinals: [UInt32](repeating: 0, count: count))
            records += try writeSegments(batch, table: table.storageName, in: &write, isLast: rest.isEmpty)
        }
        return records
    }

    /// Bounds the memory that CREATE TABLE AS takes beside its rows.
    private static let firstRowsPerSegment = 1 << 20
}

extension ManifestRecord {
    /// Removes a keyed table and its segments, if there is one.
    mutating func dropKeyedTable(named name: String) {
        for table in keyedTables where table.name == name {
            segments.removeAll { $0.table == table.storageName }
        }
        keyedTables.removeAll { $0.name == name }
    }
}
