package import EventBase
package import EventColumns
import EventIO
package import EventPlan
package import EventSyntax

/// The rows that a statement gave.
package struct ResultSet: Sendable {
    package var columns: [OutputColumn]
    package var batches: [Batch]
    /// What the answer means, one sentence each: the semantics behaviour statements used.
    package var notes: [String]

    package init(columns: [OutputColumn], batches: [Batch], notes: [String] = []) {
        self.columns = columns
        self.batches = batches
        self.notes = notes
    }

    package var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }
}

/// Binds and runs one statement.
///
/// - Threads: one statement at a time per value; `context` carries cancellation and bounds from other threads.
package struct StatementExecutor {
    private let catalog: any Catalog
    private let snapshots: any SnapshotProvider
    private let context: QueryContext
    private let behaviour: (any BehaviourBinding)?
    private let nowMicros = WallClock.nowMicros()

    package init(
        catalog: any Catalog, snapshots: any SnapshotProvider, context: QueryContext,
        behaviour: (any BehaviourBinding)? = nil
    ) {
        self.catalog = catalog
        self.snapshots = snapshots
        self.context = context
        self.behaviour = behaviour
    }

    /// Runs a query or EXPLAIN; every other statement belongs to the caller.
    /// - Errors: `.binding`, `.invalidInput`, `.limit`, `.cancelled`, and what storage throws.
    package func run(
        _ parsed: ParsedStatement, parameters: [(name: ParameterName, value: Value)] = []
    ) throws(EventSQLError) -> ResultSet {
        switch parsed.statement {
        case .query(let query):
            let plan = try binder(parameters).bindStatement(query)
            let executor = PlanExecutor(snapshots: snapshots, context: context, nowMicros: nowMicros)
            let (batches, notes) = try executor.runNoting(plan)
            return ResultSet(columns: plan.columns, batches: batches, notes: notes)
        case .explain(.statement(let inner), let analyze): return try explain(inner, analyze, parameters)
        default: throw EventSQLError(.binding, "this statement yields no rows")
        }
    }

    private func binder(_ parameters: [(name: ParameterName, value: Value)]) -> Binder {
        Binder(
            catalog: catalog, parameters: parameters, nowMicros: nowMicros, behaviour: behaviour,
            patterns: ColumnPatterns())
    }

    private func explain(
        _ statement: Statement, _ analyze: Bool, _ parameters: [(name: ParameterName, value: Value)]
    ) throws(EventSQLError) -> ResultSet {
        guard case .query(let query) = statement else {
            throw EventSQLError(.binding, "EXPLAIN takes a statement that yields rows")
        }
        let plan = try binder(parameters).bindStatement(query)
        guard analyze else { return Self.list("plan", PlanPrinter.lines(plan)) }
        let executor = PlanExecutor(snapshots: snapshots, context: context, nowMicros: nowMicros)
        return Self.list("plan", try executor.explainAnalyze(plan))
    }

    /// One text column.
    private static func list(_ name: String, _ lines: [String]) -> ResultSet {
        let vector = Vector(
            type: .string, values: .string(codes: [UInt32](indexes: lines.count), pool: HeapStringPool(lines)))
        let batches = lines.isEmpty ? [] : [Batch(columns: [vector], rowCount: lines.count)]
        return ResultSet(columns: [OutputColumn(name, .string)], batches: batches)
    }
}
