/// WITH RECURSIVE: the rows of `first`, then those of `step` over the rows of the round before, until a round gives none.
package struct RecursiveNode: Sendable {
    package var name: String
    /// The number that `step` names the rows of the round before by.
    package var id: Int
    package var first: LogicalPlan
    /// Of the same types.
    package var step: LogicalPlan
    /// UNION: rows that have been there already are dropped.
    package var isDistinct: Bool

    /// The WITH queries that `step` reads and that are the same in every round.
    package var sharedByRounds: [SharedNode] {
        var found: [SharedNode] = []
        func collect(_ plan: LogicalPlan) {
            if case .shared(let node) = plan, !node.plan.readsWorking {
                found.append(node)
                return
            }
            for expression in plan.expressions { collect(expression) }
            plan.inputs.forEach(collect)
        }
        func collect(_ expression: BoundExpression) {
            if case .subquery(let query) = expression { collect(query.plan) }
            expression.children.forEach(collect)
        }
        collect(step)
        return found
    }
}

/// The rows of the round before, inside `RecursiveNode.step`.
package struct WorkingNode: Sendable {
    package var name: String
    package var id: Int
    package var columns: [OutputColumn]
}

extension LogicalPlan {
    /// Whether the rows depend on the round of a recursive query around them.
    var readsWorking: Bool {
        func reads(_ expression: BoundExpression) -> Bool {
            expression.contains { if case .subquery(let query) = $0 { query.plan.readsWorking } else { false } }
        }
        if case .working = self { return true }
        return expressions.contains(where: reads) || inputs.contains(where: \.readsWorking)
    }
}
