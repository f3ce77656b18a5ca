import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport

/// Rows in memory behind the statement executor: what scripts and the differential test run against.
struct LogicDatabase: Catalog, SnapshotProvider {
    let tables: [String: MemorySnapshot]
    let cohortNames: [String]
    var tableNames: [String] { tables.keys.sorted() }

    init(_ snapshots: [MemorySnapshot], cohortNames: [String] = []) {
        tables = Dictionary(uniqueKeysWithValues: snapshots.map { ($0.schema.name, $0) })
        self.cohortNames = cohortNames
    }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? { tables[name]?.schema }

    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot { tables[name]! }

    /// Rows as lines of values, two blanks between them.
    func query(_ sql: String, threadCount: Int = 1) throws -> [[String]] {
        try query(sql, QueryContext(threadCount: threadCount))
    }

    func query(_ sql: String, _ context: QueryContext) throws -> [[String]] {
        let executor = StatementExecutor(catalog: self, snapshots: self, context: context)
        let result = try executor.run(try Parser.parseStatement(sql))
        return result.batches.flatMap { batch in
            (0..<batch.rowCount).map { row in batch.columns.map { TextConversion.text($0.value(at: row)) } }
        }
    }

    /// A few events whose answers can be worked out by hand, in two row groups.
    static let mini = LogicDatabase(
        [MemorySnapshot(groups: miniEvents, cohorts: ["payers": ["ann", "bob"]])], cohortNames: ["payers"])

    /// The same events, three to a row group, so that every row group, granule and batch ends soon.
    static let scattered: LogicDatabase = {
        let events = miniEvents.flatMap { $0 }
        let groups = stride(from: 0, to: events.count, by: 3).map { Array(events[$0..<min($0 + 3, events.count)]) }
        return LogicDatabase(
            [MemorySnapshot(groups: groups, cohorts: ["payers": ["ann", "bob"]])], cohortNames: ["payers"])
    }()

    private static let miniEvents: [[TestEvent]] = {
        func at(_ day: Int, _ hour: Int) -> Int64 { Int64(19_783 + day) * 86_400_000_000 + Int64(hour) * 3_600_000_000 }
        let first = [
            TestEvent("ann", at(0, 8), "signup", ["plan": .string("free"), "country": .string("DE")]),
            TestEvent("ann", at(0, 9), "view", ["path": .string("/a"), "ms": .int64(120)]),
            TestEvent("bob", at(0, 10), "signup", ["plan": .string("pro"), "country": .string("US")]),
            TestEvent("bob", at(1, 7), "view", ["path": .string("/b"), "ms": .int64(80)]),
            TestEvent(nil, at(1, 8), "view", ["path": .string("/a"), "ms": .int64(300)]),
        ]
        let second = [
            TestEvent(
                "ann", at(2, 8), "pay", ["amount": .double(9.5), "plan": .string("pro"), "country": .string("DE")]),
            TestEvent("cid", at(2, 9), "signup", ["plan": .string("free"), "country": .string("US")]),
            TestEvent("cid", at(2, 9), "view", ["path": .string("/c"), "ms": .int64(-5)]),
            TestEvent("bob", at(3, 0), "pay", ["amount": .double(20), "plan": .string("pro"), "mixed": .int64(7)]),
            TestEvent(
                "dan", at(4, 23), nil, ["mixed": .string("x"), "flag": .bool(true), "tags": .json("[\"p\",\"q\"]")]),
        ]
        return [first, second]
    }()
}
