import EventBase
import EventSyntax

/// Moves conditions towards the rows they speak of: into scans, below projections, to the sides of joins.
enum FilterPushdownRule {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .filter(let input, let condition) = plan else { return plan.mapInputs(apply) }
        return push(condition.conjuncts, into: input)
    }

    private static func push(_ conditions: [BoundExpression], into plan: LogicalPlan) -> LogicalPlan {
        let movable = conditions.filter { !$0.containsSubquery && !$0.isVolatile }
        let fixed = conditions.filter { condition in !movable.contains(condition) }
        var result: LogicalPlan
        switch plan {
        case .filter(let input, let inner): result = push(inner.conjuncts + movable, into: input)
        case .scan(var node):
            node.predicates += movable.map { condition in condition.mapColumns { node.outputs[$0] } }
            result = .scan(node)
        case .project(var node):
            // A value that is another one each time is computed once, above the rows it may drop.
            let below = movable.filter { !$0.usedColumns.contains { node.expressions[$0].isVolatile } }
            node.input = push(below.map { substitute($0, node.expressions) }, into: node.input)
            result = wrap(.project(node), movable.filter { condition in !below.contains(condition) })
        case .join(let node): result = push(movable, into: node)
        case .unnest(var node):
            // What speaks of the row alone holds for none or all of its elements.
            let width = node.input.columns.count
            let below = movable.filter { $0.usedColumns.allSatisfy { $0 < width } }
            node.input = below.isEmpty ? apply(node.input) : push(below, into: node.input)
            result = wrap(.unnest(node), movable.filter { condition in !below.contains(condition) })
        default: result = wrap(plan.mapInputs(apply), movable)
        }
        result = wrap(result, fixed)
        return result
    }

    private static func wrap(_ plan: LogicalPlan, _ conditions: [BoundExpression]) -> LogicalPlan {
        BoundExpression.all(conditions).map { .filter(plan, $0) } ?? plan
    }

    private static func substitute(_ condition: BoundExpression, _ expressions: [BoundExpression]) -> BoundExpression {
        if case .column(let index, _, _) = condition { return expressions[index] }
        do throws(EventSQLError) {
            return try condition.mapChildren { child throws(EventSQLError) in substitute(child, expressions) }
        } catch { preconditionFailure("BUG: substitution cannot fail") }
    }

    /// A side whose rows may come out padded with NULLs must not be filtered before.
    private static func push(_ conditions: [BoundExpression], into node: JoinNode) -> LogicalPlan {
        var node = node
        let width = node.left.columns.count
        let leftIsOpen = [.inner, .left, .cross, .semi, .anti].contains(node.kind)
        let rightIsOpen = [JoinKind.inner, .right, .cross].contains(node.kind)
        var (left, right, rest): ([BoundExpression], [BoundExpression], [BoundExpression]) = ([], [], [])
        for condition in conditions {
            let used = condition.usedColumns
            if leftIsOpen, used.allSatisfy({ $0 < width }) {
                left.append(condition)
            } else if rightIsOpen, used.allSatisfy({ $0 >= width }) {
                right.append(condition.mapColumns { $0 - width })
            } else {
                rest.append(condition)
            }
        }
        node.left = left.isEmpty ? apply(node.left) : push(left, into: node.left)
        node.right = right.isEmpty ? apply(node.right) : push(right, into: node.right)
        return wrap(.join(node), rest)
    }
}
