import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// IN, EXISTS, IN COHORT and scalar queries.
    func membership(_ ast: Expression, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        switch ast {
        case .inList(let operand, let members, let negated, let position):
            let bound = try bind(operand, context)
            var all = [bound]
            for member in members { all.append(try bind(member, context)) }
            let (unified, _) = try common(all, at: position)
            return .inList(unified[0], Array(unified.dropFirst()), negated: negated)
        case .inCohort(let operand, let cohort, let negated, let position):
            return try inCohort(operand, cohort, negated, position, context)
        case .inQuery(let operand, let query, let negated, let position):
            let plan = try bindQuery(query, context.inside("the subquery"))
            guard plan.columns.count == 1 else {
                throw EventSQLError(
                    .binding, "IN needs a query of one column, but this one has \(plan.columns.count)",
                    position: position)
            }
            let bound = try bind(operand, context)
            let (a, inner) = try matched(bound, plan, at: position)
            return .subquery(
                Subquery(kind: .membership(a, negated: negated), plan: inner, type: .bool, position: position))
        case .exists(let query, let negated, let position):
            let plan = try bindQuery(query, context.inside("the subquery"))
            return .subquery(Subquery(kind: .exists(negated: negated), plan: plan, type: .bool, position: position))
        case .scalarQuery(let query, let position):
            let plan = try bindQuery(query, context.inside("the subquery"))
            guard plan.columns.count == 1 else {
                throw EventSQLError(
                    .binding, "a query used as a value has one column, but this one has \(plan.columns.count)",
                    position: position)
            }
            return .subquery(Subquery(kind: .scalar, plan: plan, type: plan.columns[0].type, position: position))
        default: preconditionFailure("BUG: not a membership")
        }
    }

    /// Operand and query column brought to one type.
    private func matched(
        _ operand: BoundExpression, _ plan: LogicalPlan, at position: SourcePosition
    ) throws(EventSQLError) -> (BoundExpression, LogicalPlan) {
        let column = BoundExpression.column(0, plan.columns[0].type, Place(position))
        let (a, b) = try unified(operand, column, at: position)
        if b == column { return (a, plan) }
        return (a, .project(ProjectNode(input: plan, expressions: [b], names: [plan.columns[0].name])))
    }

    private func inCohort(
        _ operand: Expression, _ cohort: String, _ negated: Bool, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        let bound = try bind(operand, context)
        guard case .column(let index, _, _) = bound, context.scope.columns[index].role == .user else {
            throw EventSQLError(
                .binding, "IN COHORT asks about the user column of an event table",
                hint: "write user_id IN COHORT \(cohort)",
                position: position)
        }
        guard catalog.cohortNames.contains(cohort) else {
            let near = EditDistance.nearest(to: cohort, in: catalog.cohortNames)
            throw EventSQLError(
                .notFound, "there is no cohort \(cohort)", hint: near.map { "did you mean \($0)?" }, position: position)
        }
        return .inCohort(bound, cohort: cohort, negated: negated, Place(position))
    }
}
