import EventBase
import EventColumns
import EventPlan

/// ORDER BY. With a limit, rows that cannot come out are dropped as they come, so little is held.
struct SortOperator {
    let node: SortNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(_ source: any BatchSource) throws(EventSQLError) -> [Batch] {
        let types = node.input.columns.map(\.type)
        if node.limit == 0 { return [] }
        let states = try SourceRunner.run(source, context: context, makeState: { SortState(node, environment) }) {
            state, batch, morsel throws(EventSQLError) in
            try state.add(batch, morsel: morsel)
            try state.account(context)
        }
        guard let first = states.first else { return [] }
        for other in states.dropFirst() { first.take(other) }
        let result = try first.finish(types: types)
        for state in states { state.release(context) }
        return result
    }
}

/// Rows on their way into order, with the sort keys beside them.
final class SortState: @unchecked Sendable {
    private let node: SortNode
    private let keys: [ExpressionEvaluator]
    private let types: [ScalarType]
    /// Columns, then sort keys, then the row's place of arrival.
    private var batches: [Batch] = []
    private var rowCount = 0
    private var arrivals: Int64 = 0
    private var accountedBytes = 0

    init(_ node: SortNode, _ environment: EvaluationEnvironment) {
        self.node = node
        keys = node.keys.map { ExpressionEvaluator($0.expression, environment: environment) }
        types = node.input.columns.map(\.type) + node.keys.map(\.expression.type) + [.int64]
    }

    func add(_ batch: Batch, morsel: Int) throws(EventSQLError) {
        var columns = batch.columns
        for key in keys { columns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
        let start = Int64(morsel) << 32 | arrivals
        arrivals += Int64(batch.rowCount)
        columns.append(Vector(type: .int64, values: .int64((0..<Int64(batch.rowCount)).map { start + $0 })))
        batches.append(Batch(columns: columns, rowCount: batch.rowCount))
        rowCount += batch.rowCount
        if let limit = node.limit, limit < 1 << 30, rowCount > max(2 * limit, limit + 4 * Limits.granuleRowCount) {
            shrink(to: limit)
        }
    }

    func take(_ other: SortState) { batches += other.batches }

    private func ordered() -> (Batch, [Int]) {
        let all = Batch.concatenate(batches, types: types)
        let width = node.input.columns.count
        let directions = node.keys.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) }
        let order = RowOrder(
            Array(all.columns[width...]), directions: directions + [SortDirection()], count: all.rowCount)
        return (all, order.sorted())
    }

    private func shrink(to limit: Int) {
        let (all, rows) = ordered()
        batches = [all.gather(Array(rows.prefix(limit)))]
        rowCount = batches[0].rowCount
    }

    func finish(types: [ScalarType]) throws(EventSQLError) -> [Batch] {
        let (all, rows) = ordered()
        let wanted = node.limit.map { Array(rows.prefix($0)) } ?? rows
        let output = Batch(columns: Array(all.columns.prefix(types.count)), rowCount: all.rowCount)
        return output.gather(wanted).split()
    }

    func account(_ context: QueryContext) throws(EventSQLError) {
        let bytes = batches.reduce(0) { $0 + $1.sizeBytes }
        if bytes > accountedBytes {
            try context.reserve(bytes: bytes - accountedBytes, for: "ORDER BY")
            accountedBytes = bytes
        }
    }

    func release(_ context: QueryContext) {
        context.release(bytes: accountedBytes)
        accountedBytes = 0
    }
}
