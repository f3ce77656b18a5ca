internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore

/// The store as binding and execution see it. One statement uses one snapshot of each table, however often it names it.
struct StoreCatalog: Catalog, SnapshotProvider {
    let store: EventStore

    var tableNames: [String] { store.tableNames }
    var cohortNames: [String] { store.cohorts.map(\.name) }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? {
        store.tableNames.contains(name) ? try store.schema(ofTable: name) : nil
    }

    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot { try store.snapshot(ofTable: name) }
}
