import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Rows of WITH queries that are read in several places, by the query's number. Used while plans are built, by one thread.
final class SharedRows {
    var batches: [Int: [Batch]] = [:]
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
    let profile: PlanProfile?
    /// Semantics that behaviour statements inside used.
    let notes: StatementNotes
    let sharedRows = SharedRows()

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
            let resolved = try resolved(condition)
            return StagedSource(input: try source(input)) { [environment] in FilterStage(resolved, environment) }
        case .project(let node):
            let expressions = try resolved(node.expressions)
            return StagedSource(input: try source(node.input)) { [environment] in ProjectStage(expressions, environment)
            }
        case .aggregate(let node): return try aggregate(node)
        case .window(var node):
            node.calls = try node.calls.map { call throws(EventSQLError) in
                guard case .window(let resolved) = try resolved(.window(call)) else { return call }
                return resolved
            }
            let batches = try SourceRunner.collect(
                try source(node.input), context: context, reserving: "window functions")
            return StoredSource(
                batches: try WindowOperator(node: node, environment: environment, context: context).run(batches))
        case .sort(let node):
            let sort = SortOperator(node: node, environment: environment, context: context)
            return try sort.run(try source(node.input))
        case .limit(let node): return StoredSource(batches: try limit(node))
        case .distinct(let input, let on):
            if on.isEmpty { return try distinct(try source(input), input) }
            let batches = try SourceRunner.collect(try source(input), context: context, reserving: "DISTINCT ON")
            let keys = on.map { ExpressionEvaluator($0, environment: environment) }
            return StoredSource(batches: try SetOperators.distinct(batches, on: keys, context: context))
        case .setOperation(let node): return try setOperation(node)
        case .join(let node): return try join(node)
        case .behaviour(let plan): return StoredSource(batches: try behaviour(plan))
        case .shared(let node): return StoredSource(batches: try shared(node))
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
            columns.append(VectorAssembly.concatenate(cells, type: node.columns[index].type))
        }
        return Batch(columns: columns, rowCount: node.rows.count).split()
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

    private func join(_ node: JoinNode) throws(EventSQLError) -> any BatchSource {
        var node = node
        node.keys = try node.keys.map { pair throws(EventSQLError) in
            (try resolved(pair.left), try resolved(pair.right))
        }
        node.condition = try node.condition.map { c throws(EventSQLError) in try resolved(c) }
        // NOT IN asks of all right rows at once whether one is NULL; without keys there is nothing to deal by.
        let canSpill = !node.keys.isEmpty && !(node.kind == .anti && node.nullsPoison)
        let dealer = DealtRows.Dealer(
            types: node.right.columns.map(\.type), keys: node.keys.map(\.right), environment: environment,
            context: context)
        let rightRows: DealtRows
        if canSpill {
            rightRows = try dealer.deal(try source(node.right), for: "a join")
        } else {
            rightRows = .held(
                try SourceRunner.collect(try source(node.right), context: context, reserving: "a join"))
        }
        let left = try source(node.left)
        switch rightRows {
        case .held(let right):
            let table = try JoinTable(
                right, types: node.right.columns.map(\.type), keys: node.keys.map(\.right), environment)
            if node.kind == .right || node.kind == .full {
                return StoredSource(batches: try OuterJoin.run(node, table, left, environment, context: context))
            }
            let fixed = node
            return StagedSource(input: left) { [environment] in JoinStage(fixed, table, environment) }
        case .parts(let right): return try partJoin(node, left, right)
        }
    }

    /// Both sides by parts of equal keys: only one part of the right side is held at once.
    private func partJoin(
        _ node: JoinNode, _ left: any BatchSource, _ right: [SpillFile]
    ) throws(EventSQLError) -> any BatchSource {
        let dealer = DealtRows.Dealer(
            types: node.left.columns.map(\.type), keys: node.keys.map(\.left), environment: environment,
            context: context)
        guard case .parts(let leftFiles) = try dealer.deal(left, for: "a join", mustDeal: true) else {
            fatalError("BUG: rows that had to be dealt are held")
        }
        let environment = environment
        let context = context
        let types = node.right.columns.map(\.type)
        return PartSource(context: context) { part throws(EventSQLError) in
            let rightRows = try DealtRows.batches(right, part: part)
            let bytes = rightRows.reduce(0) { $0 + $1.sizeBytes }
            try context.reserve(bytes: bytes, for: "a join")
            defer { context.release(bytes: bytes) }
            let table = try JoinTable(rightRows, types: types, keys: node.keys.map(\.right), environment)
            let source = StoredSource(batches: try DealtRows.batches(leftFiles, part: part))
            return try OuterJoin.run(node, table, source, environment, context: context)
        }
    }

    /// DISTINCT is GROUP BY of all columns.
    private func distinct(_ source: any BatchSource, _ plan: LogicalPlan) throws(EventSQLError) -> any BatchSource {
        let node = AggregateNode(
            input: plan, keys: plan.columns.enumerated().map { .column($0, $1.type, Place()) }, aggregates: [],
            names: plan.columns.map(\.name))
        return try HashAggregate(node: node, environment: environment, context: context).run(source)
    }

    private func setOperation(_ node: SetNode) throws(EventSQLError) -> any BatchSource {
        let (left, right) = (try source(node.left), try source(node.right))
        if node.kind == .union {
            let all = ConcatenatedSource(inputs: [left, right])
            return node.isAll ? all : try distinct(all, .setOperation(node))
        }
        let dealer = DealtRows.Dealer(
            types: node.columns.map(\.type), keys: nil, environment: environment, context: context)
        let purpose = node.kind == .intersect ? "INTERSECT" : "EXCEPT"
        let rightRows = try dealer.deal(right, for: purpose)
        if case .held(let right) = rightRows {
            let batches = try SourceRunner.collect(left, context: context, reserving: purpose)
            return StoredSource(batches: try SetOperators.combine(node, batches, right, context: context))
        }
        guard case .parts(let rightFiles) = rightRows,
            case .parts(let leftFiles) = try dealer.deal(left, for: purpose, mustDeal: true)
        else { fatalError("BUG: rows that had to be dealt are held") }
        let context = context
        return PartSource(context: context) { part throws(EventSQLError) in
            try SetOperators.combine(
                node, try DealtRows.batches(leftFiles, part: part), try DealtRows.batches(rightFiles, part: part),
                context: context)
        }
    }

    /// The rows of a WITH query, computed at its first place and kept for the others.
    private func shared(_ node: SharedNode) throws(EventSQLError) -> [Batch] {
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
            columns.append(try ValueColumn.vector(result.rows.map { $0[index] }, type: column.type))
        }
        return Batch(columns: columns, rowCount: result.rows.count).split()
    }

    private func resolved(_ expressions: [BoundExpression]) throws(EventSQLError) -> [BoundExpression] {
        try expressions.map { expression throws(EventSQLError) in try resolved(expression) }
    }

    /// Queries inside the expression are run now and leave their answers.
    private func resolved(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
        guard case .subquery(let query) = expression else {
            return try expression.mapChildren { child throws(EventSQLError) in try resolved(child) }
        }
        let batches = try run(Rewriter.rewrite(query.plan))
        let count = batches.reduce(0) { $0 + $1.rowCount }
        switch query.kind {
        case .exists(let negated): return .constant(.bool((count > 0) != negated), .bool)
        case .scalar:
            if count > 1 {
                throw EventSQLError(
                    .invalidInput, "a query used as a value gave \(count) rows", hint: "add LIMIT 1 or an aggregate",
                    position: query.position)
            }
            return .constant(batches.first?.columns[0].value(at: 0) ?? .null, query.type)
        case .membership(let operand, let negated):
            let members = batches.flatMap { batch in
                (0..<batch.rowCount).map {
                    BoundExpression.constant(batch.columns[0].value(at: $0), batch.columns[0].type)
                }
            }
            return .inList(try resolved(operand), members, negated: negated)
        }
    }
}
