import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Rows of WITH queries that are read in several places, by the query's number. Used while plans are built, by one thread.
final class SharedRows {
    var batches: [Int: [Batch]]

    init(_ batches: [Int: [Batch]] = [:]) { self.batches = batches }
}

/// Turns a logical plan into sources and runs them. Operators that need all their input run while the plan is built.
struct PlanRunner {
    /// One snapshot per table for the whole statement.
    let snapshots: StatementSnapshots
    /// What bounds the operator that is being built, and counts for it.
    var context: QueryContext
    /// What now() means to behaviour statements.
    let nowMicros: Int64
    let environment: EvaluationEnvironment
    var profile: PlanProfile?
    /// Semantics that behaviour statements inside used.
    let notes: StatementNotes
    var sharedRows = SharedRows()
    /// What the round before gave, of the recursive queries around, by their numbers.
    var workingRows: [Int: [Batch]] = [:]

    /// All rows of a plan, charged to the memory limit.
    func run(_ plan: LogicalPlan, for purpose: String = "a subquery") throws(EventSQLError) -> [Batch] {
        try SourceRunner.collect(try source(plan), context: context, reserving: purpose)
    }

    func source(_ plan: LogicalPlan) throws(EventSQLError) -> any BatchSource {
        guard let profile else { return try boundedSource(plan) }
        let entry = profile.open(plan, QueryContext(operatorOf: profile.context))
        var operatorRunner = self
        operatorRunner.context = entry.context
        let source = try operatorRunner.boundedSource(plan)
        profile.close(entry)
        return MeasuredSource(input: source, entry: entry)
    }

    /// Batches cut down where the tuning wants them smaller than they come.
    private func boundedSource(_ plan: LogicalPlan) throws(EventSQLError) -> any BatchSource {
        let source = try bareSource(plan)
        let rowCountMax = context.tuning.batchRowCountMax
        if rowCountMax >= Limits.granuleRowCount { return source }
        return StagedSource(input: source) { SplitStage(rowCountMax: rowCountMax) }
    }

    private func bareSource(_ plan: LogicalPlan) throws(EventSQLError) -> any BatchSource {
        switch plan {
        case .scan(var node):
            node.predicates = try resolved(node.predicates)
            let counters = ScanCounters()
            let readings = context.makeReadCounters()
            profile?.attach(readings, counters)
            return try ScanSource(
                node, snapshot: try snapshots.snapshot(ofTable: node.table, counting: readings),
                environment: environment, counters: counters)
        case .values(let node): return StoredSource(batches: try values(node))
        case .filter(let input, let condition):
            guard let ready = try holdingMembers([condition]) else {
                let (joined, changed) = Subqueries.joiningMembers(input, [condition])
                return try source(Self.cut(.filter(joined, changed[0]), to: input))
            }
            let resolved = try resolved(ready[0])
            return StagedSource(input: try source(input)) { [environment] in FilterStage(resolved, environment) }
        case .project(var node):
            guard let ready = try holdingMembers(node.expressions) else {
                (node.input, node.expressions) = Subqueries.joiningMembers(node.input, node.expressions)
                return try source(.project(node))
            }
            let expressions = try resolved(ready)
            return StagedSource(input: try source(node.input)) { [environment] in ProjectStage(expressions, environment)
            }
        case .aggregate(let node): return try aggregate(node)
        case .unnest(let node): return try unnest(node)
        case .window(var node):
            node.calls = try node.calls.map { call throws(EventSQLError) in
                guard case .window(let resolved) = try resolved(.window(call)) else { return call }
                return resolved
            }
            return try WindowOperator(node: node, environment: environment, context: context).run(
                try source(node.input))
        case .sort(let node):
            let sort = SortOperator(node: node, environment: environment, context: context)
            return try sort.run(try source(node.input))
        case .limit(let node): return StoredSource(batches: try limit(node))
        case .distinct(let input, let on):
            if on.isEmpty { return try distinct(try source(input), input) }
            return try distinct(try source(input), input, on: on)
        case .setOperation(let node): return try setOperation(node)
        case .join(let node): return try join(node)
        case .behaviour(let plan): return StoredSource(batches: try behaviour(plan))
        case .shared(let node): return StoredSource(batches: try shared(node))
        case .recursive(let node): return try recursive(node)
        case .working(let node): return StoredSource(batches: workingRows[node.id] ?? [])
        }
    }

    private func values(_ node: ValuesNode) throws(EventSQLError) -> [Batch] {
        if node.columns.isEmpty { return [Batch(columns: [], rowCount: node.rows.count)] }
        var columns: [Vector] = []
        for index in node.columns.indices {
            var cells: [Vector] = []
            for row in node.rows {
                cells.append(
                    try ExpressionEvaluator(try resolved(row[index]), environment: environment).evaluate([], count: 1))
            }
            columns.append(try VectorAssembly.concatenate(cells, type: node.columns[index].type))
        }
        return Batch(columns: columns, rowCount: node.rows.count).split()
    }

    private func unnest(_ written: UnnestNode) throws(EventSQLError) -> any BatchSource {
        var node = written
        node.lists = try resolved(node.lists)
        if let series = try SeriesSource(node, environment) { return series }
        let rows = UnnestSource(
            input: try source(node.input), node: node, environment: environment, context: context)
        // Lists that stand alone come from one row; several workers may then share their elements.
        if node.input.columns.isEmpty {
            return StoredSource(batches: try SourceRunner.collect(rows, context: context, reserving: "unnest"))
        }
        return rows
    }

    private func aggregate(_ node: AggregateNode) throws(EventSQLError) -> any BatchSource {
        var node = node
        node.keys = try resolved(node.keys)
        node.aggregates = try node.aggregates.map { call throws(EventSQLError) in
            guard case .aggregate(let resolved) = try resolved(.aggregate(call)) else { return call }
            return resolved
        }
        let readings = context.makeReadCounters()
        if let answer = try MetadataAnswers.answer(node, snapshots, counting: readings) {
            profile?.attach(readings)
            return StoredSource(batches: answer)
        }
        return try HashAggregate(node: node, environment: environment, context: context).run(try source(node.input))
    }

    /// Rows are taken in order by one worker, which stops when it has enough.
    private func limit(_ node: LimitNode) throws(EventSQLError) -> [Batch] {
        var toSkip = node.offset
        var wanted = node.count ?? .max
        var result: [Batch] = []
        let source = try source(node.input)
        if wanted == 0 || source.morselCount == 0 { return [] }
        let worker = try source.makeWorker()
        for morsel in 0..<source.morselCount where wanted > 0 {
            try context.check()
            try worker.run(morsel: morsel) { batch throws(EventSQLError) in
                let first = min(toSkip, batch.rowCount)
                let last = wanted > batch.rowCount - first ? batch.rowCount : first + wanted
                toSkip -= first
                if first < last {
                    result.append(last - first == batch.rowCount ? batch : batch.gather(Array(first..<last)))
                    if wanted != .max { wanted -= last - first }
                }
                return wanted > 0
            }
        }
        return result
    }

    /// The rows of a WITH query, computed at its first place and kept for the others.
    func shared(_ node: SharedNode) throws(EventSQLError) -> [Batch] {
        if let known = sharedRows.batches[node.id] { return known }
        let batches = try run(Rewriter.rewrite(node.plan), for: "a WITH query")
        sharedRows.batches[node.id] = batches
        return batches
    }

    private func behaviour(_ plan: any BehaviourPlan) throws(EventSQLError) -> [Batch] {
        let readings = context.makeReadCounters()
        profile?.attach(readings)
        let result = try BehaviourBridge.run(
            plan, snapshot: try snapshots.snapshot(ofTable: plan.table, counting: readings), context: context,
            nowMicros: nowMicros)
        notes.add(result.notes)
        var columns: [Vector] = []
        for (index, column) in plan.columns.enumerated() {
            try context.check()
            columns.append(try ValueColumn.vector(result.rows.map { $0[index] }, type: column.type))
        }
        return Batch(columns: columns, rowCount: result.rows.count).split()
    }

    func resolved(_ expressions: [BoundExpression]) throws(EventSQLError) -> [BoundExpression] {
        try expressions.map { expression throws(EventSQLError) in try resolved(expression) }
    }
}
