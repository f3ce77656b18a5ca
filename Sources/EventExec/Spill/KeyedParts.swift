import EventBase
import EventColumns
import EventPlan

/// What an operator does with all rows of some keys at once.
protocol KeyedWork: Sendable {
    /// Types of the columns that it puts between the rows' own and the number of arrival.
    var addedTypes: [ScalarType] { get }
    /// - Parameter rows: in order of arrival, whose number is the last column.
    /// - Returns: rows of the same form with `addedTypes` before the last column.
    func run(_ rows: Batch) throws(EventSQLError) -> Batch
}

/// Rows that memory does not hold, dealt out by keys; each part is worked on by itself, and parts that are too large are dealt
/// out again. Answers come in no order.
struct KeyedParts: PartWork {
    let files: [SpillFile]
    /// The rows' own columns, then the number of arrival.
    let types: [ScalarType]
    let keys: [BoundExpression]
    let work: any KeyedWork
    let purpose: String
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(part: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        _ = try run(files, part, level: 1, push)
    }

    /// - Returns: whether more is wanted.
    private func run(
        _ files: [SpillFile], _ part: Int, level: Int, _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) -> Bool {
        let bytes = DealtRows.sizeBytes(files, part: part)
        if bytes == 0 { return true }
        if DealtRows.isTooLarge(bytes, level: level, context), !keys.isEmpty {
            let dealer = DealtRows.Dealer(
                types: types, keys: keys, environment: environment, context: context, level: level)
            let again = try dealer.dealOut(PartRows(files: files, part: part), for: purpose)
            for inner in 0..<SpillParts.count {
                let isAll = DealtRows.sizeBytes(again, part: inner) == bytes
                if try !run(again, inner, level: isAll ? SpillParts.levelMax : level + 1, push) { return false }
            }
            return true
        }
        // The rows as they are read, put together, and put in order.
        let heldBytes = 3 * bytes
        try context.reserve(bytes: heldBytes, for: purpose)
        defer { context.release(bytes: heldBytes) }
        let all = try Batch.concatenate(try DealtRows.batches(files, part: part), types: types, context)
        let order = try RowOrder(
            [all.columns[types.count - 1]], directions: [SortDirection()], count: all.rowCount, context
        ).sorted()
        for batch in try work.run(all.gather(order)).split(context) where try !push(batch) { return false }
        return true
    }

    /// Rows by the number in their last column, which is left out.
    static func inOrderOfArrival(
        _ source: any BatchSource, types: [ScalarType], columns: [Int], _ environment: EvaluationEnvironment,
        _ context: QueryContext
    ) throws(EventSQLError) -> any BatchSource {
        let relation = ValuesNode(columns: types.map { OutputColumn("", $0) }, rows: [])
        let number = BoundExpression.column(types.count - 1, .int64, Place())
        let node = SortNode(
            input: .values(relation), keys: [SortKey(expression: number, descending: false, nullsFirst: false)])
        let sorted = try SortOperator(node: node, environment: environment, context: context).run(source)
        return StagedSource(input: sorted) { PickStage(columns) }
    }
}

/// DISTINCT ON: the first row of each combination of keys.
struct DistinctWork: KeyedWork {
    let keys: [BoundExpression]
    let environment: EvaluationEnvironment
    let context: QueryContext

    var addedTypes: [ScalarType] { [] }

    func run(_ rows: Batch) throws(EventSQLError) -> Batch {
        let evaluators = keys.map { ExpressionEvaluator($0, environment: environment) }
        let found = try SetOperators.distinct([rows], on: evaluators, context: context)
        return found.first ?? rows.gather([])
    }
}

/// Window functions that share their partitions.
struct WindowWork: KeyedWork {
    let calls: [WindowCall]
    let environment: EvaluationEnvironment
    let context: QueryContext

    var addedTypes: [ScalarType] { calls.map(\.type) }

    func run(_ rows: Batch) throws(EventSQLError) -> Batch {
        var columns = Array(rows.columns.dropLast())
        for call in calls { columns.append(try WindowRun.result(call, rows, environment, context)) }
        columns.append(rows.columns[rows.columns.count - 1])
        return Batch(columns: columns, rowCount: rows.rowCount)
    }
}
