import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Queries inside expressions: run before the rows, or joined to them where IN has more values than should be held.
extension PlanRunner {
    /// The expressions with the values of each `IN (query)`; nil where one of them has so many that they went to disk.
    func holdingMembers(_ expressions: [BoundExpression]) throws(EventSQLError) -> [BoundExpression]? {
        var ready: [BoundExpression] = []
        for expression in expressions {
            if !expression.containsSubquery {
                ready.append(expression)
                continue
            }
            guard let children = try holdingMembers(expression.children) else { return nil }
            guard let (query, _, negated) = expression.singleMembership else {
                var next = children.makeIterator()
                ready.append(try expression.mapChildren { _ throws(EventSQLError) in next.next()! })
                continue
            }
            let dealer = DealtRows.Dealer(
                types: query.plan.columns.map(\.type), keys: nil, environment: environment, context: context)
            let rows = try dealer.deal(try source(Rewriter.rewrite(query.rowsPlan)), for: "a subquery")
            guard case .held(let batches) = rows else { return nil }
            ready.append(.inList(children[0], Self.constants(batches).map { $0[0] }, negated: negated))
        }
        return ready
    }

    /// The columns that another plan has, of a plan with more behind them.
    static func cut(_ plan: LogicalPlan, to other: LogicalPlan) -> LogicalPlan {
        let columns = other.columns
        return .project(
            ProjectNode(
                input: plan, expressions: columns.indices.map { .column($0, columns[$0].type, Place()) },
                names: columns.map(\.name)))
    }

    /// Queries inside the expression are run now and leave their answers.
    func resolved(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
        guard case .subquery(let query) = expression else {
            return try expression.mapChildren { child throws(EventSQLError) in try resolved(child) }
        }
        let batches = try run(Rewriter.rewrite(query.rowsPlan))
        let count = batches.reduce(0) { $0 + $1.rowCount }
        switch query.kind {
        case .exists(let negated): return .constant(.bool((count > 0) != negated), .bool)
        case .scalar:
            if count > 1 {
                throw EventSQLError(
                    .invalidInput, "a query used as a value gave \(count) rows", hint: "add LIMIT 1 or an aggregate",
                    position: query.position)
            }
            return .constant(batches.first?.columns[0].value(at: 0) ?? .null, query.type)
        case .quantified(let operand, let comparison, let isAll):
            return Quantified.answer(try resolved(operand), comparison, isAll: isAll, Self.constants(batches)[0])
        case .membership(let operands, let negated) where operands.count > 1:
            return try rowMembership(try resolved(operands), Self.constants(batches), negated: negated)
        case .membership(let operands, let negated):
            let members = batches.flatMap { batch in
                (0..<batch.rowCount).map {
                    BoundExpression.constant(batch.columns[0].value(at: $0), batch.columns[0].type)
                }
            }
            return .inList(try resolved(operands[0]), members, negated: negated)
        }
    }

    /// About what one comparison with a constant takes.
    private static let comparisonSizeBytes = 400

    /// `(a, b) IN (rows)` where it cannot be a join.
    private func rowMembership(
        _ operands: [BoundExpression], _ rows: [[BoundExpression]], negated: Bool
    ) throws(EventSQLError) -> BoundExpression {
        try context.reserve(bytes: rows.count * operands.count * Self.comparisonSizeBytes, for: "IN of several values")
        let equal = rows.map { row in
            BoundExpression.and(zip(operands, row).map { .compare(.equal, $0, $1) })
        }
        let found = equal.isEmpty ? BoundExpression.constant(.bool(false), .bool) : .or(equal)
        return negated ? .not(found) : found
    }

    /// Every row as constants.
    private static func constants(_ batches: [Batch]) -> [[BoundExpression]] {
        batches.flatMap { batch in
            (0..<batch.rowCount).map { row in
                batch.columns.map { .constant($0.value(at: row), $0.type) }
            }
        }
    }
}
