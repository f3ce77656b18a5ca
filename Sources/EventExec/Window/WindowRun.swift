import EventBase
import EventColumns
import EventPlan

/// One window function over all rows.
struct WindowRun {
    let call: WindowCall
    let arguments: [Vector]
    /// FILTER: the rows that count.
    let filter: [Bool]?
    /// Rows in order of partition, then of ORDER BY.
    let rows: [Int]
    /// Place in `rows` where each partition begins, and the end.
    let starts: [Int]
    let frames: WindowFrames
    let count: Int
    let context: QueryContext
    /// IGNORE NULLS: the places whose first argument is not NULL.
    let present: PresentPlaces?

    private init(
        _ call: WindowCall, _ batch: Batch, _ environment: EvaluationEnvironment, _ context: QueryContext
    ) throws(EventSQLError) {
        self.context = context
        func evaluate(_ expression: BoundExpression) throws(EventSQLError) -> Vector {
            try ExpressionEvaluator(expression, environment: environment).evaluate(batch.columns, count: batch.rowCount)
        }
        var (arguments, partitions, orders): ([Vector], [Vector], [Vector]) = ([], [], [])
        for argument in call.arguments { arguments.append(try evaluate(argument)) }
        for key in call.partitionBy { partitions.append(Ranks.identities(try evaluate(key))) }
        for key in call.orderBy { orders.append(try evaluate(key.expression)) }
        var filter: [Bool]?
        if let condition = call.filter {
            var mask = [Bool](repeating: false, count: batch.rowCount)
            for row in LogicKernels.trueRows(try evaluate(condition)) { mask[row] = true }
            filter = mask
        }
        let directions = call.orderBy.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) }
        let whole = try RowOrder(
            partitions + orders, directions: partitions.map { _ in SortDirection() } + directions,
            count: batch.rowCount,
            context)
        let rows = try whole.sorted()
        self.call = call
        self.arguments = arguments
        self.filter = filter
        self.rows = rows
        starts = try Self.starts(rows, whole.byColumns(0..<partitions.count), context)
        let order = whole.byColumns(partitions.count..<(partitions.count + orders.count))
        frames = WindowFrames(call, orders, order, rows)
        count = batch.rowCount
        present = call.ignoresNulls ? PresentPlaces(rows, arguments[0]) : nil
    }

    /// The places at which partitions begin, and the end.
    private static func starts(
        _ rows: [Int], _ byPartition: RowOrder, _ context: QueryContext
    ) throws(EventSQLError) -> [Int] {
        var starts = [0]
        for place in rows.indices.dropFirst() {
            try context.check(at: place)
            if !byPartition.isTie(rows[place - 1], rows[place]) { starts.append(place) }
        }
        starts.append(rows.count)
        return starts
    }

    /// The answers of a window function, beside the rows.
    static func result(
        _ call: WindowCall, _ batch: Batch, _ environment: EvaluationEnvironment, _ context: QueryContext
    ) throws(EventSQLError) -> Vector {
        if let totals = WindowTotals(call, batch, environment, context) { return try totals.result() }
        return try WindowRun(call, batch, environment, context).result()
    }

    private func result() throws(EventSQLError) -> Vector {
        switch call.function {
        case "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist": return try ranking()
        case "lag", "lead": return try shifted()
        case "sessionize": return try sessions()
        case "first_value", "last_value", "nth_value": return try framed()
        default: return try aggregate()
        }
    }

    /// The places of each partition.
    func eachPartition(_ body: (Range<Int>) throws(EventSQLError) -> Void) throws(EventSQLError) {
        for index in 0..<(starts.count - 1) { try body(starts[index]..<starts[index + 1]) }
    }

    /// Looks often whether the statement should stop, since a frame may take long.
    @inline(__always)
    func checkFrame(at place: Int) throws(EventSQLError) {
        if place & 255 == 0 { try context.check() }
    }
}
