import EventBase
import EventColumns
import EventPlan

/// An aggregate whose frames are whole partitions: what GROUP BY computes, put beside every row. Rows need no order.
struct WindowTotals {
    private let call: WindowCall
    private let batch: Batch
    private let environment: EvaluationEnvironment
    private let context: QueryContext

    /// nil where frames are smaller, or the order of their rows may matter.
    init?(_ call: WindowCall, _ batch: Batch, _ environment: EvaluationEnvironment, _ context: QueryContext) {
        guard call.isAggregate, WindowFrames.areWholePartitions(call),
            call.orderBy.isEmpty || AccumulatorFactory.make(call.aggregate, context) is any SummableAccumulator
        else { return nil }
        self.call = call
        self.batch = batch
        self.environment = environment
        self.context = context
    }

    func result() throws(EventSQLError) -> Vector {
        let keys = try evaluate(call.partitionBy)
        var partitions = KeyEncoder(types: keys.map(\.type), hashesCollide: context.tuning.hashesCollide)
        let numbers = try partitions.encode(keys, count: batch.rowCount, context)
        let arguments = try evaluate(call.arguments)
        let filter = try call.filter.map { condition throws(EventSQLError) in
            LogicKernels.trueRows(try evaluate([condition])[0])
        }
        let accumulator = AccumulatorFactory.make(call.aggregate, context)
        try context.pieces(of: 0..<(filter?.count ?? batch.rowCount)) { piece throws(EventSQLError) in
            let input: AccumulatorInput
            if let filter {
                let rows = Array(filter[piece])
                input = AccumulatorInput(
                    groups: rows.map { numbers[$0] }, arguments: arguments.map { $0.gather(rows) }, orderBy: [],
                    count: rows.count)
            } else {
                input = AccumulatorInput(
                    groups: keys.isEmpty ? nil : Array(numbers[piece]), arguments: arguments.map { $0.slice(piece) },
                    orderBy: [], count: piece.count)
            }
            try accumulator.update(input, groupCount: partitions.count)
        }
        let totals = try accumulator.finish(groupCount: partitions.count)
        return try totals.gather(try mapValues(numbers, context) { Int($0) }, check: context.check)
    }

    private func evaluate(_ expressions: [BoundExpression]) throws(EventSQLError) -> [Vector] {
        var columns: [Vector] = []
        for expression in expressions {
            columns.append(
                try ExpressionEvaluator(expression, environment: environment)
                    .evaluate(batch.columns, count: batch.rowCount))
        }
        return columns
    }
}

extension WindowCall {
    /// Whether it is an aggregate over frames, not a function that only windows have.
    var isAggregate: Bool {
        switch function {
        case "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist", "lag", "lead", "sessionize",
            "first_value", "last_value", "nth_value":
            false
        default: true
        }
    }

    /// The same aggregate as GROUP BY has it.
    var aggregate: AggregateCall {
        AggregateCall(function: function, arguments: arguments, isDistinct: isDistinct, type: type, place: place)
    }
}
