internal import EventBase
internal import EventColumns
internal import EventPlan
internal import EventStore

/// What became of rows that were put into a keyed table.
public struct UpsertSummary: Sendable, Hashable {
    /// Rows with a key that the table did not have.
    public var insertedCount: Int
    /// Rows that took the place of another one.
    public var replacedCount: Int
}

extension EventDatabase {
    /// Puts rows into a keyed table, each in place of the row with its key. When the call returns they are durable and
    /// visible to every later statement; when it throws, none is.
    ///
    /// ```swift
    /// try db.execute("CREATE TABLE customers (id STRING PRIMARY KEY, name STRING, mrr DOUBLE)")
    /// try db.upsert(into: "customers", [["id": "u1", "name": "Ada", "mrr": 99]])
    /// ```
    /// Of rows with one key the last wins. Columns that a row does not name are NULL: rows are replaced whole. Values become
    /// the column's type as in INSERT; texts are read as it. A table without a primary key gets all rows.
    ///
    /// Throws `.notFound`, `.invalidInput`, `.binding` or `.limit` naming column and row (from 1), `.io`.
    /// - Threads: any number of callers; those that wait for the disk at the same time share one sync.
    @discardableResult
    public func upsert(
        into table: String, _ rows: some Sequence<[String: EventValue]>
    ) throws(EventSQLError) -> UpsertSummary {
        let columns = try keyedTable(table).visibleColumns
        var boxed = [[Value]](repeating: [], count: columns.count)
        var rowCount = 0
        for row in rows {
            rowCount += 1
            try Self.append(row, row: rowCount, columns, to: &boxed)
        }
        let change = try store.put([Self.batch(boxed, columns, rowCount)], into: table, onConflict: .replace)
        return UpsertSummary(insertedCount: change.insertedCount, replacedCount: change.replacedCount)
    }

    /// Removes the rows with some keys from a keyed table; keys without a row are passed over. Durable and visible when the
    /// call returns.
    ///
    /// ```swift
    /// try db.delete(from: "customers", keys: ["u1", "u2"])
    /// try db.delete(from: "seats", keys: [["account": "acme", "number": 7]])
    /// ```
    /// Throws `.notFound`, `.invalidInput` for a table without a primary key or a key that does not fit, `.io`.
    /// - Parameter keys: a value each, or for a key of several columns all of them by name.
    /// - Returns: how many rows there were.
    @discardableResult
    public func delete(from table: String, keys: some Sequence<EventValue>) throws(EventSQLError) -> Int {
        let schema = try keyedTable(table)
        let columns = schema.keyColumns
        guard !schema.hasRowNumbers else {
            throw EventSQLError(
                .invalidInput, "'\(table)' has no primary key", hint: "write DELETE FROM \(table) WHERE ...")
        }
        var boxed = [[Value]](repeating: [], count: columns.count)
        var rowCount = 0
        for key in keys {
            rowCount += 1
            var row: [String: EventValue] = [:]
            if case .object(let members) = key {
                row = members
            } else if columns.count == 1 {
                row[columns[0].name] = key
            }
            guard columns.allSatisfy({ row[$0.name] != nil }) else {
                throw EventSQLError(
                    .invalidInput, "key \(rowCount) lacks a column",
                    hint: "the key is \(columns.map(\.name).joined(separator: ", "))")
            }
            try Self.append(row, row: rowCount, columns, to: &boxed)
        }
        return try store.deleteRows(of: table, keys: [Self.batch(boxed, columns, rowCount)])
    }

    private func keyedTable(_ name: String) throws(EventSQLError) -> KeyedTableSchema {
        if let table = store.keyedTable(named: name) { return table }
        guard store.tableNames.contains(name) else {
            let names = store.keyedTableNames.map { "'\($0)'" }.joined(separator: ", ")
            throw EventSQLError(
                .notFound, "there is no table '\(name)'",
                hint: names.isEmpty ? "CREATE TABLE makes one" : "the keyed tables are \(names)")
        }
        throw EventSQLError(.invalidInput, "'\(name)' is an event table", hint: "use append for events")
    }

    private static func append(
        _ row: [String: EventValue], row number: Int, _ columns: [KeyedTableSchema.Column], to boxed: inout [[Value]]
    ) throws(EventSQLError) {
        var usedCount = 0
        for (index, column) in columns.enumerated() {
            guard let given = row[column.name] else {
                boxed[index].append(.null)
                continue
            }
            usedCount += 1
            guard let value = given.scalar else {
                throw EventSQLError(.invalidInput, "row \(number), column \(column.name): an object is no value")
            }
            boxed[index].append(try AssignmentCast(column: column.name, type: column.type).cast(value, row: number))
        }
        if usedCount == row.count { return }
        let unknown = row.keys.filter { name in !columns.contains { $0.name == name } }.sorted()
        throw EventSQLError(
            .invalidInput, "row \(number): there is no column \(unknown.joined(separator: ", "))",
            hint: "the columns are \(columns.map(\.name).joined(separator: ", "))")
    }

    private static func batch(_ boxed: [[Value]], _ columns: [KeyedTableSchema.Column], _ rowCount: Int) -> Batch {
        Batch(columns: zip(columns, boxed).map { Vector(boxed: $1, type: $0.type) }, rowCount: rowCount)
    }
}

extension EventValue {
    /// The value inside the engine; nil for an object.
    fileprivate var scalar: EventColumns.Value? {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int64(value)
        case .double(let value): .double(value)
        case .string(let text): .string(text)
        case .timestamp(let time): .timestamp(time.micros)
        case .date(let day): .date(Int64(day))
        case .interval(let months, let days, let micros):
            .interval(Interval(months: months, days: days, micros: micros))
        case .json(let text): .json(text)
        case .object: nil
        }
    }
}
