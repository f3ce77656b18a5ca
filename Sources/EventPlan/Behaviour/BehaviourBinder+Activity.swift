import EventBase
import EventSyntax

/// STICKINESS and LIFECYCLE.
extension BehaviourBinder {
    func bind(_ statement: StickinessStatement, _ binder: Binder) throws(EventSQLError) -> StickinessPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        var plan = StickinessPlan(
            table: statement.table, layout: scope.layout, selector: try scope.optional(statement.selector),
            every: statement.every)
        plan.key = try scope.key(statement.key)
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        try scope.check(statement.calendar, every: plan.every, key: plan.key)
        plan.isCumulative = statement.isCumulative
        plan.minimum = statement.minimum
        plan.breakdown = try scope.personBreakdown(statement.breakdown, listsUsers: statement.listsUsers)
        plan.listsUsers = statement.listsUsers
        plan.filter = try scope.filter(statement.filter)
        let unit = plan.every.rawValue.lowercased()
        plan.notes =
            [
                Self.periodNote(plan.every, plan.calendar),
                "active: a \(unit) with \(plan.minimum == 1 ? "an event" : "at least \(plan.minimum) events")",
                plan.isCumulative && !plan.listsUsers
                    ? "users: people active in at least that many \(unit)s"
                    : "users: people active in exactly that many \(unit)s",
                "share: of all people active in any \(unit); 95 % Wilson intervals",
            ] + Self.notes(plan.breakdown) + [Self.peopleNote(key: plan.key)]
        return plan
    }

    func bind(_ statement: LifecycleStatement, _ binder: Binder) throws(EventSQLError) -> LifecyclePlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        var plan = LifecyclePlan(
            table: statement.table, layout: scope.layout, selector: try scope.optional(statement.selector),
            every: statement.every)
        plan.key = try scope.key(statement.key)
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        try scope.check(statement.calendar, every: plan.every, key: plan.key)
        plan.breakdown = try scope.personBreakdown(statement.breakdown, listsUsers: statement.listsUsers)
        plan.listsUsers = statement.listsUsers
        plan.filter = try scope.filter(statement.filter)
        let unit = plan.every.rawValue.lowercased()
        plan.notes =
            [
                Self.periodNote(plan.every, plan.calendar),
                "new: the first such event ever; returning: active in the \(unit) before too; resurrecting: was away",
                "dormant: active in the \(unit) before and not in this one",
                "history before a time range in WHERE counts",
            ] + Self.notes(plan.breakdown) + [Self.peopleNote(key: plan.key)]
        return plan
    }

    static func periodNote(_ unit: CalendarUnit, _ calendar: PeriodCalendar) -> String {
        "periods: calendar \(unit.rawValue.lowercased())s \(calendar.text(weeks: unit == .week))"
    }

    /// Who is counted.
    static func peopleNote(key: BoundExpression?) -> String {
        key == nil
            ? "people: merged identities are one as of now; events without a user are nobody's"
            : "by: keys stand for people; events where BY is NULL are left out"
    }

    /// What TOP makes of a breakdown.
    static func text(top: Int?) -> String { top.map { "; the \($0) largest, the rest as (other)" } ?? "" }

    static func percent(_ confidence: Double) -> String {
        let percent = (confidence * 1000).rounded() / 10
        return (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)") + " %"
    }

    /// Which value a path or session is under; `row` is the one that ENTRY means.
    static func valueText(_ breakdown: RowBreakdown, of piece: String, row: String) -> String {
        switch breakdown.attribution {
        case .first: "the first value that an event of the \(piece) has"
        case .last: "the last value that an event of the \(piece) has"
        case .entry, .all: "the value on the \(piece)'s \(row) event"
        }
    }

    private static func notes(_ breakdown: PersonBreakdown?) -> [String] {
        guard let breakdown else { return [] }
        let value =
            switch breakdown.attribution {
            case .entry: "the value on the person's first event"
            case .first: "the first value that the person has"
            case .last: "the last value that the person has"
            case .all: "every value by itself; a person may be under several"
            }
        return ["breakdown: " + value + text(top: breakdown.top)]
    }
}

extension BehaviourScope {
    /// ANY EVENT where nothing is said.
    func optional(_ selector: EventSelector?) throws(EventSQLError) -> SelectorPlan {
        if let selector { return try self.selector(selector) }
        return SelectorPlan(names: [])
    }

    func personBreakdown(_ breakdown: Breakdown?, listsUsers: Bool) throws(EventSQLError) -> PersonBreakdown? {
        guard let breakdown else { return nil }
        let position = breakdown.expression.position
        let attribution: PersonBreakdown.Attribution
        switch breakdown.attribution {
        case .entry: attribution = .entry
        case .first: attribution = .first
        case .last: attribution = .last
        case .all: attribution = .all
        case .step:
            throw EventSQLError(
                .binding, "ATTRIBUTE STEP needs the steps of a funnel", hint: "ATTRIBUTE FIRST, LAST or ALL",
                position: position)
        }
        if listsUsers, breakdown.top != nil {
            throw EventSQLError(.binding, "LIST USERS takes no TOP", hint: "use LIMIT", position: position)
        }
        return PersonBreakdown(
            expression: try value(breakdown.expression), attribution: attribution, top: breakdown.top)
    }

    /// A breakdown of paths or sessions, which `piece` names: each has one value.
    func rowBreakdown(
        _ breakdown: Breakdown?, of piece: String, listsUsers: Bool = false
    ) throws(EventSQLError) -> RowBreakdown? {
        guard let breakdown, let bound = try personBreakdown(breakdown, listsUsers: listsUsers) else { return nil }
        guard bound.attribution != .all else {
            throw EventSQLError(
                .binding, "a \(piece) counts once, so its BREAKDOWN takes one value", hint: "ATTRIBUTE FIRST or LAST",
                position: breakdown.expression.position)
        }
        return RowBreakdown(expression: bound.expression, attribution: bound.attribution, top: bound.top)
    }
}
