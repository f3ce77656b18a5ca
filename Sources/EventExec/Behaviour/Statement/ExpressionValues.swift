import EventBase
import EventColumns
import EventPlan
import Synchronization

/// A bound expression as a value of each row of a row group: what a breakdown, a HOLD or a sum reads.
final class ExpressionValues: RowValues {
    /// One worker's evaluator.
    private final class Idle: @unchecked Sendable {
        let evaluator: ExpressionEvaluator
        init(_ evaluator: ExpressionEvaluator) { self.evaluator = evaluator }
    }

    private let expression: BoundExpression
    private let columns: [Int]
    private let reader: ScanReader
    private let environment: EvaluationEnvironment
    private let idle = Mutex<[Idle]>([])

    init(_ expression: BoundExpression, layout: ScanLayout, snapshot: any EventSnapshot) throws(EventSQLError) {
        columns = expression.usedColumns
        let columns = columns
        self.expression = expression.mapColumns { columns.firstIndex(of: $0) ?? 0 }
        reader = ScanReader(layout: layout, snapshot: snapshot)
        environment = try EvaluationEnvironment([expression], snapshot: snapshot)
    }

    func values(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> Vector {
        let selection = RowGroupFilter.selection(rows, of: group, granule: granule)
        var vectors: [Vector] = []
        for column in columns {
            vectors.append(try reader.read(column, granule: granule, of: group, rows: selection))
        }
        if case .column(0, _, _) = expression { return vectors[0] }
        let worker =
            idle.withLock { $0.popLast() } ?? Idle(ExpressionEvaluator(expression, environment: environment))
        let result = try worker.evaluator.evaluate(vectors, count: rows.count)
        idle.withLock { $0.append(worker) }
        return result
    }
}

/// Turns bound conditions and expressions of one table into what a gather calls.
struct RowReaders {
    let layout: ScanLayout
    let snapshot: any EventSnapshot

    func condition(_ selector: SelectorPlan) throws(EventSQLError) -> GatherRequest.Condition {
        GatherRequest.Condition(names: selector.names, predicate: try predicate(selector.predicate))
    }

    func predicate(_ expression: BoundExpression?) throws(EventSQLError) -> (any RowPredicate)? {
        guard let expression else { return nil }
        return try RowGroupFilter(expression, layout: layout, snapshot: snapshot)
    }

    func values(_ expression: BoundExpression) throws(EventSQLError) -> any RowValues {
        try ExpressionValues(expression, layout: layout, snapshot: snapshot)
    }

    /// The people whose rows a statement follows, or the values of its BY.
    func source(
        _ request: GatherRequest, by key: BoundExpression?, _ context: QueryContext
    ) throws(EventSQLError) -> PersonSource {
        guard let key else { return try PersonSource(snapshot, request, by: nil, context: context) }
        var request = request
        request.includesAddresses = true
        return try PersonSource(snapshot, request, by: try values(key), context: context)
    }
}
