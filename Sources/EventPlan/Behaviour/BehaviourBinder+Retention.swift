import EventBase
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: RetentionStatement, _ binder: Binder) throws(EventSQLError) -> RetentionPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        var plan = RetentionPlan(
            table: statement.table, layout: scope.layout, start: try scope.selector(statement.start),
            returning: try scope.selector(statement.returning), every: statement.every)
        plan.periods = statement.periods
        plan.occurrence = statement.occurrence
        plan.criterion = statement.criterion
        plan.minimum = statement.minimum
        plan.brackets = statement.brackets
        plan.filter = try scope.filter(statement.filter)
        plan.key = try scope.key(statement.key)
        plan.clock = statement.clock
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        try scope.check(statement.calendar, every: plan.every, key: plan.key)
        plan.listsUsers = statement.listsUsers
        if let confidence = statement.confidence {
            plan.confidence = try scope.confidence(confidence, statement.position)
        }
        switch statement.value {
        case .sum(let expression): plan.value = .sum(try scope.number(expression))
        case .average(let expression): plan.value = .average(try scope.number(expression))
        case nil: break
        }
        plan.breakdown = try scope.personBreakdown(statement.breakdown, listsUsers: false)
        try check(plan, statement)
        if zip([0] + plan.brackets, plan.brackets).contains(where: { $0 >= $1 }) {
            throw EventSQLError(.binding, "BRACKETS must rise from 1", position: statement.position)
        }
        plan.notes = notes(plan)
        return plan
    }

    private func check(_ plan: RetentionPlan, _ statement: RetentionStatement) throws(EventSQLError) {
        if plan.value != nil, plan.criterion != .on {
            throw EventSQLError(
                .binding, "VALUE adds up the returns of a period, so it goes with ON",
                hint: "leave \(plan.criterion.rawValue) out", position: statement.position)
        }
        if plan.listsUsers, plan.breakdown != nil || plan.value != nil {
            throw EventSQLError(
                .binding, "LIST USERS takes no BREAKDOWN and no VALUE", position: statement.position)
        }
        if plan.occurrence == .firstEver, plan.start.names.isEmpty {
            throw EventSQLError(
                .binding, "FIRST EVER needs an event's name in START", hint: "ANY EVENT goes with FIRST TIME",
                position: statement.start.position)
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
        var notes = [
            plan.clock == .calendar
                ? "periods: calendar \(unit)s \(plan.calendar.text(weeks: true))"
                : "periods: \(unit)s from the person's own start (a day is 24 hours, a month 30 days, a quarter 90, a year 365); cohorts by calendar \(unit) \(plan.calendar.text(weeks: false))",
            Self.cohortText(plan),
            "period 0: the cohort's size; the column returned counts those who returned inside it",
            "return: \(criterion)" + (plan.minimum > 1 ? ", at least \(plan.minimum) times in a period" : ""),
            "complete: false where the period was not over at the last event; means are over complete cells only",
        ]
        if !plan.brackets.isEmpty {
            let ranges = zip([0] + plan.brackets, plan.brackets).map { low, high in
                low + 1 == high ? "\(high)" : "\(low + 1) to \(high)"
            }
            notes.append("brackets: periods 0, \(ranges.joined(separator: ", "))")
        }
        switch plan.value {
        case .sum: notes.append("value: the sum over the cohort's returns of each cell; NULLs do not count")
        case .average: notes.append("value: the mean over the cohort's returns of each cell; NULLs do not count")
        case nil: break
        }
        if let breakdown = plan.breakdown {
            let value =
                switch breakdown.attribution {
                case .entry: "value on the row that starts the cohort"
                case .first: "the first value among the person's starts and returns in the time range"
                case .last: "the last value among the person's starts and returns in the time range"
                case .all: "every value by itself, with its own starts and returns; a person may be under several"
                }
            notes.append("breakdown: " + value + Self.text(top: breakdown.top))
        }
        let percent = Self.percent(plan.confidence)
        return notes + [
            "rates: \(percent) Wilson intervals; "
                + (plan.breakdown?.attribution == .all ? "no p-values" : "p-values corrected by Holm"),
            Self.peopleNote(key: plan.key),
        ]
    }

    private static func cohortText(_ plan: RetentionPlan) -> String {
        switch plan.occurrence {
        case .firstTime: "cohort: the first start in all history decides the period"
        case .firstEver: "cohort: the first event of START in all history decides the period, if it meets START's WHERE"
        case .recurring: "cohort: everybody with a start in the period; a person may be in several"
        }
    }
}
