import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport
import Testing

/// Goal: a condition over rows keeps exactly the rows for which it is true. Method: conditions as text over a small
/// table, against row numbers written down by hand.
struct RowGroupFilterTests {
    static let snapshot = MemorySnapshot(
        groups: [
            [
                TestEvent("a", 1_000_000, "open", ["amount": .int64(5), "plan": .string("Free")]),
                TestEvent("a", 2_000_000, "pay", ["amount": .int64(50), "plan": .string("pro")]),
                TestEvent("b", 3_000_000, "open", ["plan": .string("pro")]),
                TestEvent("b", 4_000_000, "pay", ["amount": .int64(-1)]),
                TestEvent(nil, 5_000_000, "open", ["amount": .int64(7), "plan": .string("free")]),
            ]
        ], cohorts: ["payers": ["b"]])

    /// The rows, by timestamp in seconds, that a condition keeps.
    static func kept(_ condition: String) throws -> [Int] {
        let statement = try Parser.parseStatement("SELECT 1 FROM events WHERE \(condition)")
        guard case .query(let query) = statement.statement, case .select(let select) = query.body,
            let ast = select.filter
        else { return [] }
        let binder = Binder(catalog: OneTableCatalog(snapshot.schema, cohorts: ["payers"]), nowMicros: 0)
        let predicate = try binder.bindPredicate(ast, schema: snapshot.schema)
        let filter = try RowGroupFilter(predicate, layout: ScanLayout(snapshot.schema), snapshot: snapshot)
        let group = snapshot.rowGroups[0]
        let rows = try filter.matching([0, 1, 2, 3, 4], granule: 0, of: group)
        var times: [Int64] = []
        try group.readTimes(granule: 0, rows: .range(0..<5), into: &times)
        return rows.map { Int(times[Int($0)] / 1_000_000) }.sorted()
    }

    @Test(
        "a condition keeps the rows for which it is true",
        arguments: [
            ("amount > 5", [2, 5]), ("amount IS NULL", [3]), ("NOT amount > 5", [1, 4]),
            ("event_name = 'open'", [1, 3, 5]),
            ("event_name IN ('pay') AND amount < 0", [4]), ("plan ILIKE 'f%'", [1, 5]),
            ("lower(plan) = 'free'", [1, 5]),
            ("timestamp >= '1970-01-01 00:00:03'", [3, 4, 5]), ("user_id = 'a' OR plan = 'pro'", [1, 2, 3]),
            ("user_id IN COHORT payers", [3, 4]), ("user_id NOT IN COHORT payers", [1, 2]),
            ("coalesce(amount, 0) BETWEEN 0 AND 7", [1, 3, 5]), ("plan = 'pro' AND amount + 1 = 51.0", [2]),
            ("amount <> 0 AND 10 / amount >= 1", [1, 5]), ("user_id IS NULL", [5]),
            ("CASE WHEN plan = 'pro' THEN true END", [2, 3]),
        ])
    func keeps(condition: String, expected: [Int]) throws {
        #expect(try Self.kept(condition) == expected)
    }

    @Test(
        "a condition that does not fit says why and where",
        arguments: [
            ("amuont > 5", "there is no column amuont"), ("lowr(plan) = 'x'", "there is no function lowr"),
            ("count(*) > 1", "aggregate"), ("plan > 5", "VARCHAR"), ("amount > 'x'", "'x' is no BIGINT"),
            ("user_id IN COHORT payrs", "there is no cohort payrs"), ("amount", "must be BOOLEAN"),
        ])
    func refuses(condition: String, message: String) throws {
        let error = #expect(throws: EventSQLError.self) { try Self.kept(condition) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.position?.line == 1)
    }
}

/// A catalog of one table.
struct OneTableCatalog: Catalog {
    let schema: TableSchema
    let cohortNames: [String]
    var tableNames: [String] { [schema.name] }

    init(_ schema: TableSchema, cohorts: [String] = []) {
        self.schema = schema
        cohortNames = cohorts
    }

    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? { name == schema.name ? schema : nil }
}
