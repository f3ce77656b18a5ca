internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// INSERT, and DELETE from keyed tables.
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

    /// DELETE FROM a keyed table: any condition that a query can have.
    func delete(
        from table: KeyedTableSchema, where filter: Expression?, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        var select = Select(position: position)
        select.items = table.keyColumns.map {
            SelectItem(expression: .name([$0.name], position), alias: nil, text: $0.name)
        }
        select.from = .table(name: [table.name], alias: nil, position)
        select.filter = filter
        let query = Query(body: .select(select))
        let count = try store.deleteRows(of: table.name) { (snapshot) throws(EventSQLError) in
            let catalog = SnapshotCatalog(base: catalog, snapshot: snapshot)
            let binder = Binder(
                catalog: catalog, parameters: parameters, nowMicros: nowMicros, behaviour: BehaviourBinder(),
                zone: settings.current.zone)
            let executor = PlanExecutor(snapshots: catalog, context: context, nowMicros: nowMicros)
            return try executor.run(try binder.bindStatement(query))
        }
        return effect("deleted", count)
    }
}

/// The catalog of a statement that has one table's snapshot in hand, which may show more columns than others see.
private struct SnapshotCatalog: Catalog, SnapshotProvider {
    let base: StoreCatalog
    let snapshot: any EventSnapshot

    var tableNames: [String] { base.tableNames }
    var cohortNames: [String] { base.cohortNames }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? {
        name == snapshot.schema.name ? snapshot.schema : try base.schema(ofTable: name)
    }

    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot {
        name == snapshot.schema.name ? snapshot : try base.snapshot(ofTable: name)
    }

    func timeZone(named name: String) throws(EventSQLError) -> TimeZoneRules { try base.timeZone(named: name) }

    func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent? {
        try base.virtualEvent(named: name, inTable: table)
    }
}
