import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// IN, EXISTS, IN COHORT and scalar queries.
    func membership(_ ast: Expression, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        switch ast {
        case .inList(let operand, let members, let negated, let position):
            if case .row = operand { return try rowInList(operand, members, negated: negated, position, context) }
            let bound = try bind(operand, context)
            var all = [bound]
            for member in members { all.append(try bind(member, context)) }
            let (unified, _) = try common(all, at: position)
            return .inList(unified[0], Array(unified.dropFirst()), negated: negated)
        case .inCohort(let operand, let cohort, let negated, let position):
            return try inCohort(operand, cohort, negated, position, context)
        case .inQuery(let operand, let query, let negated, let position):
            let operands = try members(of: operand, context)
            let plan = try bindQuery(query, context.inside("the subquery"))
            let (unified, inner) = try matched(operands, plan, at: position)
            return .subquery(
                Subquery(
                    kind: .membership(unified, negated: negated), plan: inner, type: .bool, site: context.site(position)
                ))
        case .quantified(let operand, let sign, let query, let isAll, let position):
            return try quantified(
                operand, Comparison(rawValue: sign.rawValue)!, query, isAll: isAll, position, context)
        case .exists(let query, let negated, let position):
            let plan = try bindQuery(query, context.inside("the subquery"))
            return .subquery(
                Subquery(kind: .exists(negated: negated), plan: plan, type: .bool, site: context.site(position)))
        case .scalarQuery(let query, let position):
            let plan = try bindQuery(query, context.inside("the subquery"))
            guard plan.columns.count == 1 else {
                throw EventSQLError(
                    .binding, "a query used as a value has one column, but this one has \(plan.columns.count)",
                    position: position)
            }
            return .subquery(
                Subquery(kind: .scalar, plan: plan, type: plan.columns[0].type, site: context.site(position)))
        default: preconditionFailure("BUG: not a membership")
        }
    }

    /// `x < ANY (query)` and its kin, over the extremes of the query's values.
    private func quantified(
        _ operand: Expression, _ comparison: Comparison, _ query: Query, isAll: Bool, _ position: SourcePosition,
        _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        if case .row = operand {
            throw EventSQLError(
                .binding, "rows of several values go with = ANY and <> ALL", hint: "write EXISTS (...)",
                position: position)
        }
        let plan = try bindQuery(query, context.inside("the subquery"))
        let (unified, inner) = try matched([try bind(operand, context)], plan, at: position)
        return .subquery(
            Subquery(
                kind: .quantified(unified[0], comparison, isAll: isAll), plan: Quantified.extremes(inner), type: .bool,
                site: context.site(position)))
    }

    /// Operands and the query's columns brought to one type each.
    private func matched(
        _ operands: [BoundExpression], _ plan: LogicalPlan, at position: SourcePosition
    ) throws(EventSQLError) -> ([BoundExpression], LogicalPlan) {
        let columns = plan.columns
        guard columns.count == operands.count else {
            let wanted = operands.count == 1 ? "one column" : "\(operands.count) columns"
            throw EventSQLError(
                .binding, "a query of \(wanted) is needed, but this one has \(columns.count)", position: position)
        }
        var (lefts, rights): ([BoundExpression], [BoundExpression]) = ([], [])
        for (index, operand) in operands.enumerated() {
            let column = BoundExpression.column(index, columns[index].type, Place(position))
            let (a, b) = try unified(operand, column, at: position)
            lefts.append(a)
            rights.append(b)
        }
        if rights.enumerated().allSatisfy({ $1 == .column($0, columns[$0].type, Place()) }) { return (lefts, plan) }
        return (lefts, .project(ProjectNode(input: plan, expressions: rights, names: columns.map(\.name))))
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
