internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// INSERT.
extension StatementRunner {
    func insert(_ insert: InsertStatement) throws(EventSQLError) -> Answer {
        if let table = store.keyedTable(named: insert.table) { return try self.insert(insert, into: table) }
        guard store.tableNames.contains(insert.table) else { throw missing(insert.table, insert.position) }
        return try insertEvents(insert)
    }

    private func insert(_ insert: InsertStatement, into table: KeyedTableSchema) throws(EventSQLError) -> Answer {
        let all = table.visibleColumns
        if table.hasRowNumbers, insert.conflict != .fail {
            throw EventSQLError(
                .binding, "'\(table.name)' has no primary key, so no two rows are in conflict",
                position: insert.position)
        }
        let given = insert.columns.isEmpty ? Array(all.indices) : try places(insert, in: all.map(\.name))
        let source = InsertSource(
            binder: binder, executor: executor,
            columns: given.map { InsertColumn(name: all[$0].name, type: all[$0].type) }, mayBeShort: false)
        let batches = try source.rows(of: insert.source).map { batch in
            let columns = all.indices.map { column in
                given.firstIndex(of: column).map { batch.columns[$0] }
                    ?? Vector.nulls(type: all[column].type, count: batch.rowCount)
            }
            return Batch(columns: columns, rowCount: batch.rowCount)
        }
        let change = try store.put(batches, into: table.name, onConflict: KeyConflict(insert.conflict))
        switch insert.conflict {
        case .fail: return effect([("inserted", change.insertedCount)])
        case .ignore: return effect([("inserted", change.insertedCount), ("ignored", change.ignoredCount)])
        case .replace: return effect([("inserted", change.insertedCount), ("replaced", change.replacedCount)])
        }
    }

    /// Columns of the table that a list names; a name that fits but for case will do.
    private func places(_ insert: InsertStatement, in names: [String]) throws(EventSQLError) -> [Int] {
        var places: [Int] = []
        for name in insert.columns {
            let same = names.indices.filter { names[$0].lowercased() == name.lowercased() }
            guard let place = names.firstIndex(of: name) ?? (same.count == 1 ? same[0] : nil) else {
                let near = EditDistance.nearest(to: name, in: names)
                throw EventSQLError(
                    .binding, "'\(insert.table)' has no column \(name)", hint: near.map { "did you mean \($0)?" },
                    position: insert.position)
            }
            guard !places.contains(place) else {
                throw EventSQLError(.binding, "column \(names[place]) stands twice", position: insert.position)
            }
            places.append(place)
        }
        return places
    }

    /// Rows of an event table; columns that it does not have yet are made.
    private func insertEvents(_ insert: InsertStatement) throws(EventSQLError) -> Answer {
        if insert.conflict != .fail {
            throw EventSQLError(
                .binding, "'\(insert.table)' is an event table without a key; rows with a known event_id are left out",
                position: insert.position)
        }
        let schema = try store.schema(ofTable: insert.table)
        let columns = try insert.columns.isEmpty ? schema.columns : eventColumns(insert, schema)
        let source = InsertSource(
            binder: binder, executor: executor,
            columns: columns.map { InsertColumn(name: $0.path, type: EventRowWriter.assignedType(of: $0)) },
            mayBeShort: insert.columns.isEmpty)
        let batches = try source.rows(of: insert.source)
        var writer = EventRowWriter(columns: columns, nowMicros: nowMicros)
        for batch in batches { try writer.add(batch) }
        let left = try store.append(writer.buffer, table: insert.table)
        var answer = effect("inserted", writer.buffer.rowCount - left)
        if left > 0 { answer.notes = ["\(left) rows were left out: their event_id is stored already"] }
        return answer
    }

    private func eventColumns(
        _ insert: InsertStatement, _ schema: TableSchema
    ) throws(EventSQLError) -> [ColumnSchema] {
        var columns: [ColumnSchema] = []
        for name in insert.columns {
            let same = schema.columns.filter { $0.path.lowercased() == name.lowercased() }
            let column =
                schema.column(name) ?? (same.count == 1 ? same[0] : nil)
                ?? ColumnSchema(path: name, role: .property, storedTypes: [])
            guard !columns.contains(where: { $0.path == column.path }) else {
                throw EventSQLError(.binding, "column \(name) stands twice", position: insert.position)
            }
            guard name.utf8.count <= Limits.pathSizeBytesMax else {
                throw EventSQLError(
                    .limit, "a column name of \(name.utf8.count) bytes, at most \(Limits.pathSizeBytesMax)",
                    position: insert.position)
            }
            columns.append(column)
        }
        return columns
    }
}
