import EventBase
import EventColumns

/// `x op ANY | ALL (query)` from the least and the greatest of the query's values: `x < ANY` is `x < greatest`, `x < ALL` is
/// `x < least`, `x = ALL` compares with both. A NULL among the values leaves open what they alone do not decide.
package enum Quantified {
    /// One row: the least value, the greatest, how many rows, how many values that are not NULL.
    static func extremes(_ plan: LogicalPlan) -> LogicalPlan {
        let type = plan.columns[0].type
        let value = BoundExpression.column(0, type, Place())
        let calls = [
            AggregateCall(function: "min", arguments: [value], type: type),
            AggregateCall(function: "max", arguments: [value], type: type),
            AggregateCall(function: "count_rows", arguments: [], type: .int64),
            AggregateCall(function: "count", arguments: [value], type: .int64),
        ]
        return .aggregate(
            AggregateNode(input: plan, keys: [], aggregates: calls, names: ["least", "greatest", "rows", "values"]))
    }

    /// - Parameter columns: those of `extremes`, or what they are.
    package static func answer(
        _ operand: BoundExpression, _ comparison: Comparison, isAll: Bool, _ columns: [BoundExpression]
    ) -> BoundExpression {
        let (least, greatest, rows, values) = (columns[0], columns[1], columns[2], columns[3])
        let decisive: [BoundExpression] =
            switch comparison {
            case .equal, .notEqual: [least, greatest]
            case .less, .lessOrEqual: [isAll ? least : greatest]
            case .greater, .greaterOrEqual: [isAll ? greatest : least]
            }
        let unknown = BoundExpression.caseWhen(
            [BoundBranch(when: .compare(.less, values, rows), then: .constant(.null, .bool))],
            otherwise: .constant(.bool(isAll), .bool), .bool)
        let parts = decisive.map { BoundExpression.compare(comparison, operand, $0) } + [unknown]
        let isEmpty = BoundExpression.compare(.equal, rows, .constant(.int64(0), .int64))
        return .caseWhen(
            [BoundBranch(when: isEmpty, then: .constant(.bool(isAll), .bool))],
            otherwise: isAll ? .and(parts) : .or(parts), .bool)
    }
}
