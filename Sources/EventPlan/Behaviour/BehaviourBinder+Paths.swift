import EventBase
import EventColumns
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: PathsStatement, _ binder: Binder) throws(EventSQLError) -> PathsPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        try check(statement)
        let node = try scope.node(statement)
        var plan = PathsPlan(table: statement.table, layout: scope.layout, depth: statement.depth, node: node)
        plan.key = try scope.key(statement.key)
        plan.after = try statement.after.map { selector throws(EventSQLError) in try scope.selector(selector) }
        plan.before = try statement.before.map { selector throws(EventSQLError) in try scope.selector(selector) }
        for selector in statement.exclusions { plan.exclusions.append(try scope.selector(selector)) }
        for selector in statement.only { plan.only.append(try scope.selector(selector)) }
        if statement.withinSession { plan.session = scope.sessionColumn }
        if plan.session == nil { plan.gapMicros = (statement.within ?? PathsPlan.defaultGap).micros }
        plan.keepsRepeats = statement.keepsRepeats
        plan.count = statement.count
        plan.top = statement.top
        plan.minimum = statement.minimum
        plan.maximum = statement.maximum
        plan.output = statement.output
        plan.breakdown = try scope.rowBreakdown(
            statement.breakdown, of: "path", listsUsers: statement.output == .users)
        plan.filter = try scope.filter(statement.filter)
        plan.notes = notes(plan, statement)
        return plan
    }

    private func check(_ statement: PathsStatement) throws(EventSQLError) {
        let position = statement.position
        let isBetween = statement.after != nil && statement.before != nil
        if statement.depth < (isBetween ? 3 : 2) || statement.depth > Limits.pathDepthMax {
            let least = isBetween ? "3 between two events" : "2"
            throw EventSQLError(
                .binding, "DEPTH is the number of nodes of a path: at least \(least), at most \(Limits.pathDepthMax)",
                position: position)
        }
        if statement.count == .totals, statement.after == nil, statement.before == nil {
            throw EventSQLError(
                .binding, "COUNT TOTALS counts every AFTER or BEFORE event, and there is none",
                hint: "COUNT SESSIONS, or AFTER an event", position: position)
        }
        if statement.output == .users, statement.top != nil || statement.minimum != nil || statement.maximum != nil {
            throw EventSQLError(
                .binding, "LIST USERS lists every path, so it takes no TOP, MINIMUM and MAXIMUM", hint: "use LIMIT",
                position: position)
        }
        if let minimum = statement.minimum, let maximum = statement.maximum, minimum > maximum {
            throw EventSQLError(.binding, "MINIMUM is above MAXIMUM", position: position)
        }
        let conditions = statement.exclusions.count + max(1, statement.only.count) + 2
        if conditions > Limits.funnelStepCountMax {
            throw EventSQLError(
                .limit, "EXCLUDE and ONLY name at most \(Limits.funnelStepCountMax - 2) kinds of events together",
                position: position)
        }
    }

    private func notes(_ plan: PathsPlan, _ statement: PathsStatement) -> [String] {
        let gap = statement.within ?? PathsPlan.defaultGap
        let session =
            plan.session != nil
            ? "session: the session column; rows without a session are left out"
            : "session: ends with a pause longer than \(gap.text)"
                + (statement.within == nil ? statement.withinSession ? " (no session column)" : " (default)" : "")
        let anchor: String
        switch (plan.after != nil, plan.before != nil) {
        case (true, true): anchor = "from the AFTER event to the next BEFORE event; a longer one is cut in the middle"
        case (true, false): anchor = "from the AFTER event on"
        case (false, true): anchor = "up to the BEFORE event, whose steps count back from it"
        case (false, false): anchor = "from the session's first event on"
        }
        let perSession = plan.count == .totals ? "one for every such event" : "one a session, the first such event"
        return [
            session,
            "path: \(anchor), at most \(plan.depth) nodes"
                + (plan.after == nil && plan.before == nil ? "" : "; \(perSession)"),
            plan.keepsRepeats ? "repeats: kept" : "repeats: the same node again is merged into one",
            "ties: at one instant AFTER events come first and BEFORE events last, others in the order of their names",
        ] + numberNotes(plan) + nodeNotes(statement) + cutNotes(plan) + breakdownNotes(plan) + [
            Self.peopleNote(key: plan.key)
        ]
    }

    private func numberNotes(_ plan: PathsPlan) -> [String] {
        let share: String
        switch plan.output {
        case .edges: share = "of \(plan.weightName) at the source in that step, those who go no further too"
        case .paths: share = "of all \(plan.weightName)"
        case .users: return ["list: one row a path, from its first node to its last"]
        }
        return [
            "share: " + share,
            "users: different people; count: paths" + (plan.count == .totals ? "" : ", one a session"),
        ]
    }

    private func nodeNotes(_ statement: PathsStatement) -> [String] {
        let name = statement.node == nil ? "the event's name (default)" : "NODE; events where it is NULL are not seen"
        let replaced = statement.replacements.map { "'\($0.pattern)' by '\($0.text)'" }.joined(separator: ", then ")
        return ["node: " + name + (replaced.isEmpty ? "" : "; every match of \(replaced)")]
    }

    private func cutNotes(_ plan: PathsPlan) -> [String] {
        var notes: [String] = []
        if !plan.exclusions.isEmpty { notes.append("exclude: such events are not seen, and bridge no pause") }
        if !plan.only.isEmpty { notes.append("only: other events are not seen, and bridge no pause") }
        let parts = [
            plan.minimum.map { "at least \($0) \(plan.weightName)" }, plan.maximum.map { "at most \($0)" },
            plan.top.map { "the \($0) largest" },
        ].compactMap { $0 }
        if !parts.isEmpty {
            notes.append("shown: \(parts.joined(separator: ", ")); all are counted, the rest is one row (other)")
        }
        return notes
    }

    private func breakdownNotes(_ plan: PathsPlan) -> [String] {
        guard let breakdown = plan.breakdown else { return [] }
        let row = plan.after == nil && plan.before != nil ? "last" : "first"
        let value = Self.valueText(breakdown, of: "path", row: row)
        return [
            "breakdown: " + value + (plan.output == .users ? "" : "; shares and cuts are each value's own")
                + Self.text(top: breakdown.top)
        ]
    }
}

extension PathsPlan {
    fileprivate var weightName: String { count == .users ? "users" : "paths" }
}

extension BehaviourScope {
    /// What names a path's nodes: NODE, or the event's name, with every match of REPLACE's expressions replaced in turn.
    fileprivate func node(_ statement: PathsStatement) throws(EventSQLError) -> BoundExpression {
        var node: Expression
        if let named = statement.node {
            node = named
        } else {
            guard let name = schema.column(role: .eventName) else {
                throw EventSQLError(
                    .binding, "\(statement.table) has no event names", hint: "say NODE and a column",
                    position: statement.position)
            }
            node = .name([name.path], statement.position)
        }
        for replacement in statement.replacements {
            let position = node.position
            let text = Expression.cast(node, TypeName(name: "VARCHAR", position: position), isTry: false, position)
            let arguments = [replacement.pattern, replacement.text, "g"].map {
                Expression.literal(.string($0), position)
            }
            node = .function(FunctionCall(name: "regexp_replace", arguments: [text] + arguments), position)
        }
        return try value(node)
    }
}
