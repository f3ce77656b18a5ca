import EventBase
import EventColumns
import EventSyntax

/// A select list item that has been bound: what comes out, and under which name.
struct BoundItem {
    var expression: BoundExpression
    var name: String
}

extension Binder {
    func bindSelect(_ select: Select, orderBy: [OrderItem], _ outer: BindContext) throws(EventSQLError) -> LogicalPlan {
        var context = outer
        context.repetition = nil
        var plan: LogicalPlan
        var scope: Scope
        if let from = select.from {
            var inner = outer
            inner.scope = Scope()
            inner.scope.outer = [outer.scope] + outer.scope.outer
            (plan, scope) = try bindFrom(from, inner)
        } else {
            (plan, scope) = (.values(ValuesNode(columns: [], rows: [[]])), Scope())
        }
        scope.outer = [outer.scope] + outer.scope.outer
        context.scope = scope
        for window in select.windows { context.windows[window.name] = window.definition }
        if let filter = select.filter {
            plan = try Subqueries.filter(plan, try condition(filter, context.inside("WHERE")))
        }
        var full = context.inside("the select list")
        full.allowsAggregates = true
        full.allowsWindows = true
        full.allowsUnnest = true
        let items = try bindItems(select.items, full)
        full.aliases = Dictionary(items.map { ($0.name.lowercased(), $0.expression) }) { first, _ in first }
        var body = SelectBody(plan: plan, items: items)
        body.groupBy = try grouping(select, items, full)
        body.having = try select.having.map { e throws(EventSQLError) in
            try condition(e, full.clause("HAVING", windows: false))
        }
        body.qualify = try select.qualify.map { e throws(EventSQLError) in
            try condition(e, full.clause("QUALIFY", windows: true))
        }
        body.orderBy = try orderKeys(orderBy, items, full.clause("ORDER BY", windows: true))
        if case .on(let expressions) = select.distinct {
            for expression in expressions {
                if let index = try outputIndex(expression, count: items.count, clause: "DISTINCT ON") {
                    body.distinctOn.append(items[index].expression)
                } else {
                    body.distinctOn.append(try bind(expression, full))
                }
            }
        }
        body.isDistinct = select.distinct == .rows
        try checkDistinctOn(body, at: select.position)
        if body.qualify != nil, !body.hasWindow {
            throw EventSQLError(
                .binding, "QUALIFY needs a window function, in itself or in the select list",
                hint: body.groupBy == nil ? "use WHERE" : "use HAVING", position: select.qualify?.position)
        }
        try body.liftArguments()
        body.unnestKeys()
        try body.aggregate()
        try body.liftSubqueries()
        try body.addWindows()
        body.unnestItems()
        return try body.finish(at: select.position)
    }

    /// DISTINCT ON keeps the first row of each key, so the order must begin with the keys.
    private func checkDistinctOn(_ body: SelectBody, at position: SourcePosition) throws(EventSQLError) {
        if body.distinctOn.isEmpty { return }
        let first = body.orderBy.prefix(body.distinctOn.count).map(\.expression)
        if first.allSatisfy({ body.distinctOn.contains($0) }) { return }
        throw EventSQLError(
            .binding, "ORDER BY must begin with the expressions of DISTINCT ON",
            hint: "put them first, then what tells which row is kept", position: position)
    }

    private func bindItems(_ written: [SelectItem], _ context: BindContext) throws(EventSQLError) -> [BoundItem] {
        var items: [BoundItem] = []
        for item in written {
            if let columns = try starItems(item.expression, context) {
                items += columns
                continue
            }
            if let columns = try repeatedItems(item, context) {
                items += columns
                continue
            }
            let name: String
            if let alias = item.alias {
                name = alias
            } else if case .name(let parts, _) = item.expression {
                name = Self.displayName(parts, context.scope)
            } else if case .function(let call, _) = item.expression, item.text.isEmpty {
                name = call.name
            } else {
                name = item.text
            }
            items.append(BoundItem(expression: try bind(item.expression, context), name: name))
        }
        return items
    }

    /// A table's alias is not part of the name that comes out.
    private static func displayName(_ parts: [String], _ scope: Scope) -> String {
        let path = parts.joined(separator: ".")
        if parts.count < 2 || scope.columns.contains(where: { $0.name == path }) { return path }
        let rest = parts.dropFirst().joined(separator: ".")
        return scope.columns.contains { $0.name == rest } ? rest : path
    }

    /// The grouping as keys of each set; nil without GROUP BY.
    private func grouping(
        _ select: Select, _ items: [BoundItem], _ context: BindContext
    ) throws(EventSQLError) -> GroupingKeys? {
        if select.groupBy.isEmpty { return nil }
        var keys = GroupingKeys()
        var inner = context.inside("GROUP BY")
        inner.aliases = context.aliases
        inner.allowsUnnest = true
        func bound(_ ast: Expression) throws(EventSQLError) -> BoundExpression {
            let index = try outputIndex(ast, count: items.count, clause: "GROUP BY")
            let key = if let index { items[index].expression } else { try bind(ast, inner) }
            // A key may be the alias of such an item.
            if key.containsAggregate || key.containsWindow {
                throw EventSQLError(
                    .binding, "GROUP BY cannot group by an aggregate or a window function",
                    hint: "compute it in a subquery", position: ast.position)
            }
            return key
        }
        for group in select.groupBy {
            switch group {
            case .expression(let ast): keys.multiply(by: [[try bound(ast)]])
            case .all:
                let plain = items.map(\.expression).filter {
                    !$0.containsAggregate && !$0.containsWindow && $0.constantValue == nil
                }
                for expression in plain { keys.multiply(by: [[expression]]) }
            case .sets(let sets):
                var all: [[BoundExpression]] = []
                for set in sets {
                    var one: [BoundExpression] = []
                    for ast in set { one.append(try bound(ast)) }
                    all.append(one)
                }
                keys.multiply(by: all)
            }
        }
        return keys
    }

    private func orderKeys(
        _ items: [OrderItem], _ outputs: [BoundItem], _ context: BindContext
    ) throws(EventSQLError) -> [SortKey] {
        var keys: [SortKey] = []
        for item in items {
            var expressions: [BoundExpression]
            if case .star(qualifier: nil, _) = item.expression {
                expressions = outputs.map(\.expression)
            } else if let index = try outputIndex(item.expression, count: outputs.count, clause: "ORDER BY") {
                expressions = [outputs[index].expression]
            } else if case .name(let parts, _) = item.expression, parts.count == 1,
                let output = outputs.first(where: { $0.name.lowercased() == parts[0].lowercased() })
            {
                expressions = [output.expression]
            } else {
                expressions = [try bind(item.expression, context)]
            }
            keys += expressions.map { SortKey($0, item) }
        }
        return keys
    }
}

extension SortKey {
    /// The place of NULL settled: last when ascending, first when descending.
    init(_ expression: BoundExpression, _ item: OrderItem) {
        self.init(
            expression: expression, descending: item.descending, nullsFirst: item.nullsFirst ?? item.descending)
    }
}

/// GROUP BY as a list of key expressions and, with GROUPING SETS, which keys each set has.
struct GroupingKeys {
    var keys: [BoundExpression] = []
    var sets: [[Int]] = [[]]
    var hasSets = false

    /// Every set so far with every one of the new ones.
    mutating func multiply(by alternatives: [[BoundExpression]]) {
        if alternatives.count != 1 { hasSets = true }
        let indexes = alternatives.map { $0.map { index(of: $0) } }
        sets = sets.flatMap { set in
            indexes.map { added in
                var merged = set
                for index in added where !merged.contains(index) { merged.append(index) }
                return merged
            }
        }
    }

    private mutating func index(of key: BoundExpression) -> Int {
        if let index = keys.firstIndex(of: key) { return index }
        keys.append(key)
        return keys.count - 1
    }
}
