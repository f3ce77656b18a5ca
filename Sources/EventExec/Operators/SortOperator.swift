import EventBase
import EventColumns
import EventPlan

/// ORDER BY. With a limit, rows that cannot come out are dropped as they come, so little is held.
struct SortOperator {
    let node: SortNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(_ source: any BatchSource) throws(EventSQLError) -> any BatchSource {
        let types = node.input.columns.map(\.type)
        if node.limit == 0 { return StoredSource(batches: []) }
        let spillSize = context.spillSizeBytes(workerCount: min(context.threadCount, source.morselCount))
        let states = try SourceRunner.run(
            source, context: context, makeState: { SortState(node, environment, context) }
        ) {
            state, batch, morsel throws(EventSQLError) in
            try state.add(batch, morsel: morsel)
            try state.account(spillSize)
        }
        guard let first = states.first else { return StoredSource(batches: []) }
        if states.contains(where: { $0.run != nil }) {
            var runs: [SortedRun] = []
            for state in states { runs += try state.runs() }
            for state in states { state.release() }
            return MergeSource(node: node, runs: runs, context: context)
        }
        for other in states.dropFirst() { first.take(other) }
        let result = try first.finish(types: types)
        for state in states { state.release() }
        return StoredSource(batches: result)
    }
}

/// Rows on their way into order, with the sort keys beside them.
final class SortState: @unchecked Sendable {
    private let node: SortNode
    private let context: QueryContext
    private let keys: [ExpressionEvaluator]
    private let types: [ScalarType]
    /// Columns, then sort keys, then the row's place of arrival.
    private var batches: [Batch] = []
    private var rowCount = 0
    private var arrivals: Int64 = 0
    private var accountedBytes = 0
    private var heldBytes = 0
    /// Rows that memory did not hold: a list for each time it was full, each in order.
    private(set) var run: SpillFile?
    private var runCount = 0

    init(_ node: SortNode, _ environment: EvaluationEnvironment, _ context: QueryContext) {
        self.node = node
        self.context = context
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
        heldBytes += batches[batches.count - 1].sizeBytes
        if let limit = node.limit, limit < 1 << 30, rowCount > max(2 * limit, limit + 4 * Limits.granuleRowCount) {
            try shrink(to: limit)
        }
    }

    func take(_ other: SortState) { batches += other.batches }

    private func ordered() throws(EventSQLError) -> (Batch, [Int]) {
        let all = try Batch.concatenate(batches, types: types, context)
        return (all, try node.order(all, context))
    }

    private func shrink(to limit: Int) throws(EventSQLError) {
        let (all, rows) = try ordered()
        batches = [all.gather(Array(rows.prefix(limit)))]
        rowCount = batches[0].rowCount
        heldBytes = batches[0].sizeBytes
    }

    /// Rows in order, in pieces small enough that one of each run is held while runs are merged.
    private func orderedPieces() throws(EventSQLError) -> [Batch] {
        let (all, rows) = try ordered()
        let wanted = node.limit.map { Array(rows.prefix($0)) } ?? rows
        var pieces: [Batch] = []
        for start in stride(from: 0, to: wanted.count, by: SortedRun.pieceRowCount) {
            try context.check(at: start)
            pieces.append(all.gather(Array(wanted[start..<min(wanted.count, start + SortedRun.pieceRowCount)])))
        }
        return pieces
    }

    private func spill() throws(EventSQLError) {
        let file: SpillFile
        if let run { file = run } else { file = try SpillFile(types: types, listCount: 0, context: context) }
        run = file
        file.addList()
        for piece in try orderedPieces() { try file.append(piece, to: runCount) }
        runCount += 1
        batches = []
        rowCount = 0
        heldBytes = 0
        FreeMemory.giveBack()
        release()
    }

    /// What has been put on disk, and what is still held.
    func runs() throws(EventSQLError) -> [SortedRun] {
        var runs: [SortedRun] = []
        if let run { for list in 0..<runCount { runs.append(SortedRun(file: run, list: list)) } }
        if !batches.isEmpty { runs.append(SortedRun(pieces: try orderedPieces())) }
        return runs
    }

    func finish(types: [ScalarType]) throws(EventSQLError) -> [Batch] {
        let (all, rows) = try ordered()
        let wanted = node.limit.map { Array(rows.prefix($0)) } ?? rows
        let output = Batch(columns: Array(all.columns.prefix(types.count)), rowCount: all.rowCount)
        return try output.gatherSplit(wanted, context)
    }

    /// Keeps the memory budget up to date; rows beyond `spillSize` go to disk.
    func account(_ spillSize: Int?) throws(EventSQLError) {
        if let spillSize, heldBytes > spillSize { return try spill() }
        if heldBytes > accountedBytes {
            try context.reserve(bytes: heldBytes - accountedBytes, for: "ORDER BY")
            accountedBytes = heldBytes
        }
    }

    func release() {
        context.release(bytes: accountedBytes)
        accountedBytes = 0
    }
}

extension SortNode {
    /// The rows of a batch of columns, sort keys and places of arrival, in order.
    func order(_ batch: Batch, _ context: QueryContext) throws(EventSQLError) -> [Int] {
        let directions = keys.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) }
        return try RowOrder(
            Array(batch.columns[input.columns.count...]), directions: directions + [SortDirection()],
            count: batch.rowCount, context
        ).sorted()
    }
}
