package import EventBase
package import EventColumns
package import EventPlan

/// Gives execution the rows of a table as they stand when the statement starts.
package protocol SnapshotProvider: Sendable {
    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot
}

/// Runs plans that `Binder.bindStatement` made.
///
/// - Errors: `.invalidInput`, `.limit`, `.cancelled`, and what storage throws.
package struct PlanExecutor {
    private let snapshots: any SnapshotProvider
    private let context: QueryContext
    private let nowMicros: Int64

    package init(snapshots: any SnapshotProvider, context: QueryContext, nowMicros: Int64) {
        self.snapshots = snapshots
        self.context = context
        self.nowMicros = nowMicros
    }

    package func run(_ plan: LogicalPlan) throws(EventSQLError) -> [Batch] { try runNoting(plan).batches }

    /// The rows, and the semantics that behaviour statements inside used.
    package func runNoting(_ plan: LogicalPlan) throws(EventSQLError) -> (batches: [Batch], notes: [String]) {
        let notes = StatementNotes()
        let batches = try runner(plan, profile: nil, notes: notes).run(plan, for: "the result")
        return (batches, notes.all)
    }

    /// Hands over the rows in order, a few morsels at a time, so that only as many batches are held as the cores work on.
    /// - Returns: the notes of behaviour statements inside.
    package func stream(
        _ plan: LogicalPlan, _ push: (Batch) throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> [String] {
        let notes = StatementNotes()
        let source = try runner(plan, profile: nil, notes: notes).source(plan)
        let step = context.threadCount * Self.streamedMorselsPerThread
        if source.morselCount == 1 {
            // Merged runs and spilled groups come as one morsel, however many rows they are.
            try source.makeWorker().run(morsel: 0) { batch throws(EventSQLError) in
                try context.check()
                try push(batch)
                return true
            }
            return notes.all
        }
        for first in stride(from: 0, to: source.morselCount, by: step) {
            let part = MorselRange(input: source, morsels: first..<min(first + step, source.morselCount))
            for batch in try SourceRunner.collect(part, context: context) {
                try context.check()
                try push(batch)
            }
        }
        return notes.all
    }

    private static let streamedMorselsPerThread = 8

    /// Runs the plan and tells what each operator did, one operator a line.
    package func explainAnalyze(_ plan: LogicalPlan) throws(EventSQLError) -> [String] {
        let profile = PlanProfile(context)
        let start = ContinuousClock.now
        let batches = try runner(plan, profile: profile, notes: StatementNotes()).run(plan, for: "the result")
        let microseconds = Int((ContinuousClock.now - start) / .microseconds(1))
        let rows = batches.reduce(0) { $0 + $1.rowCount }
        return profile.lines() + [
            "Total: \(rows) rows in \(PlanProfile.milliseconds(microseconds)) ms, \(context.peakReservedBytes) bytes reserved at peak"
                + (context.spilledBytes > 0 ? ", \(context.spilledBytes) bytes put on disk" : "")
        ]
    }

    private func runner(_ plan: LogicalPlan, profile: PlanProfile?, notes: StatementNotes) throws(EventSQLError)
        -> PlanRunner
    {
        let statementSnapshots = StatementSnapshots(snapshots)
        var environment = try environment(plan, statementSnapshots)
        environment.hashesCollide = context.tuning.hashesCollide
        environment.context = context
        return PlanRunner(
            snapshots: statementSnapshots, context: context, nowMicros: nowMicros, environment: environment,
            profile: profile, notes: notes)
    }

    /// Cohorts that any part of the plan mentions, from the first event table that it reads.
    private func environment(_ plan: LogicalPlan, _ snapshots: StatementSnapshots) throws(EventSQLError)
        -> EvaluationEnvironment
    {
        var expressions: [BoundExpression] = []
        var tables: [String] = []
        func collect(_ expression: BoundExpression) {
            expressions.append(expression)
            if case .subquery(let query) = expression { collect(query.plan) }
            expression.children.forEach(collect)
        }
        func collect(_ plan: LogicalPlan) {
            plan.expressions.forEach(collect)
            if case .scan(let node) = plan { tables.append(node.table) }
            plan.inputs.forEach(collect)
        }
        collect(plan)
        guard let table = tables.first else { return EvaluationEnvironment() }
        return try EvaluationEnvironment(expressions, snapshot: try snapshots.snapshot(ofTable: table))
    }
}
