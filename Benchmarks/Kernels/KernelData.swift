import EventBase
import EventColumns
import EventExec
import EventIO
import EventPlan
import EventStore
import EventSyntax

/// One segment of made-up events, and what it takes to ask it: the store's own reader, so a kernel meets real bytes.
struct KernelData: Sendable {
    static let rowCount = 500_000

    private let store: EventStore
    let group: any RowGroup
    private let snapshot: any EventSnapshot
    let context = QueryContext(memoryLimitBytes: 4 << 30, timeoutMilliseconds: nil, threadCount: 1)

    /// Writes the events into a new database in the folder for temporary files; the same ones every time.
    static func make() throws(EventSQLError) -> KernelData {
        let path = "/tmp/eventsql-kernels-\(CurrentProcess.id)"
        let store = try EventStore.open(
            at: path, options: StoreOptions(createIfMissing: true), storage: PosixStorage())
        let session = try store.beginImport(table: "events")
        try session.add(events())
        _ = try session.commit()
        let snapshot = try store.snapshot(ofTable: "events")
        guard let group = snapshot.rowGroups.first, group.rowCount == rowCount else {
            throw EventSQLError(.corruption, "the events of one month did not become one segment")
        }
        return KernelData(store: store, group: group, snapshot: snapshot)
    }

    private static func events() throws(EventSQLError) -> EventBuffer {
        var buffer = EventBuffer()
        let (duration, platform) = (buffer.column(path: "duration"), buffer.column(path: "platform"))
        let platforms = ["ios", "android", "web"].map { Array($0.utf8) }
        let names = (0..<24).map { Array("event_\($0)".utf8) }
        var random: UInt64 = 42
        for _ in 0..<rowCount {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let bits = random >> 16
            let user = Array("user-\(bits % 10_000)".utf8)
            buffer.set(duration, double: Double(bits % 6_000) / 100)
            // Bound first: the bytes of an element must not outlive it.
            let (system, name) = (platforms[Int(bits >> 8) % 3], names[Int(bits >> 20) % 24])
            buffer.set(platform, string: system.rawBytes)
            let time = 1_704_067_200_000_000 + Int64(bits >> 4 % 2_592_000) % 2_592_000 * 1_000_000
            buffer.commitRow(time: time, user: user.rawBytes, name: name.rawBytes)
        }
        return buffer
    }

    func eachGranule(_ body: (Int, Int) throws -> Void) rethrows {
        for granule in 0..<group.granuleCount { try body(granule, group.rowCount(ofGranule: granule)) }
    }

    func filter(_ condition: String) throws(EventSQLError) -> RowGroupFilter {
        guard case .query(let query) = try Parser.parseStatement("SELECT 1 FROM events WHERE \(condition)").statement,
            case .select(let select) = query.body, let filter = select.filter
        else { throw EventSQLError(.syntax, "this is no condition: \(condition)") }
        let predicate = try binder.bindPredicate(filter, schema: snapshot.schema)
        return try RowGroupFilter(predicate, layout: ScanLayout(snapshot.schema), snapshot: snapshot)
    }

    func plan(_ sql: String) throws(EventSQLError) -> LogicalPlan {
        guard case .query(let query) = try Parser.parseStatement(sql).statement else {
            throw EventSQLError(.syntax, "this is no query: \(sql)")
        }
        return try binder.bindStatement(query)
    }

    func executor() -> PlanExecutor { PlanExecutor(snapshots: self, context: context, nowMicros: 0) }

    private var binder: Binder { Binder(catalog: self, nowMicros: 0) }
}

extension KernelData: Catalog, SnapshotProvider {
    var tableNames: [String] { ["events"] }
    var cohortNames: [String] { [] }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? { name == "events" ? snapshot.schema : nil }
    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot { snapshot }
}
