import EventBase
import EventColumns

/// `unnest(list)` in a select list: the lists of a row side by side become rows.
extension SelectBody {
    /// Lists that are grouped by: taken apart before rows are grouped.
    mutating func unnestKeys() {
        guard var grouping = groupBy else { return }
        let calls = Self.calls(in: grouping.keys)
        if calls.isEmpty { return }
        let width = unnest(calls)
        grouping.keys = grouping.keys.map { Self.replaced($0, calls, width) }
        groupBy = grouping
        replace(calls, width)
    }

    /// All others: taken apart after grouping and windows, before DISTINCT, ORDER BY and LIMIT.
    mutating func unnestItems() {
        let calls = Self.calls(in: expressions)
        if !calls.isEmpty { replace(calls, unnest(calls)) }
    }

    /// The alias of a list's elements in a condition that is asked before there are any.
    static func refuseUnnest(_ condition: BoundExpression?, _ clause: String) throws(EventSQLError) {
        guard let condition, let call = calls(in: [condition]).first else { return }
        throw EventSQLError(
            .binding, "the elements of unnest(...) may not stand in \(clause)",
            hint: "filter them in a query around this one", position: call.place.position)
    }

    /// - Returns: where the elements begin.
    private mutating func unnest(_ calls: [BoundCall]) -> Int {
        let width = plan.columns.count
        plan = .unnest(
            UnnestNode(
                input: plan, lists: calls.map { $0.arguments[0] },
                elements: calls.map { OutputColumn($0.function, $0.type) }))
        return width
    }

    private mutating func replace(_ calls: [BoundCall], _ width: Int) {
        do throws(EventSQLError) {
            try mapExpressions { expression throws(EventSQLError) in Self.replaced(expression, calls, width) }
        } catch { preconditionFailure("BUG: this change cannot fail") }
    }

    private static func calls(in expressions: [BoundExpression]) -> [BoundCall] {
        var calls: [BoundCall] = []
        func collect(_ expression: BoundExpression) {
            if case .call(let call) = expression, call.function == unnestFunction {
                if !calls.contains(call) { calls.append(call) }
                return
            }
            expression.children.forEach(collect)
        }
        expressions.forEach(collect)
        return calls
    }

    private static func replaced(_ expression: BoundExpression, _ calls: [BoundCall], _ width: Int) -> BoundExpression {
        if case .call(let call) = expression, let index = calls.firstIndex(of: call) {
            return .column(width + index, call.type, call.place)
        }
        return expression.mapped { replaced($0, calls, width) }
    }
}
