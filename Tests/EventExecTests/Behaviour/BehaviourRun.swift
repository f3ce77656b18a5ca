import EventBase
import EventColumns
import EventExec
import EventIO
import EventPlan
import EventSyntax
import EventTestSupport

/// Runs behaviour statements written as text over events in memory.
struct BehaviourRun {
    struct OneTable: Catalog {
        var schema: TableSchema
        var cohortNames: [String]
        var tableNames: [String] { [schema.name] }
        func schema(ofTable name: String) throws(EventSQLError) -> TableSchema? { name == schema.name ? schema : nil }
        func timeZone(named name: String) throws(EventSQLError) -> TimeZoneRules { try TimeZones.rules(named: name) }
    }

    var snapshot: MemorySnapshot
    var cohortNames: [String] = []
    var nowMicros: Int64 = 2_000_000_000_000_000

    init(_ events: [TestEvent]) { snapshot = MemorySnapshot(groups: [events]) }
    init(_ snapshot: MemorySnapshot) { self.snapshot = snapshot }

    var binder: Binder {
        Binder(catalog: OneTable(schema: snapshot.schema, cohortNames: cohortNames), nowMicros: nowMicros)
    }

    func run(_ text: String) throws -> BehaviourResult {
        guard case .query(let query) = try Parser.parseStatement(text).statement,
            case .behaviour(let statement) = query.body
        else { throw EventSQLError(.syntax, "no behaviour statement: \(text)") }
        let plan = try BehaviourBinder().bind(statement, with: binder)
        return try BehaviourExecutor.run(plan, snapshot: snapshot, context: QueryContext(threadCount: 2))
    }

    /// Ids of a cohort's members, sorted.
    func members(_ text: String) throws -> [String] {
        guard case .createCohort(_, let definition, _, let position) = try Parser.parseStatement(text).statement,
            case .users(let table, let condition, let asOf) = definition.source
        else { throw EventSQLError(.syntax, "no cohort: \(text)") }
        let plan = try CohortBinder.bind(
            table: table, condition: condition, asOf: asOf, position: position, with: binder)
        let members = try CohortOperator(plan, nowMicros: nowMicros).members(snapshot, context: QueryContext())
        return members.values().map { snapshot.users.string(at: $0) }.sorted()
    }

    /// Rows as text, values parted by a space, NULL as a dash.
    func text(_ statement: String, columns: [String]) throws -> [String] {
        let result = try run(statement)
        let picked = columns.map { name in result.columns.firstIndex { $0.name == name } ?? -1 }
        return result.rows.map { row in picked.map { Self.text(row[$0]) }.joined(separator: " ") }
    }

    static func text(_ value: Value) -> String {
        switch value {
        case .null: "-"
        case .bool(let value): value ? "true" : "false"
        case .int64(let value): String(value)
        case .double(let value): value == value.rounded() ? String(Int(value)) : String(value)
        case .string(let text), .json(let text): text
        case .timestamp(let micros): TimestampText.print(micros: micros)
        case .date(let day): TimestampText.print(day: Int(day))
        case .interval: "interval"
        }
    }

    /// `minute` minutes after 2024-03-01, a Friday.
    static func minute(_ minute: Int64) -> Int64 { 1_709_251_200_000_000 + minute * 60_000_000 }
    static func day(_ day: Int64, hour: Int64 = 12) -> Int64 { minute(day * 1440 + hour * 60) }
}
