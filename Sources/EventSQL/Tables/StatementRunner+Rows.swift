internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// UPDATE of and DELETE FROM keyed tables: queries over the table as nobody else changes it meanwhile.
extension StatementRunner {
    /// UPDATE: each row that the condition picks is put again, with some values changed.
    func update(_ update: UpdateStatement) throws(EventSQLError) -> Answer {
        guard let table = store.keyedTable(named: update.table) else { throw notUpdatable(update) }
        var select = Select(position: update.position)
        select.items = table.columns.map {
            SelectItem(expression: .name([$0.name], update.position), alias: nil, text: $0.name)
        }
        var assigned: Set<Int> = []
        for assignment in update.assignments {
            let place = try place(of: assignment, in: table)
            guard assigned.insert(place).inserted else {
                throw EventSQLError(
                    .binding, "column \(assignment.column) stands twice", position: assignment.position)
            }
            select.items[place].expression = assignment.value
        }
        select.from = .table(name: [table.name], alias: nil, update.position)
        select.filter = update.filter
        let query = Query(body: .select(select))
        let columns = table.columns.map { InsertColumn(name: $0.name, type: $0.type) }
        let count = try store.updateRows(of: table.name) { (snapshot) throws(EventSQLError) in
            let (binder, executor) = overSnapshot(snapshot)
            return try InsertSource(binder: binder, executor: executor, columns: columns, mayBeShort: false)
                .rows(of: query)
        }
        return effect("updated", count)
    }

    private func notUpdatable(_ update: UpdateStatement) -> EventSQLError {
        guard store.tableNames.contains(update.table) else { return missing(update.table, update.position) }
        return EventSQLError(
            .binding, "'\(update.table)' is an event table: what has happened is not changed",
            hint:
                "hide rows with DELETE and store others, or keep what changes in a table of its own and join it",
            position: update.position)
    }

    /// The column that an assignment names; a name that fits but for case will do.
    private func place(
        of assignment: UpdateStatement.Assignment, in table: KeyedTableSchema
    ) throws(EventSQLError) -> Int {
        let names = table.visibleColumns.map(\.name)
        let same = names.indices.filter { names[$0].lowercased() == assignment.column.lowercased() }
        guard let place = names.firstIndex(of: assignment.column) ?? (same.count == 1 ? same[0] : nil) else {
            let near = EditDistance.nearest(to: assignment.column, in: names)
            throw EventSQLError(
                .binding, "'\(table.name)' has no column \(assignment.column)",
                hint: near.map { "did you mean \($0)?" }, position: assignment.position)
        }
        guard !table.columns[place].isKey else {
            throw EventSQLError(
                .binding, "column \(names[place]) is part of the primary key, which tells rows apart",
                hint: "INSERT the row under its new key and DELETE the old one", position: assignment.position)
        }
        return place
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
            let (binder, executor) = overSnapshot(snapshot)
            return try executor.run(try binder.bindStatement(query))
        }
        return effect("deleted", count)
    }

    /// What binds and runs a query over one table as it is in a snapshot.
    private func overSnapshot(_ snapshot: any EventSnapshot) -> (Binder, PlanExecutor) {
        let catalog = SnapshotCatalog(base: catalog, snapshot: snapshot)
        let binder = Binder(
            catalog: catalog, parameters: parameters, nowMicros: nowMicros, behaviour: BehaviourBinder(),
            zone: settings.current.zone, patterns: ColumnPatterns())
        return (binder, PlanExecutor(snapshots: catalog, context: context, nowMicros: nowMicros))
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
