import EventBase
import EventColumns
import EventSyntax

/// IN of a query as a value: joined to the query's distinct values, and to counts of its rows, which tell whether a NULL
/// leaves open what no equal value decides.
extension Subqueries {
    mutating func correlatedMembership(
        _ query: Subquery, _ operand: BoundExpression
    ) throws(EventSQLError) -> BoundExpression {
        let correlation = try Correlation(query)
        guard correlation.conditions.isEmpty, correlation.emptyValues == nil else { throw Correlation.refusal(query) }
        return membership(of: operand, in: correlation.plan, correlation.keys)
    }

    /// - Parameters:
    ///   - plan: its first column has the values.
    ///   - keys: what ties its rows to the row outside; empty for a query that stands for itself.
    private mutating func membership(
        of operand: BoundExpression, in plan: LogicalPlan, _ tie: [(outer: BoundExpression, inner: BoundExpression)]
    ) -> BoundExpression {
        let (outer, keys) = (tie.map(\.outer), tie.map(\.inner))
        let value = BoundExpression.column(0, operand.type, Place())
        let members = keys + [value]
        let distinct = LogicalPlan.distinct(
            .project(ProjectNode(input: plan, expressions: members, names: members.map { _ in "key" })), on: [])
        let columns = members.indices.map { BoundExpression.column($0, members[$0].type, Place()) }
        let marker = attach(distinct, columns, [.constant(.bool(true), .bool)], outer: outer + [operand])
        let calls = [
            AggregateCall(function: "count_rows", arguments: [], type: .int64),
            AggregateCall(function: "count", arguments: [value], type: .int64),
        ]
        let groups = LogicalPlan.aggregate(
            AggregateNode(
                input: plan, keys: keys, aggregates: calls,
                names: keys.map { _ in "outer_key" } + ["rows", "values"]))
        let own = groups.columns.enumerated().map { BoundExpression.column($0, $1.type, Place()) }
        let counts = attach(groups, Array(own.prefix(keys.count)), Array(own.suffix(2)), outer: outer)
        let rowCount = BoundExpression.coalesce([counts[0], .constant(.int64(0), .int64)], .int64)
        let isEmpty = BoundExpression.compare(.equal, rowCount, .constant(.int64(0), .int64))
        let isOpen = BoundExpression.or([.isNull(operand, negated: false), .compare(.less, counts[1], counts[0])])
        return .caseWhen(
            [
                BoundBranch(when: .isNull(marker[0], negated: true), then: .constant(.bool(true), .bool)),
                BoundBranch(when: isEmpty, then: .constant(.bool(false), .bool)),
                BoundBranch(when: isOpen, then: .constant(.null, .bool)),
            ], otherwise: .constant(.bool(false), .bool), .bool)
    }

    /// Expressions over a plan whose `IN (query)` have become joins, for queries of more values than should be held.
    ///
    /// - Returns: the plan with more columns behind its own, and the expressions over it.
    package static func joiningMembers(
        _ plan: LogicalPlan, _ expressions: [BoundExpression]
    ) -> (LogicalPlan, [BoundExpression]) {
        var joined = Subqueries(plan)
        let changed = expressions.map { joined.joiningMembers($0) }
        return (joined.plan, changed)
    }

    private mutating func joiningMembers(_ expression: BoundExpression) -> BoundExpression {
        if let (query, operand, negated) = expression.singleMembership {
            let found = membership(of: joiningMembers(operand), in: Rewriter.rewrite(query.plan), [])
            return negated ? .not(found) : found
        }
        var changed: [BoundExpression] = []
        for child in expression.children { changed.append(joiningMembers(child)) }
        var next = changed.makeIterator()
        return expression.mapped { _ in next.next()! }
    }
}

extension BoundExpression {
    /// `x [NOT] IN (query)` of one value and a query that does not depend on the row; nil for anything else.
    package var singleMembership: (query: Subquery, operand: BoundExpression, negated: Bool)? {
        guard case .subquery(let query) = self, case .membership(let operands, let negated) = query.kind,
            operands.count == 1, !query.plan.readsOuter
        else { return nil }
        return (query, operands[0], negated)
    }
}
