import EventBase
import EventColumns
import EventSyntax

/// SESSIONS and TIMELINE.
extension BehaviourBinder {
    func bind(_ statement: SessionsStatement, _ binder: Binder) throws(EventSQLError) -> SessionsPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        if let identifier = statement.identifier, statement.gap != nil {
            throw EventSQLError(
                .binding, "USING takes sessions as they are, GAP makes them: only one can stand",
                position: identifier.position)
        }
        var plan = SessionsPlan(table: statement.table, layout: scope.layout)
        plan.key = try scope.key(statement.key)
        if let identifier = statement.identifier { plan.identifier = try scope.value(identifier) }
        if let start = statement.start { plan.start = try scope.selector(start) }
        if let end = statement.end { plan.end = try scope.selector(end) }
        plan.gapMicros = statement.gap?.micros
        let isDefault = statement.gap == nil && plan.identifier == nil && plan.start == nil
        if isDefault { plan.gapMicros = PathsPlan.defaultGap.micros }
        plan.maximumMicros = statement.maximum?.micros
        plan.breakdown = try scope.rowBreakdown(statement.breakdown, of: "session")
        if let breakdown = statement.breakdown, breakdown.top != nil {
            throw EventSQLError(
                .binding, "SESSIONS answers every session, so its BREAKDOWN takes no TOP", hint: "use LIMIT",
                position: breakdown.expression.position)
        }
        plan.filter = try scope.filter(statement.filter)
        if let gap = isDefault ? PathsPlan.defaultGap : statement.gap {
            plan.notes.append("session: ends with a pause longer than \(gap.text)" + (isDefault ? " (default)" : ""))
        }
        if plan.identifier != nil { plan.notes.append("session: rows of one id; rows without an id belong to none") }
        if plan.start != nil {
            plan.notes.append("start: only such an event opens a session; events outside of one belong to none")
        }
        if plan.end != nil { plan.notes.append("end: such an event is its session's last") }
        if let maximum = statement.maximum {
            plan.notes.append("length: an event more than \(maximum.text) after the first opens another session")
        }
        if let breakdown = plan.breakdown {
            plan.notes.append("breakdown: " + Self.valueText(breakdown, of: "session", row: "first"))
        }
        plan.notes.append(Self.peopleNote(key: plan.key))
        return plan
    }

    func bind(_ statement: TimelineStatement, _ binder: Binder) throws(EventSQLError) -> TimelinePlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        let user: String
        switch try scope.value(statement.user).constantValue {
        case .string(let text): user = text
        case .int64(let number): user = String(number)
        default:
            throw EventSQLError(
                .binding, "TIMELINE needs a user id", hint: "TIMELINE 'user_123'", position: statement.user.position)
        }
        var plan = TimelinePlan(table: statement.table, layout: scope.layout, user: user)
        plan.filter = try scope.filter(statement.filter)
        plan.notes = ["person: all ids of the person count", "order: time; events of one instant by name"]
        return plan
    }
}
