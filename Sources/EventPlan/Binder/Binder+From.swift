import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// The relation that FROM means, and the names it brings.
    func bindFrom(_ reference: TableReference, _ context: BindContext) throws(EventSQLError) -> (LogicalPlan, Scope) {
        switch reference {
        case .table(let name, let alias, let position): return try table(name, alias, position, context)
        case .query(let query, let alias, let position):
            var inner = context
            inner.scope = Scope()
            let plan = try bindQuery(query, inner)
            return (plan, try scope(plan.columns, alias, name: nil, at: position))
        case .lateral(let query, let alias, let position):
            // Nothing stands before it.
            return try bindFrom(.query(query, alias: alias, position), context)
        case .function(let call, let withOrdinality, let alias, let position):
            let function = TableFunction(
                call: call, withOrdinality: withOrdinality, alias: alias, position: position)
            return try standing(try tableFunction(function, beside: Scope(), context))
        case .join(let left, .cross, let right, .none, let position) where right.beginsJoinWithFunction:
            return try bindFrom(right.joined(behind: left, position), context)
        case .join(let left, let kind, let right, let condition, let position):
            let (a, scopeA) = try bindFrom(left, context)
            if case .function(let call, let withOrdinality, let alias, let place) = right {
                let function = TableFunction(call: call, withOrdinality: withOrdinality, alias: alias, position: place)
                let lists = try tableFunction(function, beside: scopeA, context)
                if lists.readsRow { return try lateral(a, scopeA, kind, lists, condition, position, context) }
                let (b, scopeB) = try standing(lists)
                return try join(a, scopeA, kind, b, scopeB, condition, position, context)
            }
            if case .lateral(let query, let alias, let place) = right {
                let table = LateralTable(query: query, alias: alias, position: place)
                return try lateral(a, scopeA, kind, table, condition, position, context)
            }
            let (b, scopeB) = try bindFrom(right, context)
            return try join(a, scopeA, kind, b, scopeB, condition, position, context)
        }
    }

    private func table(
        _ name: [String], _ alias: TableAlias?, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> (LogicalPlan, Scope) {
        let joined = name.joined(separator: ".")
        if name.count == 1, let common = context.commonTables[joined.lowercased()] {
            if case .working = common.plan {
                return (common.plan, try scope(common.columns, alias, name: joined, at: position))
            }
            let node = SharedNode(name: joined, id: common.id, plan: common.plan, columns: common.columns)
            return (.shared(node), try scope(common.columns, alias, name: joined, at: position))
        }
        if let node = try informationSchema(name) {
            return (.values(node), try scope(node.columns, alias, name: name[1], at: position))
        }
        if let (plan, columns) = try view(joined, position, context) {
            return (plan, try scope(columns, alias, name: joined, at: position))
        }
        guard let schema = try catalog.schema(ofTable: joined) else {
            let names = catalog.tableNames + catalog.viewNames + context.commonTables.keys
            let near = EditDistance.nearest(to: joined, in: names)
            throw EventSQLError(
                .binding, "there is no table \(joined)", hint: near.map { "did you mean \($0)?" }, position: position)
        }
        let layout = ScanLayout(schema)
        let scan = ScanNode(table: schema.name, layout: layout, outputs: Array(layout.columns.indices))
        var scope = Scope(schema: schema, layout: layout, qualifier: alias?.name ?? schema.name)
        for (index, name) in (alias?.columns ?? []).enumerated() where index < scope.columns.count {
            scope.columns[index].name = name
        }
        return (.scan(scan), scope)
    }

    /// A view's plan; what is wrong inside it is told at the place that names it.
    private func view(
        _ name: String, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> (LogicalPlan, [OutputColumn])? {
        do throws(EventSQLError) { return try boundView(name, context) } catch {
            throw EventSQLError(
                error.kind, "in the view \(name): \(error.message)", hint: error.hint, position: position)
        }
    }

    func scope(
        _ columns: [OutputColumn], _ alias: TableAlias?, name: String?, at position: SourcePosition
    ) throws(EventSQLError) -> Scope {
        var scope = Scope(outputs: columns, qualifier: alias?.name ?? name)
        let names = alias?.columns ?? []
        guard names.count <= columns.count else {
            throw EventSQLError(
                .binding, "\(names.count) column names for \(columns.count) columns", position: position)
        }
        for (index, name) in names.enumerated() { scope.columns[index].name = name }
        return scope
    }

    func join(
        _ left: LogicalPlan, _ leftScope: Scope, _ kind: JoinKind, _ right: LogicalPlan, _ rightScope: Scope,
        _ condition: JoinCondition, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> (LogicalPlan, Scope) {
        let width = leftScope.columns.count
        var scope = Scope(
            columns: leftScope.columns
                + rightScope.columns.map { column in
                    var shifted = column
                    shifted.typeNameIndex = column.typeNameIndex.map { $0 + width }
                    return shifted
                })
        scope.outer = context.scope.outer
        var node = JoinNode(kind: kind, left: left, right: right, keys: [], condition: nil)
        var merged: [Int] = []
        switch condition {
        case .none: break
        case .on(let expression):
            var inner = context.inside("ON")
            inner.scope = scope
            let bound = try self.condition(expression, inner)
            let correlated = bound.conjuncts.filter(\.holdsCorrelatedQuery)
            let rest = bound.conjuncts.filter { !$0.holdsCorrelatedQuery }
            if let condition = BoundExpression.all(rest) { split(condition, width: width, into: &node) }
            if !correlated.isEmpty {
                return (try joined(node, where: correlated, width: width, position), scope)
            }
        case .using(let names): merged = try merge(names, leftScope, rightScope, &node, &scope, position)
        case .natural:
            let names = leftScope.columns.filter { column in
                !column.isHidden && rightScope.columns.contains { !$0.isHidden && $0.name == column.name }
            }.map(\.name)
            merged = try merge(names, leftScope, rightScope, &node, &scope, position)
        }
        if kind == .semi || kind == .anti { scope.columns.removeLast(rightScope.columns.count) }
        if kind == .right || kind == .full, !merged.isEmpty { return Self.coalesced(node, merged, &scope, width) }
        return (.join(node), scope)
    }

    /// Queries in ON that depend on the joined row: of an inner join they are a filter behind it, of an outer one a filter of
    /// the side whose columns alone they read and which is not kept whole.
    private func joined(
        _ written: JoinNode, where conditions: [BoundExpression], width: Int, _ position: SourcePosition
    ) throws(EventSQLError) -> LogicalPlan {
        var node = written
        let all = BoundExpression.all(conditions) ?? .constant(.bool(true), .bool)
        switch node.kind {
        case .inner, .cross:
            node.kind = .inner
            return try Self.filtered(.join(node), all)
        case .left, .semi, .anti:
            node.right = try Self.filtered(node.right, try all.readingOnly(width..., shiftedBy: -width, position))
        case .right: node.left = try Self.filtered(node.left, try all.readingOnly(0..<width, shiftedBy: 0, position))
        case .full: _ = try all.readingOnly(0..<0, shiftedBy: 0, position)
        }
        return .join(node)
    }

    /// A filter that leaves the columns as they are.
    static func filtered(_ plan: LogicalPlan, _ condition: BoundExpression) throws(EventSQLError) -> LogicalPlan {
        let columns = plan.columns
        let result = try Subqueries.filter(plan, condition)
        if result.columns.count == columns.count { return result }
        return .project(
            ProjectNode(
                input: result, expressions: columns.indices.map { .column($0, columns[$0].type, Place()) },
                names: columns.map(\.name)))
    }

    /// Equalities between the sides become keys, the rest stays a condition.
    private func split(_ condition: BoundExpression, width: Int, into node: inout JoinNode) {
        var rest: [BoundExpression] = []
        for conjunct in condition.conjuncts {
            guard case .compare(.equal, let a, let b) = conjunct, !a.usedColumns.isEmpty, !b.usedColumns.isEmpty else {
                rest.append(conjunct)
                continue
            }
            let isLeft = (a.usedColumns.allSatisfy { $0 < width }, b.usedColumns.allSatisfy { $0 < width })
            let isRight = (a.usedColumns.allSatisfy { $0 >= width }, b.usedColumns.allSatisfy { $0 >= width })
            if isLeft.0, isRight.1 {
                node.keys.append((a, b.mapColumns { $0 - width }))
            } else if isLeft.1, isRight.0 {
                node.keys.append((b, a.mapColumns { $0 - width }))
            } else {
                rest.append(conjunct)
            }
        }
        node.condition = BoundExpression.all(rest)
    }

    /// RIGHT and FULL with USING: where the left side has no row, a merged column is the right one's. The left one stays
    /// for those who name its table.
    private static func coalesced(
        _ node: JoinNode, _ merged: [Int], _ scope: inout Scope, _ leftWidth: Int
    ) -> (LogicalPlan, Scope) {
        let columns = node.columns
        var expressions = columns.enumerated().map { BoundExpression.column($0, $1.type, Place()) }
        var names = columns.map(\.name)
        for (index, pair) in zip(merged, node.keys) {
            var left = scope.columns[index]
            left.isHidden = true
            scope.columns.append(left)
            expressions.append(expressions[index])
            names.append(names[index])
            expressions[index] = .coalesce([pair.left, pair.right.mapColumns { $0 + leftWidth }], pair.left.type)
            scope.columns[index] = Scope.Column(qualifier: nil, name: left.name, type: pair.left.type)
        }
        return (.project(ProjectNode(input: .join(node), expressions: expressions, names: names)), scope)
    }

    /// USING: equal columns, of which `*` shows the left one.
    /// - Returns: the left ones.
    private func merge(
        _ names: [String], _ left: Scope, _ right: Scope, _ node: inout JoinNode, _ scope: inout Scope,
        _ position: SourcePosition
    ) throws(EventSQLError) -> [Int] {
        var merged: [Int] = []
        for name in names {
            guard let a = try left.find([name], at: position) else { throw left.unknown([name], at: position) }
            guard let b = try right.find([name], at: position) else { throw right.unknown([name], at: position) }
            let pair = try unified(
                .column(a, left.columns[a].type, Place(position)), .column(b, right.columns[b].type, Place(position)),
                at: position)
            node.keys.append((pair.0, pair.1))
            scope.columns[left.columns.count + b].isHidden = true
            merged.append(a)
        }
        return merged
    }
}

extension BoundExpression {
    /// Whether a query inside depends on the row.
    fileprivate var holdsCorrelatedQuery: Bool {
        contains { if case .subquery(let query) = $0 { query.plan.readsOuter } else { false } }
    }

    /// The expression over the columns of one side of a join; an error where it reads others.
    fileprivate func readingOnly(
        _ columns: some RangeExpression<Int>, shiftedBy distance: Int, _ position: SourcePosition
    ) throws(EventSQLError) -> BoundExpression {
        func checked(_ index: Int) throws(EventSQLError) -> Int {
            if columns.contains(index) { return index + distance }
            throw EventSQLError(
                .binding,
                "a subquery in ON that depends on a side that an outer join keeps whole is not supported",
                hint: "compute it in a query in FROM, or in WHERE", position: position)
        }
        func moved(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            switch expression {
            case .column(let index, let type, let place): return .column(try checked(index), type, place)
            case .subquery(var query):
                query.plan = try query.plan.mapOuter { index, type, place throws(EventSQLError) in
                    .outer(try checked(index), type, place)
                }
                return try BoundExpression.subquery(query).mapChildren(moved)
            default: return try expression.mapChildren(moved)
            }
        }
        return try moved(self)
    }
}
