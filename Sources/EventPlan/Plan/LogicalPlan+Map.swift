package import EventBase

extension LogicalPlan {
    /// The same node with each of its own expressions changed; its inputs stay.
    package func mapExpressions(
        _ change: (BoundExpression) throws(EventSQLError) -> BoundExpression
    ) throws(EventSQLError) -> LogicalPlan {
        func all(_ parts: [BoundExpression]) throws(EventSQLError) -> [BoundExpression] {
            var result: [BoundExpression] = []
            for part in parts { result.append(try change(part)) }
            return result
        }
        switch self {
        case .behaviour, .limit, .setOperation, .shared, .recursive, .working: return self
        case .scan(var node):
            node.predicates = try all(node.predicates)
            return .scan(node)
        case .values(var node):
            for row in node.rows.indices { node.rows[row] = try all(node.rows[row]) }
            return .values(node)
        case .filter(let input, let condition): return .filter(input, try change(condition))
        case .distinct(let input, let on): return .distinct(input, on: try all(on))
        case .project(var node):
            node.expressions = try all(node.expressions)
            return .project(node)
        case .aggregate(var node):
            node.keys = try all(node.keys)
            for index in node.aggregates.indices {
                guard
                    case .aggregate(let call) = try BoundExpression.aggregate(node.aggregates[index])
                        .mapChildren(change)
                else { continue }
                node.aggregates[index] = call
            }
            return .aggregate(node)
        case .window(var node):
            for index in node.calls.indices {
                guard case .window(let call) = try BoundExpression.window(node.calls[index]).mapChildren(change) else {
                    continue
                }
                node.calls[index] = call
            }
            return .window(node)
        case .unnest(var node):
            node.lists = try all(node.lists)
            return .unnest(node)
        case .sort(var node):
            for index in node.keys.indices { node.keys[index].expression = try change(node.keys[index].expression) }
            return .sort(node)
        case .join(var node):
            for index in node.keys.indices {
                node.keys[index] = (try change(node.keys[index].left), try change(node.keys[index].right))
            }
            node.condition = try node.condition.map { c throws(EventSQLError) in try change(c) }
            return .join(node)
        }
    }

    /// `mapExpressions` for a change that cannot fail.
    func mapExpressions(_ change: (BoundExpression) -> BoundExpression) -> LogicalPlan {
        do throws(EventSQLError) {
            return try mapExpressions { expression throws(EventSQLError) in change(expression) }
        } catch { preconditionFailure("BUG: this change cannot fail") }
    }
}
