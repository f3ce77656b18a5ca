/// Applies the rewrite rules, one file each, in the order in which they feed each other.
package enum Rewriter {
    package static func rewrite(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = TopRowsRule.apply(FilterPushdownRule.apply(plan))
        return DayKeyRule.apply(ColumnPruningRule.apply(plan))
    }
}

extension LogicalPlan {
    /// The same node over changed inputs.
    func mapInputs(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
        switch self {
        case .scan, .values, .behaviour, .shared, .working: return self
        case .filter(let input, let condition): return .filter(change(input), condition)
        case .distinct(let input, let on): return .distinct(change(input), on: on)
        case .project(var node):
            node.input = change(node.input)
            return .project(node)
        case .aggregate(var node):
            node.input = change(node.input)
            return .aggregate(node)
        case .window(var node):
            node.input = change(node.input)
            return .window(node)
        case .unnest(var node):
            node.input = change(node.input)
            return .unnest(node)
        case .sort(var node):
            node.input = change(node.input)
            return .sort(node)
        case .limit(var node):
            node.input = change(node.input)
            return .limit(node)
        case .setOperation(var node):
            node.left = change(node.left)
            node.right = change(node.right)
            return .setOperation(node)
        case .recursive(var node):
            node.first = change(node.first)
            node.step = change(node.step)
            return .recursive(node)
        case .join(var node):
            node.left = change(node.left)
            node.right = change(node.right)
            return .join(node)
        }
    }
}
