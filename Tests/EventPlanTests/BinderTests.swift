import EventBase
import EventColumns
import EventPlan
import EventSyntax
import Testing

/// Goal: names and types are settled, or refused where they stand, before anything runs.
struct BinderTests {
    private struct OneTable: Catalog {
        let tableNames = ["events"]
        let cohortNames = ["power"]

        func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? {
            guard name == "events" else { return nil }
            return TableSchema(
                name: name,
                columns: [
                    ColumnSchema(path: "timestamp", role: .time, storedTypes: []),
                    ColumnSchema(path: "user_id", role: .user, storedTypes: []),
                    ColumnSchema(path: "event_name", role: .eventName, storedTypes: []),
                    ColumnSchema(path: "properties.amount", role: .property, storedTypes: [.int64, .double]),
                ])
        }
    }

    private func plan(_ sql: String) throws -> LogicalPlan {
        guard case .query(let query) = try Parser.parseStatement(sql).statement else {
            throw EventSQLError(.internal, "no query")
        }
        return try Binder(catalog: OneTable(), nowMicros: 0, behaviour: BehaviourBinder()).bindStatement(query)
    }

    @Test("output columns have names and types before the statement runs")
    func columns() throws {
        let columns = try plan("SELECT event_name, count(*) AS n, avg(properties.amount) FROM events GROUP BY 1")
            .columns
        #expect(columns.map(\.type) == [.string, .int64, .double])
        #expect(columns.prefix(2).map(\.name) == ["event_name", "n"])
        let funnel = try plan("SELECT name, users FROM (FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY)").columns
        #expect(funnel.map(\.type) == [.string, .int64])
    }

    @Test(
        "what does not exist or does not fit is refused with its place",
        arguments: [
            ("SELECT amuont FROM events", 8), ("SELECT * FROM evnets", 15),
            ("SELECT event_name FROM events GROUP BY 1, nope", 43),
            ("SELECT 1 FROM events WHERE count(*) > 1", 28), ("SELECT no_such_function(1)", 8),
            ("SELECT event_name, count(*) FROM events", 8),
        ])
    func refusals(sql: String, column: Int) throws {
        let error = try #require(#expect(throws: EventSQLError.self) { _ = try plan(sql) })
        #expect(error.kind == .binding || error.kind == .notFound, "\(error)")
        #expect(error.position?.column == column, "\(error)")
    }
}
