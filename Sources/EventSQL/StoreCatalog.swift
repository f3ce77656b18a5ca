internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventIO
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// The store as binding and execution see it. One statement uses one snapshot of each table, however often it names it.
struct StoreCatalog: Catalog, SnapshotProvider {
    let store: EventStore

    var tableNames: [String] { store.tableNames + store.keyedTableNames }
    var cohortNames: [String] { store.cohorts.map(\.name) }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? {
        if let table = store.keyedTable(named: name) { return table.schema }
        return store.tableNames.contains(name) ? try store.schema(ofTable: name) : nil
    }

    var viewNames: [String] { store.definitions(of: .view).map(\.name) }

    func view(named name: String) throws(EventSQLError) -> (columns: [String], query: Query)? {
        guard let definition = store.definitions(of: .view).first(where: { $0.name == name }) else { return nil }
        let statement = try Parser.parseStatement(definition.text).statement
        guard case .createView(_, let columns, let query, _, _, _) = statement else {
            throw EventSQLError(.corruption, "the definition of the view '\(name)' is no such")
        }
        return (columns, query)
    }

    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot { try store.snapshot(ofTable: name) }

    func timeZone(named name: String) throws(EventSQLError) -> TimeZoneRules { try TimeZones.rules(named: name) }

    func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent? {
        guard let definition = store.definitions(of: .virtualEvent).first(where: { $0.name == name }) else {
            return nil
        }
        let event = try Self.virtualEvent(definition)
        return event.table == table ? event : nil
    }

    /// A definition is stored as the statement that made it.
    static func virtualEvent(_ definition: Definition) throws(EventSQLError) -> VirtualEvent {
        guard case .createVirtualEvent(let event, _) = try Parser.parseStatement(definition.text).statement else {
            throw EventSQLError(.corruption, "the definition of the virtual event '\(definition.name)' is no such")
        }
        return event
    }
}
