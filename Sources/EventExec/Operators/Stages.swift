import EventBase
import EventColumns
import EventPlan

/// WHERE, HAVING: keeps the rows for which a condition is true.
final class FilterStage: BatchStage {
    private let evaluator: ExpressionEvaluator

    init(_ condition: BoundExpression, _ environment: EvaluationEnvironment) {
        evaluator = ExpressionEvaluator(condition, environment: environment)
    }

    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        let rows = try evaluator.select(batch.columns, count: batch.rowCount)
        if rows.count == batch.rowCount { return try push(batch) }
        return rows.isEmpty ? true : try push(batch.gather(rows))
    }
}

/// SELECT list: one column per expression.
final class ProjectStage: BatchStage {
    private let evaluators: [ExpressionEvaluator]

    init(_ expressions: [BoundExpression], _ environment: EvaluationEnvironment) {
        evaluators = expressions.map { ExpressionEvaluator($0, environment: environment) }
    }

    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        var columns: [Vector] = []
        for evaluator in evaluators { columns.append(try evaluator.evaluate(batch.columns, count: batch.rowCount)) }
        return try push(Batch(columns: columns, rowCount: batch.rowCount))
    }
}

/// Cuts batches into smaller ones.
final class SplitStage: BatchStage {
    private let rowCountMax: Int

    init(rowCountMax: Int) { self.rowCountMax = rowCountMax }

    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        for piece in batch.split(rowCountMax: rowCountMax) where try !push(piece) { return false }
        return true
    }
}

extension Batch {
    func gather(_ rows: [Int]) -> Batch { Batch(columns: columns.map { $0.gather(rows) }, rowCount: rows.count) }

    /// All rows of several batches.
    static func concatenate(
        _ batches: [Batch], types: [ScalarType], _ context: QueryContext
    ) throws(EventSQLError) -> Batch {
        let count = batches.reduce(0) { $0 + $1.rowCount }
        var columns: [Vector] = []
        for (index, type) in types.enumerated() {
            columns.append(
                try VectorAssembly.concatenate(batches.map { $0.columns[index] }, type: type, check: context.check))
        }
        return Batch(columns: columns, rowCount: count)
    }

    /// About the memory that the rows take, with their share of the texts that only they and their like hold.
    var sizeBytes: Int {
        columns.reduce(0) { sum, column in
            switch column.values {
            case .interval: return sum + rowCount * 16
            case .string(_, let pool):
                let own = pool.ownSizeBytes
                return sum + rowCount * 5 + (own == 0 ? 0 : own * min(rowCount, pool.count) / max(1, pool.count))
            default: return sum + rowCount * 9
            }
        }
    }

    /// The rows at `places`, in that order, in batches of the usual size.
    func gatherSplit(_ places: [Int], _ context: QueryContext) throws(EventSQLError) -> [Batch] {
        var result: [Batch] = []
        for start in stride(from: 0, to: places.count, by: Limits.granuleRowCount) {
            try context.check()
            result.append(gather(Array(places[start..<min(places.count, start + Limits.granuleRowCount)])))
        }
        return result
    }

    /// As `split`, for as many rows as an operator has.
    func split(_ context: QueryContext) throws(EventSQLError) -> [Batch] {
        var result: [Batch] = []
        try context.pieces(of: 0..<rowCount) { piece in
            result += Batch(columns: columns.map { $0.slice(piece) }, rowCount: piece.count).split()
        }
        return result
    }

    /// The rows cut into batches of the usual size.
    func split(rowCountMax: Int = Limits.granuleRowCount) -> [Batch] {
        if rowCount <= rowCountMax { return rowCount == 0 ? [] : [self] }
        return stride(from: 0, to: rowCount, by: rowCountMax).map { start in
            let rows = start..<min(rowCount, start + rowCountMax)
            return Batch(columns: columns.map { $0.slice(rows) }, rowCount: rows.count)
        }
    }
}
