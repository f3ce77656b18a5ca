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

    /// What `unnest(list)` is bound to until its elements are a column.
    static let unnestFunction = "unnest"

    /// Puts `change` to every expression that is left to evaluate above the plan.
    mutating func mapExpressions(
        _ change: (BoundExpression) throws(EventSQLError) -> BoundExpression
    ) throws(EventSQLError) {
        for index in items.indices { items[index].expression = try change(items[index].expression) }
        if let having { self.having = try change(having) }
        if let qualify { self.qualify = try change(qualify) }
        for index in orderBy.indices { orderBy[index].expression = try change(orderBy[index].expression) }
        for index in distinctOn.indices { distinctOn[index] = try change(distinctOn[index]) }
    }

    var expressions: [BoundExpression] {
        items.map(\.expression) + [having, qualify].compactMap { $0 } + orderBy.map(\.expression) + distinctOn
    }

    var hasWindow: Bool { expressions.contains(where: \.containsWindow) }

    /// Queries that depend on the row outside, in keys and arguments of aggregates: joined before rows are grouped.
    mutating func liftArguments() throws(EventSQLError) {
        var lifted = Subqueries(plan)
        if var grouping = groupBy {
            for index in grouping.keys.indices {
                let key = grouping.keys[index]
                grouping.keys[index] = try lifted.lift(key)
                if grouping.keys[index] == key { continue }
                let other = grouping.keys[index]
                func replaced(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
                    expression == key ? other : try expression.mapChildren(replaced)
                }
                try mapExpressions(replaced)
            }
            groupBy = grouping
        }
        func arguments(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            if case .aggregate = expression { return try lifted.lift(expression) }
            return try expression.mapChildren(arguments)
        }
        try mapExpressions(arguments)
        plan = lifted.plan
    }

    /// Queries that depend on the row outside, in all that is computed after grouping.
    mutating func liftSubqueries() throws(EventSQLError) {
        var lifted = Subqueries(plan)
        try mapExpressions { expression throws(EventSQLError) in try lifted.lift(expression) }
        plan = lifted.plan
    }

    /// Takes aggregates out into a node of their own; afterwards expressions read its outputs.
    mutating func aggregate() throws(EventSQLError) {
        let all = expressions
        if groupBy == nil { for expression in all { try Self.refuseGrouping(expression) } }
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
            case .column(let index, _, let place): throw Self.ungrouped(names[index], place)
            case .call(let call) where call.function == Self.groupingFunction:
                return try Self.groupingBits(call, grouping)
            case .subquery(var query) where query.plan.readsOuter:
                query.plan = try query.plan.mapOuter { index, type, place throws(EventSQLError) in
                    guard let key = grouping.keys.firstIndex(of: .column(index, type, place)) else {
                        throw Self.ungrouped(names[index], place)
                    }
                    return .outer(key, type, place)
                }
                return try BoundExpression.subquery(query).mapChildren(lift)
            default: return try expression.mapChildren(lift)
            }
        }
        try mapExpressions(lift)
        let setColumn = BoundExpression.column(grouping.keys.count + calls.count, .int64, Place())
        func settle(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            if case .call(let call) = expression, call.function == Self.groupingSetFunction { return setColumn }
            return try expression.mapChildren(settle)
        }
        try mapExpressions(settle)
        let outputs = grouping.keys.map { Self.name(of: $0, names) } + calls.map(\.function)
        let node = AggregateNode(
            input: plan, keys: grouping.keys, aggregates: calls, groupingSets: grouping.hasSets ? grouping.sets : nil,
            names: outputs)
        plan = .aggregate(node)
        try Self.refuseUnnest(having, "HAVING")
        if let having { plan = try Subqueries.filter(plan, having) }
        having = nil
    }

    /// What `grouping(...)` is bound to, and the number of a row's grouping set until its column is known.
    static let groupingFunction = "grouping"
    private static let groupingSetFunction = "grouping_set"

    private static func ungrouped(_ name: String, _ place: Place) -> EventSQLError {
        EventSQLError(
            .binding, "column \(name) must stand in GROUP BY or inside an aggregate",
            hint: "add it to GROUP BY, or write any_value(\(name))", position: place.position)
    }

    private static func refuseGrouping(_ expression: BoundExpression) throws(EventSQLError) {
        if case .call(let call) = expression, call.function == groupingFunction {
            throw EventSQLError(.binding, "grouping(...) needs GROUP BY", position: call.place.position)
        }
        for child in expression.children { try refuseGrouping(child) }
    }

    /// The first argument is the highest bit; a bit is 1 where the set is without the key.
    private static func groupingBits(_ call: BoundCall, _ grouping: GroupingKeys) throws(EventSQLError)
        -> BoundExpression
    {
        var keys: [Int] = []
        for argument in call.arguments {
            guard let key = grouping.keys.firstIndex(of: argument) else {
                throw EventSQLError(
                    .binding, "the arguments of grouping(...) must be keys of GROUP BY", position: call.place.position)
            }
            keys.append(key)
        }
        func bits(_ set: [Int]) -> BoundExpression {
            .constant(.int64(keys.reduce(0) { $0 << 1 | (set.contains($1) ? 0 : 1) }), .int64)
        }
        guard grouping.hasSets else { return bits(Array(grouping.keys.indices)) }
        let own = BoundExpression.call(BoundCall(groupingSetFunction, [], type: .int64))
        let branches = grouping.sets.enumerated().map { index, set in
            BoundBranch(when: .compare(.equal, own, .constant(.int64(Int64(index)), .int64)), then: bits(set))
        }
        return .caseWhen(branches, otherwise: .constant(.null, .int64), .int64)
    }

    private static func name(of key: BoundExpression, _ names: [String]) -> String {
        if case .column(let index, _, _) = key { names[index] } else { "key" }
    }

    /// Takes window functions out into a node of their own.
    mutating func addWindows() throws(EventSQLError) {
        var calls: [WindowCall] = []
        let width = plan.columns.count
        func lift(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            guard case .window(let call) = expression else { return try expression.mapChildren(lift) }
            let index = calls.firstIndex(of: call) ?? calls.count
            if index == calls.count { calls.append(call) }
            return .column(width + index, call.type, Place())
        }
        try mapExpressions(lift)
        if !calls.isEmpty { plan = .window(WindowNode(input: plan, calls: calls)) }
        try Self.refuseUnnest(qualify, "QUALIFY")
        if let qualify { plan = try Subqueries.filter(plan, qualify) }
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
