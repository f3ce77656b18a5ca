import EventBase
import EventColumns
import EventPlan

/// GROUP BY: every worker numbers the groups of its rows and adds them to its accumulators; states are merged at the end.
struct HashAggregate {
    let node: AggregateNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(_ source: any BatchSource) throws(EventSQLError) -> [Batch] {
        let sets = node.groupingSets ?? [Array(node.keys.indices)]
        let isOrdered = node.aggregates.contains { BufferedAccumulator.needsOrder($0) }
        let states = try SourceRunner.run(
            source, context: context, threadCount: isOrdered ? 1 : nil,
            makeState: { AggregateState(node, sets: sets, environment) }
        ) { state, batch, _ throws(EventSQLError) in
            try state.add(batch)
            try state.account(context)
        }
        let merged = states.first ?? AggregateState(node, sets: sets, environment)
        for other in states.dropFirst() { try merged.merge(other) }
        let result = try merged.finish()
        for state in states { state.release(context) }
        return result
    }
}

/// One worker's groups, for every grouping set.
final class AggregateState: @unchecked Sendable {
    private let node: AggregateNode
    private let sets: [[Int]]
    private let keys: [ExpressionEvaluator]
    private let arguments: [[ExpressionEvaluator]]
    private let orderBy: [[ExpressionEvaluator]]
    private let filters: [ExpressionEvaluator?]
    private var encoders: [KeyEncoder]
    private var accumulators: [[any Accumulator]]
    private var accountedBytes = 0

    init(_ node: AggregateNode, sets: [[Int]], _ environment: EvaluationEnvironment) {
        func evaluator(_ expression: BoundExpression) -> ExpressionEvaluator {
            ExpressionEvaluator(expression, environment: environment)
        }
        self.node = node
        self.sets = sets
        keys = node.keys.map(evaluator)
        arguments = node.aggregates.map { $0.arguments.map(evaluator) }
        orderBy = node.aggregates.map { $0.orderBy.map { evaluator($0.expression) } }
        filters = node.aggregates.map { $0.filter.map(evaluator) }
        encoders = sets.map { set in
            KeyEncoder(types: set.map { node.keys[$0].type }, hashesCollide: environment.hashesCollide)
        }
        accumulators = sets.map { _ in AccumulatorFactory.make(node.aggregates) }
    }

    func add(_ batch: Batch) throws(EventSQLError) {
        var keyColumns: [Vector] = []
        for key in keys { keyColumns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
        var groups: [[UInt32]?] = []
        for (index, set) in sets.enumerated() {
            groups.append(set.isEmpty ? nil : encoders[index].encode(set.map { keyColumns[$0] }, count: batch.rowCount))
        }
        for call in node.aggregates.indices {
            var columns: [Vector] = []
            for argument in arguments[call] {
                columns.append(try argument.evaluate(batch.columns, count: batch.rowCount))
            }
            var order: [Vector] = []
            for key in orderBy[call] { order.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
            var rows: [Int]?
            if let filter = filters[call] {
                let selected = try filter.select(batch.columns, count: batch.rowCount)
                rows = selected
                columns = columns.map { $0.gather(selected) }
                order = order.map { $0.gather(selected) }
            }
            for set in sets.indices {
                let own = groups[set]
                let picked = own.map { all in rows.map { $0.map { all[$0] } } ?? all }
                let input = AccumulatorInput(
                    groups: picked, arguments: columns, orderBy: order, count: rows?.count ?? batch.rowCount)
                try accumulators[set][call].update(input, groupCount: groupCount(set))
            }
        }
    }

    /// A set without keys has its one group even when there are no rows.
    private func groupCount(_ set: Int) -> Int { sets[set].isEmpty ? 1 : encoders[set].count }

    func merge(_ other: AggregateState) throws(EventSQLError) {
        for set in sets.indices {
            let count = other.groupCount(set)
            let map = sets[set].isEmpty ? [0] : encoders[set].encode(other.encoders[set].allVectors(), count: count)
            for call in node.aggregates.indices {
                try accumulators[set][call].merge(other.accumulators[set][call], map: map, groupCount: groupCount(set))
            }
        }
    }

    func finish() throws(EventSQLError) -> [Batch] {
        var batches: [Batch] = []
        for (index, set) in sets.enumerated() {
            let count = groupCount(index)
            if count == 0 { continue }
            let own = encoders[index].columns.isEmpty ? [] : encoders[index].allVectors()
            var columns = node.keys.indices.map { key in
                set.firstIndex(of: key).map { own[$0] } ?? .nulls(type: node.keys[key].type, count: count)
            }
            for accumulator in accumulators[index] { columns.append(try accumulator.finish(groupCount: count)) }
            if node.groupingSets != nil {
                columns.append(.repeating(.int64(Int64(index)), type: .int64, count: count))
            }
            batches += Batch(columns: columns, rowCount: count).split()
        }
        return batches
    }

    /// Keeps the memory budget up to date with what the state has grown to.
    func account(_ context: QueryContext) throws(EventSQLError) {
        let bytes = encoders.reduce(0) { $0 + $1.sizeBytes } + accumulators.joined().reduce(0) { $0 + $1.sizeBytes }
        if bytes > accountedBytes + 1 << 16 {
            try context.reserve(bytes: bytes - accountedBytes, for: "GROUP BY")
            accountedBytes = bytes
        }
    }

    func release(_ context: QueryContext) {
        context.release(bytes: accountedBytes)
        accountedBytes = 0
    }
}
