import EventBase
import EventColumns
import EventSyntax

/// Queries inside conditions, as joins where they can be.
enum Subqueries {
    /// A filter; IN (query) and EXISTS among its AND-ed parts become semi and anti joins.
    static func filter(_ plan: LogicalPlan, _ condition: BoundExpression) -> LogicalPlan {
        var result = plan
        var rest: [BoundExpression] = []
        for conjunct in condition.conjuncts {
            var (inner, isNegated) = (conjunct, false)
            if case .not(let negated) = conjunct { (inner, isNegated) = (negated, true) }
            guard case .subquery(let query) = inner, case .membership(let operand, let negated) = query.kind else {
                rest.append(conjunct)
                continue
            }
            let isAnti = negated != isNegated
            let key = BoundExpression.column(0, query.plan.columns[0].type, Place())
            result = .join(
                JoinNode(
                    kind: isAnti ? .anti : .semi, left: result, right: query.plan, keys: [(operand, key)],
                    condition: nil,
                    nullsPoison: isAnti))
        }
        if let condition = BoundExpression.all(rest) { result = .filter(result, condition) }
        return result
    }
}
