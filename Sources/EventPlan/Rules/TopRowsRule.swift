/// LIMIT over ORDER BY: the sort keeps only the rows that can come out.
enum TopRowsRule {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .limit(let limit) = plan, let count = limit.count else { return plan }
        let (wanted, overflow) = count.addingReportingOverflow(limit.offset)
        if overflow { return plan }
        return plan.mapInputs { bounded($0, wanted) }
    }

    private static func bounded(_ plan: LogicalPlan, _ wanted: Int) -> LogicalPlan {
        switch plan {
        case .sort(var node):
            node.limit = min(node.limit ?? .max, wanted)
            return .sort(node)
        case .project: return plan.mapInputs { bounded($0, wanted) }
        default: return plan
        }
    }
}
