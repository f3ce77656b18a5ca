internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// Takes a parsed statement to its answer: bind, run, and apply what it changes.
struct StatementRunner {
    /// What a statement answers with.
    struct Answer {
        var kind: QueryResult.Kind
        var columns: [ResultColumn]
        var batches: [Batch]
        var notes: [String] = []
    }

    let store: EventStore
    let context: QueryContext
    let nowMicros: Int64
    /// Values of the statement's parameters.
    let parameters: [(name: ParameterName, value: Value)]
    let settings: StatementSettings
    let copyReader: (any CopyFileReader)?

    var catalog: StoreCatalog { StoreCatalog(store: store) }
    func run(_ parsed: ParsedStatement) throws(EventSQLError) -> Answer {
        switch parsed.statement {
        case .query(let query): return try run(query)
        case .explain(.statement(let inner), let analyze): return try explain(inner, analyze: analyze)
        case .asSQL(let statement):
            return Self.table([("sql", .string)], [[.string(try BehaviourSQL.text(statement, with: binder))]])
        case .createCohort(let name, let definition, let orReplace, let position):
            return try createCohort(name, definition, orReplace: orReplace, position)
        case .dropCohort(let name, let ifExists, let position):
            return try dropCohort(name, ifExists: ifExists, position)
        case .refreshCohort(let name, let position): return try refreshCohort(name, position)
        case .explainCohort(let name, let user, let position): return try explainCohort(name, user, position)
        case .createVirtualEvent(let event, let orReplace): return try createVirtualEvent(event, orReplace: orReplace)
        case .drop(.virtualEvent, let name, let ifExists, let position):
            return try dropVirtualEvent(name, ifExists: ifExists, position)
        case .describe(let table, let position): return try describe(table, position)
        case .describeQuery(let query, _): return Self.described(try binder.bindStatement(query).columns)
        case .show(let what, let position): return try show(what, position)
        case .createTable(let table): return try createTable(table)
        case .createTableAs(let name, let query, let orReplace, let ifNotExists, let position):
            return try createTable(name, as: query, orReplace: orReplace, ifNotExists: ifNotExists, position)
        case .drop(.table, let name, let ifExists, let position):
            return try dropTable(name, ifExists: ifExists, position)
        case .insert(let insert): return try self.insert(insert)
        case .copy(let copy): return try self.copy(copy)
        case .update(let update): return try self.update(update)
        case .delete(let table, let filter, let position):
            if let table = store.keyedTable(named: table) { return try delete(from: table, where: filter, position) }
            return try delete(fromEvents: table, where: filter, position)
        case .forgetUser(let user, _): return try forgetUser(user)
        case .purge(let table, let position): return try purge(table, position)
        case .setTTL(let table, let age, let position): return try setTTL(table, age, position)
        case .identify(let alias, let person, _): return try identify(alias, as: person)
        case .unidentify(let alias, _): return try identify(alias, as: alias)
        case .set("forgotten_users", let value, _): return try setForgottenUsers(value)
        case .set(let name, let value, let position): return try set(name, value, position)
        case .reset(let name, let position): return try reset(name, position)
        case .createView(let name, let columns, let query, _, let orReplace, let position):
            return try createView(name, columns, query, orReplace: orReplace, position)
        case .drop(.view, let name, let ifExists, let position):
            return try dropView(name, ifExists: ifExists, position)
        case .summarize(let query, _): return try summarize(query)
        }
    }

    var binder: Binder {
        Binder(
            catalog: catalog, parameters: parameters, nowMicros: nowMicros, behaviour: BehaviourBinder(),
            zone: settings.current.zone, patterns: ColumnPatterns())
    }

    var executor: PlanExecutor { PlanExecutor(snapshots: catalog, context: context, nowMicros: nowMicros) }

    private func run(_ query: Query) throws(EventSQLError) -> Answer {
        let plan = try binder.bindStatement(query)
        let (batches, notes) = try executor.runNoting(plan)
        return Answer(
            kind: Self.kind(of: query), columns: plan.columns.map { ResultColumn($0) }, batches: batches, notes: notes)
    }

    /// A behaviour statement with nothing around it is drawn as what it is.
    private static func kind(of query: Query) -> QueryResult.Kind {
        guard case .behaviour(let statement) = query.body, query.with.isEmpty, query.orderBy.isEmpty else {
            return .rows
        }
        switch statement {
        case .funnel: return .funnel
        case .retention: return .retention
        case .paths: return .paths
        case .lifecycle: return .lifecycle
        case .trends: return .trends
        default: return .rows
        }
    }

    private func explain(_ statement: Statement, analyze: Bool) throws(EventSQLError) -> Answer {
        guard case .query(let query) = statement else {
            throw EventSQLError(.binding, "EXPLAIN takes a statement that yields rows")
        }
        let plan = try binder.bindStatement(query)
        let lines = analyze ? try executor.explainAnalyze(plan) : PlanPrinter.lines(plan)
        return Self.table([("plan", .string)], lines.map { [.string($0)] })
    }

    private func describe(_ table: String, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        if let columns = try viewColumns(table, position) {
            return Self.described(columns)
        }
        guard let schema = try catalog.schema(ofTable: table) else { throw missing(table, position) }
        let declared = store.keyedTable(named: table)?.columns ?? []
        return Self.table(
            [("column", .string), ("type", .string), ("null", .string), ("key", .string)],
            schema.columns.map { column in
                let declaration = declared.first { $0.name == column.path }
                let isNotNull = declaration?.isNotNull ?? (column.role == .time)
                return [
                    .string(column.path), .string(column.type.name), .string(isNotNull ? "NO" : "YES"),
                    .string(declaration?.isKey == true ? "PRI" : ""),
                ]
            })
    }

    /// The columns that a view or a query gives.
    private static func described(_ columns: [OutputColumn]) -> Answer {
        table([("column", .string), ("type", .string)], columns.map { [.string($0.name), .string($0.type.name)] })
    }

    private func show(_ what: String, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        switch what {
        case "tables":
            let kinds = store.tableNames.map { ($0, "events") } + store.keyedTableNames.map { ($0, "rows") }
            return Self.table([("table", .string), ("holds", .string)], kinds.map { [.string($0.0), .string($0.1)] })
        case "cohorts":
            return Self.table(
                [("cohort", .string), ("users", .int64), ("definition", .string)],
                store.cohorts.map { [.string($0.name), .int64(Int64($0.memberCount)), .string($0.definition)] })
        case "cohort history": return showCohortHistory()
        case "virtual events": return try showVirtualEvents()
        case "identities": return showIdentities()
        case "views": return showViews()
        case "time zone": return try show("timezone", position)
        default:
            if let answer = showSettings(what) { return answer }
            throw EventSQLError(
                .binding, "SHOW knows no '\(what)'", hint: "SHOW TABLES, VIEWS, COHORTS, VIRTUAL EVENTS or IDENTITIES",
                position: position)
        }
    }

    static func table(_ columns: [(String, ScalarType)], _ rows: [[Value]]) -> Answer {
        let vectors = columns.indices.map { column in
            let texts: [String] = rows.map { if case .string(let text) = $0[column] { text } else { "" } }
            let numbers: [Int64] = rows.map { if case .int64(let number) = $0[column] { number } else { 0 } }
            let present = rows.map { $0[column] != .null }
            let validity = present.contains(false) ? present : nil
            return columns[column].1 == .int64
                ? Vector(type: .int64, values: .int64(numbers), validity: validity)
                : Vector(
                    type: .string, values: .string(codes: Array(0..<UInt32(texts.count)), pool: HeapStringPool(texts)),
                    validity: validity)
        }
        return Answer(
            kind: .rows, columns: columns.map { ResultColumn(OutputColumn($0.0, $0.1)) },
            batches: rows.isEmpty ? [] : [Batch(columns: vectors, rowCount: rows.count)])
    }
}

extension ResultColumn {
    init(_ column: OutputColumn) { self.init(name: column.name, type: ResultType(column.type)) }
}
