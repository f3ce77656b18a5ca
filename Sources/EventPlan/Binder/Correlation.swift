import EventBase
import EventColumns
import EventSyntax

/// A query that reads columns of the row outside, taken apart: a relation that does not, and what ties its rows to that
/// row. Equalities in WHERE become the keys of a join.
struct Correlation {
    static let hint = "tie it by equalities in its WHERE (inner.key = outer.key), or write it as a join"

    /// The query's columns first, then those that keys and conditions read.
    var plan: LogicalPlan
    /// Pairs that must be equal: over the row outside, over `plan`.
    var keys: [(outer: BoundExpression, inner: BoundExpression)] = []
    /// All must be true; `.outer` is the row outside, `.column` is `plan`.
    var conditions: [BoundExpression] = []
    /// What the query gives for a row that nothing is tied to; nil: no row.
    var emptyValues: [BoundExpression]?

    init(_ query: Subquery) throws(EventSQLError) {
        self = try Self.pull(query.plan, query)
        if keys.isEmpty, conditions.isEmpty { throw Self.refusal(query) }
    }

    private init(plan: LogicalPlan) { self.plan = plan }

    static func refusal(_ query: Subquery) -> EventSQLError {
        EventSQLError(
            .binding, "this subquery depends on the row outside in a way that is not supported", hint: hint,
            position: query.position)
    }

    private static func pull(_ plan: LogicalPlan, _ query: Subquery) throws(EventSQLError) -> Correlation {
        guard plan.readsOuter else { return Correlation(plan: plan) }
        switch plan {
        case .filter(let input, let condition):
            var inner = try pull(input, query)
            guard inner.emptyValues == nil else { throw refusal(query) }
            inner.filter(condition)
            return inner
        case .project(let node):
            var inner = try pull(node.input, query)
            guard !node.expressions.contains(where: \.readsOuter) else { throw refusal(query) }
            inner.project(node)
            return inner
        case .aggregate(let node):
            var inner = try pull(node.input, query)
            let own = node.keys + node.aggregates.map { .aggregate($0) }
            guard inner.conditions.isEmpty, inner.emptyValues == nil, node.groupingSets == nil,
                !own.contains(where: \.readsOuter)
            else { throw refusal(query) }
            inner.aggregate(node)
            return inner
        case .distinct(let input, let on) where on.isEmpty:
            var inner = try pull(input, query)
            inner.plan = .distinct(inner.plan, on: [])
            return inner
        case .sort(let node) where node.limit == nil && !node.keys.contains { $0.expression.readsOuter }:
            // Without LIMIT no order is seen from outside.
            return try pull(node.input, query)
        case .limit(let node): return try pull(node, query)
        default: throw refusal(query)
        }
    }

    /// LIMIT counts the rows of each row outside: those with equal keys.
    private static func pull(_ node: LimitNode, _ query: Subquery) throws(EventSQLError) -> Correlation {
        if case .project(var project) = node.input {
            // A projection keeps rows and order, so the limit may go below it.
            project.input = .limit(LimitNode(input: project.input, count: node.count, offset: node.offset))
            return try pull(.project(project), query)
        }
        var (input, order): (LogicalPlan, [SortKey]) = (node.input, [])
        if case .sort(let sort) = input, sort.limit == nil { (input, order) = (sort.input, sort.keys) }
        var inner = try pull(input, query)
        guard inner.conditions.isEmpty, !order.contains(where: { $0.expression.readsOuter }) else {
            throw refusal(query)
        }
        if inner.emptyValues != nil {
            // There is one row for each row outside.
            guard node.offset == 0, node.count ?? 1 > 0 else { throw refusal(query) }
            return inner
        }
        inner.limit(node, order)
        return inner
    }

    /// Rows of equal keys are numbered in order, and those that the limit leaves are kept.
    private mutating func limit(_ node: LimitNode, _ order: [SortKey]) {
        let columns = plan.columns
        let frame = WindowCall.Frame(unit: .range, start: .unboundedPreceding, end: .currentRow)
        let call = WindowCall(
            function: "row_number", isAggregate: false, arguments: [], filter: nil, partitionBy: keys.map(\.inner),
            orderBy: order, frame: frame, type: .int64, place: Place())
        let number = BoundExpression.column(columns.count, .int64, Place())
        func bound(_ value: Int) -> BoundExpression { .constant(.int64(Int64(value)), .int64) }
        var wanted = [BoundExpression.compare(.greater, number, bound(node.offset))]
        if let count = node.count {
            let (last, isOver) = node.offset.addingReportingOverflow(count)
            wanted.append(.compare(.lessOrEqual, number, bound(isOver ? .max : last)))
        }
        let numbered = LogicalPlan.window(WindowNode(input: plan, calls: [call]))
        plan = .project(
            ProjectNode(
                input: .filter(numbered, .and(wanted)),
                expressions: columns.indices.map { .column($0, columns[$0].type, Place()) },
                names: columns.map(\.name)))
    }

    private mutating func filter(_ condition: BoundExpression) {
        var rest: [BoundExpression] = []
        for conjunct in condition.conjuncts {
            if !conjunct.readsOuter {
                rest.append(conjunct)
            } else if case .compare(.equal, let a, let b) = conjunct, a.readsOnlyOuter, !b.readsOuter {
                keys.append((a, b))
            } else if case .compare(.equal, let a, let b) = conjunct, b.readsOnlyOuter, !a.readsOuter {
                keys.append((b, a))
            } else {
                conditions.append(conjunct)
            }
        }
        if let condition = BoundExpression.all(rest) { plan = .filter(plan, condition) }
    }

    /// Keys and conditions read columns behind the projection's own.
    private mutating func project(_ written: ProjectNode) {
        var node = written
        node.input = plan
        func place(_ expression: BoundExpression) -> BoundExpression {
            let index = node.expressions.firstIndex(of: expression) ?? node.expressions.count
            if index == node.expressions.count {
                node.expressions.append(expression)
                node.names.append("outer_key")
            }
            return .column(index, expression.type, Place())
        }
        keys = keys.map { ($0.outer, place($0.inner)) }
        conditions = conditions.map { $0.mapLeaves { leaf in if case .column = leaf { place(leaf) } else { leaf } } }
        if let values = emptyValues {
            emptyValues = written.expressions.map { expression in
                expression.mapLeaves { leaf in if case .column(let index, _, _) = leaf { values[index] } else { leaf } }
            }
        }
        plan = .project(node)
    }

    /// The keys become group keys: one group for each row outside that is not alike.
    private mutating func aggregate(_ written: AggregateNode) {
        if written.keys.isEmpty {
            emptyValues = written.aggregates.map { call in
                call.function.hasPrefix("count") ? .constant(.int64(0), .int64) : .constant(.null, call.type)
            }
        }
        var node = written
        node.input = plan
        let first = node.keys.count
        node.keys += keys.map(\.inner)
        node.names.insert(contentsOf: keys.map { _ in "outer_key" }, at: first)
        let types = node.columns.map(\.type)
        let own = Array(0..<first) + (first..<first + written.aggregates.count).map { $0 + keys.count }
        let added = keys.indices.map { first + $0 }
        let columns = (own + added).map { BoundExpression.column($0, types[$0], Place()) }
        plan = .project(
            ProjectNode(
                input: .aggregate(node), expressions: columns, names: (own + added).map { node.names[$0] }))
        keys = keys.indices.map { (keys[$0].outer, .column(own.count + $0, types[first + $0], Place())) }
    }
}

extension BoundExpression {
    var readsOuter: Bool { contains { if case .outer = $0 { true } else { false } } }

    /// Reads the row outside and no other.
    var readsOnlyOuter: Bool {
        readsOuter
            && !contains {
                switch $0 {
                case .column, .subquery: true
                default: false
                }
            }
    }

    /// Columns of the row outside as columns of the relation that they are joined to.
    var outerAsColumns: BoundExpression {
        mapLeaves { leaf in
            if case .outer(let index, let type, let place) = leaf { .column(index, type, place) } else { leaf }
        }
    }

    /// The expression with its columns, of this row or the one outside, replaced.
    func mapLeaves(_ change: (BoundExpression) -> BoundExpression) -> BoundExpression {
        switch self {
        case .column, .outer: change(self)
        default: mapped { $0.mapLeaves(change) }
        }
    }
}

extension LogicalPlan {
    /// Whether rows of this plan depend on the row of a query outside.
    var readsOuter: Bool { expressions.contains(where: \.readsOuter) || inputs.contains(where: \.readsOuter) }

    /// The plan with columns of the row outside renumbered.
    func mapOuter(
        _ change: (Int, ScalarType, Place) throws(EventSQLError) -> BoundExpression
    ) throws(EventSQLError) -> LogicalPlan {
        func mapped(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
            if case .outer(let index, let type, let place) = expression { return try change(index, type, place) }
            return try expression.mapChildren(mapped)
        }
        var failure: EventSQLError?
        let inner = mapInputs { input in
            do throws(EventSQLError) { return try input.mapOuter(change) } catch {
                failure = error
                return input
            }
        }
        if let failure { throw failure }
        return try inner.mapExpressions(mapped)
    }
}
