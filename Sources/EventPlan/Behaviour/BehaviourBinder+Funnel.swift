import EventBase
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: FunnelStatement, _ binder: Binder) throws(EventSQLError) -> FunnelPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        try refuseUnanswered(statement, scope)
        var steps: [FunnelPlan.Step] = []
        for step in statement.steps {
            let selector = try scope.selector(step.selector)
            steps.append(FunnelPlan.Step(name: step.name, selector: selector, isOptional: step.isOptional))
        }
        let windows = statement.windows.isEmpty ? [FunnelPlan.defaultWindow] : statement.windows
        var plan = FunnelPlan(table: statement.table, layout: scope.layout, steps: steps, windows: windows)
        plan.order = statement.order
        plan.ties = statement.ties
        plan.entersOnce = statement.entry == .first
        plan.every = statement.every
        plan.filter = try scope.filter(statement.filter)
        for expression in statement.hold { plan.hold.append(try scope.value(expression)) }
        for exclusion in statement.exclusions {
            plan.exclusions += try bind(exclusion, statement, scope)
        }
        if let breakdown = statement.breakdown {
            plan.breakdown = FunnelPlan.Breakdown(
                expression: try scope.value(breakdown.expression),
                attribution: try attribution(breakdown.attribution, statement), top: breakdown.top)
        }
        plan.output = try output(statement)
        try check(plan, statement)
        plan.notes = notes(plan, statement)
        return plan
    }

    private func refuseUnanswered(_ statement: FunnelStatement, _ scope: BehaviourScope) throws(EventSQLError) {
        try scope.requireUserKey(statement.key)
        try scope.requirePlainCalendar(statement.calendar, at: statement.position)
        if statement.withinSession { throw Self.refused("WITHIN SESSION", statement.position) }
        if statement.entry == .every { throw Self.refused("ENTRY EVERY", statement.position) }
        if statement.count != .users { throw Self.refused("COUNT \(statement.count.rawValue)", statement.position) }
        if statement.output == .times { throw Self.refused("LIST TIMES", statement.position) }
        if let confidence = statement.confidence, confidence != 0.95 {
            throw Self.refused("a confidence other than 0.95", statement.position)
        }
        for step in statement.steps {
            if step.occurrence != .any { throw Self.refused(step.occurrence.rawValue, step.selector.position) }
            if step.gap != nil { throw Self.refused("WITHIN ... OF PREVIOUS", step.selector.position) }
            if step.isAnchored { throw Self.refused("ANCHORED", step.selector.position) }
        }
    }

    private func bind(
        _ exclusion: FunnelStatement.Exclusion, _ statement: FunnelStatement, _ scope: BehaviourScope
    ) throws(EventSQLError) -> [FunnelPlan.Exclusion] {
        let selector = try scope.selector(exclusion.selector)
        var after = 0
        var before = statement.steps.lastIndex { !$0.isOptional } ?? 0
        if let between = exclusion.between {
            after = try stepIndex(between.first, statement, exclusion.selector.position)
            before = try stepIndex(between.second, statement, exclusion.selector.position)
        }
        if after >= before || statement.steps[after].isOptional || statement.steps[before].isOptional {
            throw EventSQLError(
                .binding, "EXCLUDE needs two required steps, the first before the second",
                position: exclusion.selector.position)
        }
        return [
            FunnelPlan.Exclusion(
                selector: selector, after: after, before: before, dropsPerson: exclusion.dropsUser)
        ]
    }

    private func stepIndex(
        _ name: String, _ statement: FunnelStatement, _ position: SourcePosition
    ) throws(EventSQLError) -> Int {
        if let index = statement.steps.firstIndex(where: { $0.name == name }) { return index }
        if let number = Int(name), statement.steps.indices.contains(number - 1) { return number - 1 }
        throw EventSQLError(
            .binding, "there is no step \(name)",
            hint: "steps: \(statement.steps.map(\.name).joined(separator: ", "))", position: position)
    }

    private func attribution(
        _ attribution: Breakdown.Attribution, _ statement: FunnelStatement
    ) throws(EventSQLError) -> FunnelPlan.Attribution {
        switch attribution {
        case .entry: .entry
        case .first: .first
        case .last: .last
        case .all: .all
        case .step(let name): .step(try stepIndex(name, statement, statement.position))
        }
    }

    private func output(_ statement: FunnelStatement) throws(EventSQLError) -> FunnelPlan.Output {
        let last = statement.steps.count
        switch statement.output {
        case .steps, .times: return .steps
        case .users: return .users(1...last)
        case .usersAt(let name):
            return .users((try stepIndex(name, statement, statement.position) + 1)...last)
        case .usersDroppedAfter(let name):
            let step = try stepIndex(name, statement, statement.position) + 1
            return .users(step...step)
        case .histogram(let bins): return .histogram(bins: bins)
        }
    }

    private func check(_ plan: FunnelPlan, _ statement: FunnelStatement) throws(EventSQLError) {
        let hasOptional = plan.steps.contains(where: \.isOptional)
        if plan.steps[0].isOptional {
            throw EventSQLError(.binding, "the first step cannot be optional", position: statement.position)
        }
        if plan.order != .ordered, hasOptional || !plan.exclusions.isEmpty {
            throw EventSQLError(
                .binding, "\(plan.order.rawValue) takes no optional steps and no exclusions",
                position: statement.position)
        }
        if plan.steps.count + plan.exclusions.count > Limits.funnelStepCountMax {
            throw EventSQLError(
                .limit, "a funnel has at most \(Limits.funnelStepCountMax) steps and exclusions together",
                position: statement.position)
        }
        if plan.output != .steps, plan.breakdown != nil || plan.every != nil || hasOptional {
            throw EventSQLError(
                .binding, "LIST takes no BREAKDOWN, no EVERY and no optional steps", position: statement.position)
        }
        if plan.entersOnce, plan.every != nil || plan.order == .any {
            throw EventSQLError(
                .binding, "ENTRY FIRST goes with ordered steps and without EVERY", position: statement.position)
        }
    }

    private func notes(_ plan: FunnelPlan, _ statement: FunnelStatement) -> [String] {
        let window = plan.windows.map(\.text).joined(separator: ", ")
        var notes = [
            "window: \(window), inclusive, from an attempt's first step"
                + (statement.windows.isEmpty ? " (default)" : ""),
            "order: \(plan.order.rawValue)",
            plan.ties == .strict
                ? "ties: a step must be strictly later than the one before"
                : "ties: rows at one instant may follow each other in any order, each row for one step",
            plan.entersOnce
                ? "entry: the first row of step 1 opens the only attempt"
                : "entry: every row of step 1 opens an attempt; the deepest counts, then the earliest completed, then the latest started",
            "counted: users; rows without a user are not people; 95 % Wilson intervals",
        ]
        if !plan.exclusions.isEmpty {
            notes.append(
                "exclusion: ends the attempt, which keeps the steps it reached; DROP USER takes the person out")
        }
        if !plan.hold.isEmpty { notes.append("hold: rows without a held value are left out") }
        if let breakdown = plan.breakdown { notes.append("breakdown: \(Self.text(breakdown.attribution))") }
        if let every = plan.every {
            notes.append("periods: \(every.rawValue.lowercased()) of the entry row, UTC, weeks from Monday")
        }
        return notes
    }

    private static func text(_ attribution: FunnelPlan.Attribution) -> String {
        switch attribution {
        case .entry: "value on the entry row of the reported attempt"
        case .first: "first value among the person's step rows"
        case .last: "last value among the person's step rows"
        case .all: "every value by itself; a person may count under several"
        case .step(let index): "value on the row of step \(index + 1)"
        }
    }
}
