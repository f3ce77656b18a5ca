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
        let list = SplitList(plan, marksRows: kind == .left)
        guard list.late.isEmpty || kind != .left || extra == nil else { throw Self.refusal(table) }
        let width = list.plan.columns.count
        let result: LogicalPlan
        if list.plan.readsOuter {
            let query = Subquery(
                kind: .exists(negated: false), plan: list.plan, type: .bool, site: inside.site(table.position))
            let tied = try Correlation(query)
            result = try Self.beside(
                left, tied, width: width, keepsLeft: kind == .left, list.late.isEmpty ? extra : nil, table)
        } else {
            result = .join(
                JoinNode(kind: kind == .left ? .left : .cross, left: left, right: list.plan, keys: [], condition: nil))
        }
        if list.late.isEmpty { return (result, scope) }
        let whole = LogicalPlan.project(
            ProjectNode(
                input: result, expressions: Self.columns(left) + list.expressions(behind: left.columns.count),
                names: left.columns.map(\.name) + plan.columns.map(\.name)))
        return (
            try extra.map { condition throws(EventSQLError) in try Self.filtered(whole, condition) } ?? whole, scope
        )
    }

    private static func refusal(_ table: LateralTable) -> EventSQLError {
        EventSQLError(
            .binding, "this LATERAL query depends on the row outside in a way that is not supported",
            hint: Correlation.hint, position: table.position)
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
                throw refusal(table)
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

/// A query whose select list reads the row outside, as one that gives what the list is computed from, and the list.
private struct SplitList {
    private(set) var plan: LogicalPlan
    /// Over the columns of `plan`, `.outer` for the row outside; empty where the list is part of `plan`.
    private(set) var late: [BoundExpression] = []
    /// Whether the last column of `plan` tells rows from none.
    private let marksRows: Bool

    init(_ written: LogicalPlan, marksRows: Bool) {
        plan = written
        self.marksRows = marksRows
        if case .limit(let limit) = written, case .project(var node) = limit.input {
            // A projection keeps rows and order, so the limit may go below it.
            node.input = .limit(LimitNode(input: node.input, count: limit.count, offset: limit.offset))
            plan = .project(node)
        }
        guard case .project(let node) = plan, node.expressions.contains(where: \.readsOuter) else { return }
        let used = Array(Set(node.expressions.flatMap(\.usedColumns))).sorted()
        let columns = node.input.columns
        var kept = used.map { BoundExpression.column($0, columns[$0].type, Place()) }
        if marksRows { kept.append(.constant(.bool(true), .bool)) }
        late = node.expressions.map { $0.mapColumns { column in used.firstIndex(of: column) ?? 0 } }
        plan = .project(ProjectNode(input: node.input, expressions: kept, names: kept.map { _ in "lateral" }))
    }

    /// The list over the rows outside with `plan`'s columns behind theirs.
    func expressions(behind width: Int) -> [BoundExpression] {
        let marker = BoundExpression.column(width + plan.columns.count - 1, .bool, Place())
        return late.map { expression in
            let value = expression.mapColumns { $0 + width }.outerAsColumns
            if !marksRows { return value }
            let isThere = BoundBranch(when: .isNull(marker, negated: true), then: value)
            return .caseWhen([isThere], otherwise: .constant(.null, value.type), value.type)
        }
    }
}
