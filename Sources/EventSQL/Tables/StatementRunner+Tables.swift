internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// CREATE TABLE, CREATE TABLE AS and DROP TABLE.
extension StatementRunner {
    /// Keyed with a primary key; an event table with columns `timestamp`, `user_id` and `event_name`; else plain rows.
    func createTable(_ table: TableDefinition) throws(EventSQLError) -> Answer {
        let done = Answer(kind: .effect, columns: [], batches: [])
        if table.ifNotExists, catalog.tableNames.contains(table.name) { return done }
        var columns: [KeyedTableSchema.Column] = []
        for column in table.columns {
            let type = try binder.scalarType(column.type)
            guard type != .interval else {
                throw EventSQLError(
                    .binding, "column \(column.name): an INTERVAL cannot be stored", hint: "store it as VARCHAR",
                    position: column.position)
            }
            columns.append(
                KeyedTableSchema.Column(
                    name: column.name, type: type, isNotNull: column.isNotNull,
                    isKey: table.primaryKey.contains(column.name)))
        }
        for name in table.primaryKey where !columns.contains(where: { $0.name == name }) {
            throw EventSQLError(.binding, "the primary key's column \(name) is not declared", position: table.position)
        }
        do throws(EventSQLError) {
            if table.primaryKey.isEmpty,
                Self.eventColumns.allSatisfy({ role in columns.contains { $0.name == role.0 } })
            {
                try createEventTable(table, columns)
            } else {
                try store.createKeyedTable(named: table.name, columns: columns, replacing: table.orReplace)
            }
        } catch {
            throw error.at(table.position)
        }
        return done
    }

    /// The columns that make a table an event table.
    private static let eventColumns: [(String, ScalarType)] = [
        ("timestamp", .timestamp), ("user_id", .string), ("event_name", .string),
    ]

    private func createEventTable(
        _ table: TableDefinition, _ columns: [KeyedTableSchema.Column]
    ) throws(EventSQLError) {
        guard !table.orReplace else {
            throw EventSQLError(.binding, "an event table is not replaced", hint: "DROP TABLE \(table.name) first")
        }
        var properties: [(path: String, types: StoredTypes)] = []
        for column in columns {
            if let role = Self.eventColumns.first(where: { $0.0 == column.name }) {
                guard column.type == role.1 else {
                    throw EventSQLError(
                        .binding, "\(column.name) of an event table is \(role.1.name)",
                        hint: "with a PRIMARY KEY, columns of these names can have any type")
                }
                continue
            }
            guard !column.isNotNull else {
                throw EventSQLError(
                    .binding, "column \(column.name): properties of events may be missing",
                    hint: "NOT NULL is for tables with a PRIMARY KEY")
            }
            properties.append((column.name, column.storedTypeOfEvents))
        }
        try store.createTable(named: table.name, properties: properties)
    }

    /// Plain rows with the columns of a query.
    func createTable(
        _ name: String, as query: Query, orReplace: Bool, ifNotExists: Bool, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        if ifNotExists, catalog.tableNames.contains(name) { return Answer(kind: .effect, columns: [], batches: []) }
        let plan = try binder.bindStatement(query)
        var columns: [KeyedTableSchema.Column] = []
        for column in plan.columns {
            guard column.type != .interval else {
                throw EventSQLError(
                    .binding, "column \(column.name): an INTERVAL cannot be stored",
                    hint: "write CAST(... AS VARCHAR)", position: position)
            }
            columns.append(
                KeyedTableSchema.Column(name: column.name, type: column.type == .null ? .string : column.type))
        }
        let (batches, notes) = try executor.runNoting(plan)
        let rows = batches.map { batch in
            let vectors = batch.columns.map {
                $0.type == .null ? Vector.nulls(type: .string, count: batch.rowCount) : $0
            }
            return Batch(columns: vectors, rowCount: batch.rowCount)
        }
        do throws(EventSQLError) {
            try store.createKeyedTable(named: name, columns: columns, rows: rows, replacing: orReplace)
        } catch {
            throw error.at(position)
        }
        var answer = effect("inserted", rows.reduce(0) { $0 + $1.rowCount })
        answer.notes = notes
        return answer
    }

    func dropTable(_ name: String, ifExists: Bool, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        if catalog.tableNames.contains(name) {
            do throws(EventSQLError) { try store.dropTable(named: name) } catch { throw error.at(position) }
        } else if !ifExists {
            throw missing(name, position)
        }
        return Answer(kind: .effect, columns: [], batches: [])
    }
}

extension KeyedTableSchema.Column {
    /// How an event table stores such a value: instants and days as text.
    fileprivate var storedTypeOfEvents: StoredTypes {
        switch type {
        case .timestamp, .date: .string
        default: storedType
        }
    }
}
