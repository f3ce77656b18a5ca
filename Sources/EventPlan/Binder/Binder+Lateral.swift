import EventBase
import EventColumns
import EventSyntax

/// `LATERAL (query) alias` as written.
struct LateralTable {
    let query: Query
    let alias: TableAlias?
    let position: SourcePosition
}

/// A query in FROM that may read what stands before it: joined by what ties it to each row, as a query in an expression is.
extension Binder {
    func lateral(
        _ left: LogicalPlan, _ leftScope: Scope, _ kind: JoinKind, _ table: LateralTable, _ condition: JoinCondition,
        _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> (LogicalPlan, Scope) {
        var inside = context.inside("the LATERAL query")
        inside.scope = leftScope
        let plan = try bindQuery(table.query, inside)
        let own = try scope(plan.columns, table.alias, name: nil, at: table.position)
        guard plan.readsOuter else { return try join(left, leftScope, kind, plan, own, condition, position, context) }
        var scope = Scope(columns: leftScope.columns + own.columns)
        scope.outer = context.scope.outer
        var extra: BoundExpression?
        switch (kind, condition) {
        case (.cross, .none), (.inner, .on(.literal(.bool(true), _))), (.left, .on(.literal(.bool(true), _))): break
        case (.inner, .on(let written)), (.left, .on(let written)):
            var inner = context.inside("ON")
            inner.scope = scope
            extra = try self.condition(written, inner)
        default:
            throw EventSQLError(
                .binding, "LATERAL (...) goes with ',', CROSS JOIN, JOIN ... ON and LEFT JOIN ... ON",
                position: position)
        }
        let correlation = try Correlation(
            Subquery(kind: .exists(negated: false), plan: plan, type: .bool, site: inside.site(table.position)))
        let joined = try Self.beside(
            left, correlation, width: plan.columns.count, keepsLeft: kind == .left, extra, table)
        return (joined, scope)
    }

    /// Rows of the left side with the columns of those that are tied to them.
    private static func beside(
        _ left: LogicalPlan, _ correlation: Correlation, width: Int, keepsLeft: Bool, _ extra: BoundExpression?,
        _ table: LateralTable
    ) throws(EventSQLError) -> LogicalPlan {
        let leftWidth = left.columns.count
        let names = left.columns.map(\.name) + correlation.plan.columns.prefix(width).map(\.name)
        if let empty = correlation.emptyValues {
            // One row for each row outside, also where nothing is tied to it.
            guard correlation.conditions.isEmpty, !keepsLeft || extra == nil else {
                throw EventSQLError(
                    .binding, "this LATERAL query depends on the row outside in a way that is not supported",
                    hint: Correlation.hint, position: table.position)
            }
            var beside = Subqueries(left)
            let values = correlation.plan.columns.prefix(width).enumerated().map {
                BoundExpression.column($0, $1.type, Place())
            }
            let found = beside.attach(
                correlation.plan, correlation.keys.map(\.inner), values + [.constant(.bool(true), .bool)],
                outer: correlation.keys.map(\.outer))
            let isEmpty = BoundExpression.isNull(found[width], negated: false)
            let chosen = values.indices.map { index in
                BoundExpression.caseWhen(
                    [BoundBranch(when: isEmpty, then: empty[index])], otherwise: found[index], found[index].type)
            }
            let result = LogicalPlan.project(
                ProjectNode(input: beside.plan, expressions: columns(left) + chosen, names: names))
            return try extra.map { condition throws(EventSQLError) in try filtered(result, condition) } ?? result
        }
        var node = JoinNode(
            kind: keepsLeft ? .left : .inner, left: left, right: correlation.plan,
            keys: correlation.keys.map { ($0.outer.outerAsColumns, $0.inner) },
            condition: BoundExpression.all(
                correlation.conditions.map { $0.mapColumns { $0 + leftWidth }.outerAsColumns }))
        if keepsLeft, let extra { node.condition = BoundExpression.all([node.condition, extra].compactMap { $0 }) }
        let joined = LogicalPlan.join(node)
        let result = LogicalPlan.project(
            ProjectNode(input: joined, expressions: Array(columns(joined).prefix(leftWidth + width)), names: names))
        guard !keepsLeft, let extra else { return result }
        return try filtered(result, extra)
    }

    private static func columns(_ plan: LogicalPlan) -> [BoundExpression] {
        plan.columns.enumerated().map { .column($0, $1.type, Place()) }
    }
}
