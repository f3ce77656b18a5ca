import EventBase
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: RetentionStatement, _ binder: Binder) throws(EventSQLError) -> RetentionPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        try scope.requireUserKey(statement.key)
        try scope.requirePlainCalendar(statement.calendar, at: statement.position)
        try refuseUnanswered(statement)
        var plan = RetentionPlan(
            table: statement.table, layout: scope.layout, start: try scope.selector(statement.start),
            returning: try scope.selector(statement.returning), every: statement.every)
        plan.periods = statement.periods
        plan.occurrence = statement.occurrence
        plan.criterion = statement.criterion
        plan.minimum = statement.minimum
        plan.brackets = statement.brackets
        plan.filter = try scope.filter(statement.filter)
        if zip([0] + plan.brackets, plan.brackets).contains(where: { $0 >= $1 }) {
            throw EventSQLError(.binding, "BRACKETS must rise from 1", position: statement.position)
        }
        plan.notes = notes(plan)
        return plan
    }

    private func refuseUnanswered(_ statement: RetentionStatement) throws(EventSQLError) {
        let position = statement.position
        if statement.occurrence == .firstEver { throw Self.refused("FIRST EVER", position) }
        if statement.clock == .rolling { throw Self.refused("CLOCK ROLLING", position) }
        if statement.value != nil { throw Self.refused("VALUE", position) }
        if statement.breakdown != nil { throw Self.refused("BREAKDOWN of a retention", position) }
        if statement.listsUsers { throw Self.refused("LIST USERS of a retention", position) }
        if let confidence = statement.confidence, confidence != 0.95 {
            throw Self.refused("a confidence other than 0.95", position)
        }
    }

    private func notes(_ plan: RetentionPlan) -> [String] {
        let unit = plan.every.rawValue.lowercased()
        let criterion =
            switch plan.criterion {
            case .on: "in that \(unit)"
            case .onOrAfter: "in that \(unit) or any later one"
            case .onOrBefore: "in any \(unit) after the first up to that one"
            case .streak: "in every \(unit) after the first up to that one"
            }
        return [
            "periods: calendar \(unit)s in UTC, weeks from Monday",
            plan.occurrence == .recurring
                ? "cohort: everybody with a start in the period; a person may be in several"
                : "cohort: the first start in all history decides the period",
            "period 0: the cohort's size; the column returned counts those who returned inside it",
            "return: \(criterion)" + (plan.minimum > 1 ? ", at least \(plan.minimum) times in a period" : ""),
            "complete: false where the period was not over at the last event",
        ]
    }
}
