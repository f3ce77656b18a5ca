import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Joins, DISTINCT and set operations: held in memory while it lasts, else by parts on disk.
extension PlanRunner {
    func join(_ node: JoinNode) throws(EventSQLError) -> any BatchSource {
        var node = node
        node.keys = try node.keys.map { pair throws(EventSQLError) in
            (try resolved(pair.left), try resolved(pair.right))
        }
        node.condition = try node.condition.map { c throws(EventSQLError) in try resolved(c) }
        let dealer = DealtRows.Dealer(
            types: node.right.columns.map(\.type), keys: node.keys.map(\.right), environment: environment,
            context: context)
        let rightRows = try dealer.deal(try source(node.right), for: "a join")
        let left = try source(node.left)
        if node.nullsPoison, node.keys.count > 1, case .parts = rightRows {
            // A part does not know of the rows in others that a NULL may be equal to.
            node.condition = JoinNode.mayBeEqual(node.keys, leftWidth: node.left.columns.count)
            node.keys = []
        }
        if node.keys.isEmpty {
            return BlockJoin(node: node, left: left, right: rightRows, environment: environment, context: context)
        }
        switch rightRows {
        case .held(let right):
            let table = try JoinTable(
                right, types: node.right.columns.map(\.type), keys: node.keys.map(\.right), environment, context)
            if node.kind == .right || node.kind == .full {
                return WholeJoin(node: node, table: table, left: left, environment: environment, context: context)
            }
            let fixed = node
            return StagedSource(input: left) { [environment, context] in
                JoinStage(fixed, table, environment, context)
            }
        case .parts(let right):
            let leftDealer = DealtRows.Dealer(
                types: node.left.columns.map(\.type), keys: node.keys.map(\.left), environment: environment,
                context: context)
            let side = JoinTable.Side(hasRows: true, hasNullKey: right.contains { $0.hasNullKey })
            return PartSource(
                work: PartJoin(
                    node: node, left: try leftDealer.dealOut(left, for: "a join"), right: right, rightSide: side,
                    environment: environment, context: context))
        }
    }

    /// DISTINCT is GROUP BY of all columns.
    func distinct(_ source: any BatchSource, _ plan: LogicalPlan) throws(EventSQLError) -> any BatchSource {
        let node = AggregateNode(
            input: plan, keys: plan.columns.enumerated().map { .column($0, $1.type, Place()) }, aggregates: [],
            names: plan.columns.map(\.name))
        return try HashAggregate(node: node, environment: environment, context: context).run(source)
    }

    /// DISTINCT ON: of rows with equal keys the first.
    func distinct(
        _ source: any BatchSource, _ plan: LogicalPlan, on keys: [BoundExpression]
    ) throws(EventSQLError) -> any BatchSource {
        let types = plan.columns.map(\.type) + [.int64]
        let dealer = DealtRows.Dealer(types: types, keys: keys, environment: environment, context: context)
        let own = Array(0..<plan.columns.count)
        switch try dealer.deal(NumberedSource(input: source), for: "DISTINCT ON") {
        case .held(let batches):
            let evaluators = keys.map { ExpressionEvaluator($0, environment: environment) }
            let found = try SetOperators.distinct(batches, on: evaluators, context: context)
            return StagedSource(input: StoredSource(batches: found)) { PickStage(own) }
        case .parts(let files):
            let parts = KeyedParts(
                files: files, types: types, keys: keys,
                work: DistinctWork(keys: keys, environment: environment, context: context), purpose: "DISTINCT ON",
                environment: environment, context: context)
            return try KeyedParts.inOrderOfArrival(
                PartSource(work: parts), types: types, columns: own, environment, context)
        }
    }

    func setOperation(_ node: SetNode) throws(EventSQLError) -> any BatchSource {
        let (left, right) = (try source(node.left), try source(node.right))
        if node.kind == .union {
            let all = ConcatenatedSource(inputs: [left, right])
            return node.isAll ? all : try distinct(all, .setOperation(node))
        }
        let dealer = DealtRows.Dealer(
            types: node.columns.map(\.type), keys: nil, environment: environment, context: context)
        let purpose = node.kind == .intersect ? "INTERSECT" : "EXCEPT"
        let (rightRows, leftRows) = (try dealer.deal(right, for: purpose), try dealer.deal(left, for: purpose))
        if case .held(let right) = rightRows, case .held(let left) = leftRows {
            return StoredSource(batches: try SetOperators.combine(node, left, right, context: context))
        }
        func files(_ rows: DealtRows) throws(EventSQLError) -> [SpillFile] {
            switch rows {
            case .parts(let files): return files
            case .held(let batches): return try dealer.dealOut(StoredSource(batches: batches), for: purpose)
            }
        }
        return PartSource(
            work: PartSetOperation(
                node: node, left: try files(leftRows), right: try files(rightRows), dealer: dealer, purpose: purpose))
    }
}
