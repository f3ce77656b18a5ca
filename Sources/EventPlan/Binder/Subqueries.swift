import EventBase
import EventColumns
import EventSyntax

/// Queries inside expressions, as joins where they depend on the row outside or stand among AND-ed conditions.
package struct Subqueries {
    /// The rows, with a column behind them for each query that has become a join.
    private(set) var plan: LogicalPlan
    private var known: [(query: Subquery, answer: BoundExpression)] = []

    init(_ plan: LogicalPlan) { self.plan = plan }

    /// A filter; IN (query) and EXISTS among its AND-ed parts become semi and anti joins.
    static func filter(_ plan: LogicalPlan, _ condition: BoundExpression) throws(EventSQLError) -> LogicalPlan {
        var lifted = Subqueries(plan)
        var rest: [BoundExpression] = []
        for conjunct in condition.conjuncts {
            var (inner, isNegated) = (conjunct, false)
            if case .not(let negated) = conjunct { (inner, isNegated) = (negated, true) }
            guard case .subquery(let query) = inner else {
                rest.append(try lifted.lift(conjunct))
                continue
            }
            switch query.kind {
            case .membership(let operands, let negated):
                try lifted.join(query, operands: operands, isAnti: negated != isNegated)
            case .exists(let negated) where query.plan.readsOuter:
                try lifted.join(query, operands: [], isAnti: negated != isNegated)
            default: rest.append(try lifted.lift(conjunct))
            }
        }
        return BoundExpression.all(rest).map { .filter(lifted.plan, $0) } ?? lifted.plan
    }

    /// The expression over `plan`, its queries that depend on the row outside replaced by columns.
    mutating func lift(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
        guard case .subquery(let query) = expression, query.plan.readsOuter else {
            var changed: [BoundExpression] = []
            for child in expression.children { changed.append(try lift(child)) }
            var next = changed.makeIterator()
            return expression.mapped { _ in next.next()! }
        }
        if let answer = known.first(where: { $0.query == query })?.answer { return answer }
        let answer: BoundExpression
        switch query.kind {
        case .scalar: answer = try scalar(query)
        case .exists(let negated): answer = try exists(query, negated: negated)
        case .quantified(let operand, let comparison, let isAll):
            answer = Quantified.answer(try lift(operand), comparison, isAll: isAll, try extremes(query))
        case .membership(let operands, let negated):
            guard operands.count == 1 else {
                throw EventSQLError(
                    .binding,
                    "IN of several values with a query that depends on the row outside must stand alone or among AND-ed"
                        + " conditions", hint: "write EXISTS (... WHERE inner.key = outer.key)",
                    position: query.position)
            }
            let found = try correlatedMembership(query, try lift(operands[0]))
            answer = negated ? .not(found) : found
        }
        known.append((query, answer))
        return answer
    }

    /// A semi or anti join for a query among AND-ed conditions; `operands` are what IN compares, none for EXISTS.
    private mutating func join(
        _ query: Subquery, operands written: [BoundExpression], isAnti: Bool
    ) throws(EventSQLError) {
        var pairs: [(left: BoundExpression, right: BoundExpression)] = []
        for (index, operand) in written.enumerated() {
            pairs.append((try lift(operand), .column(index, operand.type, Place())))
        }
        guard query.plan.readsOuter else {
            plan = .join(
                JoinNode(
                    kind: isAnti ? .anti : .semi, left: plan, right: query.plan, keys: pairs, condition: nil,
                    nullsPoison: isAnti))
            return
        }
        var inner = query
        if pairs.isEmpty { inner.plan = Self.withoutList(query.plan) }
        let correlation = try Correlation(inner)
        guard correlation.emptyValues == nil else { throw Correlation.refusal(query) }
        let width = plan.columns.count
        var keys = correlation.keys.map { ($0.outer.outerAsColumns, $0.inner) }
        var conditions = correlation.conditions.map { $0.mapColumns { $0 + width }.outerAsColumns }
        if isAnti, !pairs.isEmpty {
            // NOT IN fails where any comparison is true or unknown.
            conditions.append(JoinNode.mayBeEqual(pairs, leftWidth: width))
        } else {
            keys += pairs
        }
        plan = .join(
            JoinNode(
                kind: isAnti ? .anti : .semi, left: plan, right: correlation.plan, keys: keys,
                condition: BoundExpression.all(conditions)))
    }

    /// EXISTS looks at no values and no order.
    private static func withoutList(_ plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .project(let node): withoutList(node.input)
        case .sort(let node): withoutList(node.input)
        case .distinct(let input, on: _): withoutList(input)
        case .limit(let node) where node.offset == 0 && node.count ?? 1 > 0: withoutList(node.input)
        default: plan
        }
    }

    private mutating func exists(_ query: Subquery, negated: Bool) throws(EventSQLError) -> BoundExpression {
        var inner = query
        inner.plan = Self.withoutList(query.plan)
        let correlation = try Correlation(inner)
        guard correlation.conditions.isEmpty, correlation.emptyValues == nil else { throw Correlation.refusal(query) }
        let keys = correlation.keys.map(\.inner)
        let found = LogicalPlan.distinct(
            .project(ProjectNode(input: correlation.plan, expressions: keys, names: keys.map { _ in "outer_key" })),
            on: [])
        let columns = keys.indices.map { BoundExpression.column($0, keys[$0].type, Place()) }
        let marker = attach(
            found, columns, [.constant(.bool(true), .bool)], outer: correlation.keys.map(\.outer))
        return .isNull(marker[0], negated: !negated)
    }

    private mutating func scalar(_ query: Subquery) throws(EventSQLError) -> BoundExpression {
        let correlation = try Correlation(query)
        guard correlation.conditions.isEmpty else { throw Correlation.refusal(query) }
        let (outer, keys) = (correlation.keys.map(\.outer), correlation.keys.map(\.inner))
        let value = BoundExpression.column(0, query.type, Place(query.position))
        if let empty = correlation.emptyValues {
            let columns = attach(correlation.plan, keys, [value, .constant(.bool(true), .bool)], outer: outer)
            let isEmpty = BoundExpression.isNull(columns[1], negated: false)
            return .caseWhen([BoundBranch(when: isEmpty, then: empty[0])], otherwise: columns[0], query.type)
        }
        // At most one row for each row outside; more are an error once such a row comes by.
        let calls = [
            AggregateCall(function: "any_value", arguments: [value], type: query.type),
            AggregateCall(function: "count_rows", arguments: [], type: .int64),
        ]
        let groups = LogicalPlan.aggregate(
            AggregateNode(
                input: correlation.plan, keys: keys, aggregates: calls,
                names: keys.map { _ in "outer_key" } + ["value", "rows"]))
        let types = groups.columns.map(\.type)
        let columns = types.indices.map { BoundExpression.column($0, types[$0], Place()) }
        let own = attach(groups, Array(columns.prefix(keys.count)), Array(columns.suffix(2)), outer: outer)
        return .call(
            BoundCall("only_row", [own[0], own[1]], type: query.type, place: Place(query.position)))
    }

    /// The columns of `Quantified.extremes` for each row outside.
    private mutating func extremes(_ query: Subquery) throws(EventSQLError) -> [BoundExpression] {
        let correlation = try Correlation(query)
        guard correlation.conditions.isEmpty else { throw Correlation.refusal(query) }
        let values = query.plan.columns.enumerated().map { BoundExpression.column($0, $1.type, Place()) }
        var columns = attach(
            correlation.plan, correlation.keys.map(\.inner), values, outer: correlation.keys.map(\.outer))
        columns[2] = .coalesce([columns[2], .constant(.int64(0), .int64)], .int64)
        return columns
    }

    /// Joins a relation with one row for each combination of keys; gives its values as columns of the rows.
    mutating func attach(
        _ relation: LogicalPlan, _ keys: [BoundExpression], _ values: [BoundExpression], outer: [BoundExpression]
    ) -> [BoundExpression] {
        let expressions = keys + values
        let right = LogicalPlan.project(
            ProjectNode(input: relation, expressions: expressions, names: expressions.map { _ in "subquery" }))
        let width = plan.columns.count
        let pairs = keys.indices.map {
            (left: outer[$0].outerAsColumns, right: BoundExpression.column($0, keys[$0].type, Place()))
        }
        plan = .join(JoinNode(kind: .left, left: plan, right: right, keys: pairs, condition: nil))
        return values.indices.map { .column(width + keys.count + $0, values[$0].type, Place()) }
    }
}
