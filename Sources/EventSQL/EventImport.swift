internal import EventBase
package import EventColumns
internal import EventStore

/// A bulk import into one event table: all of it is committed at once or not at all. For ingestion, which fills whole
/// buffers.
///
/// - Threads: one owner at a time.
package struct EventImport: CopyRows {
    private let session: ImportSession
    /// Property columns that the table had when the import began.
    package let knownColumns: [String]

    init(_ store: EventStore, table: String) throws(EventSQLError) {
        session = try store.beginImport(table: table)
        var columns: [ColumnSchema] = []
        if store.tableNames.contains(table) { columns = try store.schema(ofTable: table).columns }
        knownColumns = columns.filter { $0.role != .time && $0.role != .user && $0.role != .eventName }.map(\.path)
    }

    /// Takes rows over; nobody sees them before `commit()`.
    package func add(_ buffer: EventBuffer) throws(EventSQLError) { try session.add(buffer) }

    /// What became of the rows.
    package struct Outcome: Sendable {
        package var storedCount: Int
        /// Rows whose event id was stored already.
        package var duplicateCount: Int
        /// Rows of forgotten users.
        package var forgottenCount: Int
    }

    /// Makes all rows visible and durable.
    package func commit() throws(EventSQLError) -> Outcome {
        let summary = try session.commit()
        return Outcome(
            storedCount: summary.rowCount, duplicateCount: summary.duplicateCount,
            forgottenCount: summary.refusedCount)
    }

    /// Gives the import up and removes what it wrote.
    package func abort() { session.abort() }
}
