import EventBase
import EventColumns
import EventSyntax

/// A SELECT on its way from bound clauses to a plan: grouped, then windowed, then projected, made distinct and sorted.
struct SelectBody {
    var plan: LogicalPlan
    var items: [BoundItem]
    var groupBy: GroupingKeys?
    var having: BoundExpression?
    var qualify: BoundExpression?
    var orderBy: [SortKey] = []
    var distinctOn: [BoundExpression] = []
    var isDistinct = false

    init(plan: LogicalPlan, items: [BoundItem]) {
        self.plan = plan
        self.items = items
    }

    /// Puts `change` to every expression that is left to evaluate above the plan.
    private mutating func mapExpressions(
        _ change: (BoundExpression) throws(EventSQLError) -> BoundExpression
    ) throws(EventSQLError) {
        for index in items.indices { items[index].expression = try change(items[index].expression) }
        if let having { self.having = try change(having) }
        if let qualify { self.qualify = try change(qualify) }
        for index in orderBy.indices { orderBy[index].expression = try change(orderBy[index].expression) }
        for index in distinctOn.indices { distinctOn[index] = try change(distinctOn[index]) }
    }

    /// Takes aggregates out into a node of their own; afterwards expressions read its outputs.
    mutating func aggregate() throws(EventSQLError) {
        let all =
            items.map(\.expression) + [having, qualify].compactMap { $0 } + orderBy.map(\.expression) + distinctOn
        guard groupBy != nil || having != nil || all.contains(where: \.containsAggregate) else { return }
        let grouping = groupBy ?? GroupingKeys()
        let names = plan.columns.map(\.name)
        var calls: [AggregateCall] = []
        func lift(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            if let key = grouping.keys.firstIndex(of: expression) { return .column(key, expression.type, Place()) }
            switch expression {
            case .aggregate(let call):
                let index = calls.firstIndex(of: call) ?? calls.count
                if index == calls.count { calls.append(call) }
                return .column(grouping.keys.count + index, call.type, Place())
            case .column(let index, _, let place):
                throw EventSQLError(
                    .binding, "column \(names[index]) must stand in GROUP BY or inside an aggregate",
                    hint: "add it to GROUP BY, or write any_value(\(names[index]))", position: place.position)
            default: return try expression.mapChildren(lift)
            }
        }
        try mapExpressions(lift)
        let outputs = grouping.keys.map { Self.name(of: $0, names) } + calls.map(\.function)
        let node = AggregateNode(
            input: plan, keys: grouping.keys, aggregates: calls, groupingSets: grouping.hasSets ? grouping.sets : nil,
            names: outputs)
        plan = .aggregate(node)
        if let having { plan = Subqueries.filter(plan, having) }
        having = nil
    }

    private static func name(of key: BoundExpression, _ names: [String]) -> String {
        if case .column(let index, _, _) = key { names[index] } else { "key" }
    }

    /// Takes window functions out into a node of their own.
    mutating func addWindows() {
        var calls: [WindowCall] = []
        let width = plan.columns.count
        func lift(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            guard case .window(let call) = expression else { return try expression.mapChildren(lift) }
            let index = calls.firstIndex(of: call) ?? calls.count
            if index == calls.count { calls.append(call) }
            return .column(width + index, call.type, Place())
        }
        do throws(EventSQLError) { try mapExpressions(lift) } catch {
            preconditionFailure("BUG: lifting windows cannot fail")
        }
        if !calls.isEmpty { plan = .window(WindowNode(input: plan, calls: calls)) }
        if let qualify { plan = Subqueries.filter(plan, qualify) }
    }

    /// Projection, DISTINCT and ORDER BY. Sort keys that do not come out are computed beside and dropped at the end.
    func finish(at position: SourcePosition) throws(EventSQLError) -> LogicalPlan {
        var expressions = items.map(\.expression)
        var names = items.map(\.name)
        func output(_ expression: BoundExpression) -> Int {
            if let index = expressions.firstIndex(of: expression) { return index }
            expressions.append(expression)
            names.append("sort_key")
            return expressions.count - 1
        }
        let keys = orderBy.map { key in
            let index = output(key.expression)
            return SortKey(
                expression: .column(index, key.expression.type, Place()), descending: key.descending,
                nullsFirst: key.nullsFirst)
        }
        let on = distinctOn.map { BoundExpression.column(output($0), $0.type, Place()) }
        if isDistinct, expressions.count > items.count {
            throw EventSQLError(
                .binding, "with SELECT DISTINCT, ORDER BY may use only what the select list holds", position: position)
        }
        var result = LogicalPlan.project(ProjectNode(input: plan, expressions: expressions, names: names))
        if isDistinct { result = .distinct(result, on: []) }
        if !keys.isEmpty { result = .sort(SortNode(input: result, keys: keys)) }
        if !on.isEmpty { result = .distinct(result, on: on) }
        if expressions.count > items.count {
            let kept = items.indices.map { BoundExpression.column($0, expressions[$0].type, Place()) }
            result = .project(ProjectNode(input: result, expressions: kept, names: items.map(\.name)))
        }
        return result
    }
}
