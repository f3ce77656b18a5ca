import EventBase

/// WITH queries: one that is read once is put where it is read, so that filters reach its scans; others are computed once.
enum SharedPlans {
    static func inlined(_ plan: LogicalPlan) -> LogicalPlan {
        var counts: [Int: Int] = [:]
        count(plan, &counts)
        return replaced(plan, counts)
    }

    private static func count(_ plan: LogicalPlan, _ counts: inout [Int: Int]) {
        if case .shared(let node) = plan {
            counts[node.id, default: 0] += 1
            // What it reads is read once more only if it is computed once more.
            if counts[node.id]! > 1 { return }
        }
        // What every round reads is read in several places.
        if case .recursive(let node) = plan { count(node.step, &counts) }
        for expression in plan.expressions { count(expression, &counts) }
        for input in plan.inputs { count(input, &counts) }
    }

    private static func count(_ expression: BoundExpression, _ counts: inout [Int: Int]) {
        if case .subquery(let query) = expression { count(query.plan, &counts) }
        for child in expression.children { count(child, &counts) }
    }

    private static func replaced(_ plan: LogicalPlan, _ counts: [Int: Int]) -> LogicalPlan {
        if case .shared(var node) = plan {
            node.plan = replaced(node.plan, counts)
            return counts[node.id] == 1 ? node.plan : .shared(node)
        }
        let changed = plan.mapExpressions { replaced($0, counts) }
        return changed.mapInputs { replaced($0, counts) }
    }

    private static func replaced(_ expression: BoundExpression, _ counts: [Int: Int]) -> BoundExpression {
        var expression = expression
        if case .subquery(var query) = expression {
            query.plan = replaced(query.plan, counts)
            expression = .subquery(query)
        }
        return expression.mapped { replaced($0, counts) }
    }
}
