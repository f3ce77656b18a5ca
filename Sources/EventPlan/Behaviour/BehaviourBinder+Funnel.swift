import EventBase
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: FunnelStatement, _ binder: Binder) throws(EventSQLError) -> FunnelPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        var steps: [FunnelPlan.Step] = []
        for step in statement.steps {
            var bound = FunnelPlan.Step(
                name: step.name, selector: try scope.selector(step.selector), isOptional: step.isOptional)
            bound.isAnchored = step.isAnchored
            bound.occurrence = step.occurrence
            bound.gapMicros = step.gap?.micros
            steps.append(bound)
        }
        var plan = FunnelPlan(table: statement.table, layout: scope.layout, steps: steps, windows: [])
        plan.order = statement.order
        plan.ties = statement.ties
        plan.tieMicros = statement.tieSlot?.micros
        plan.entersAt = statement.entry == .first ? .first : statement.entry == .last ? .last : nil
        plan.every = statement.every
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        plan.key = try scope.key(statement.key)
        try checkCalendar(statement, scope, key: plan.key)
        try bindCounting(statement, scope, into: &plan)
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

    private func checkCalendar(
        _ statement: FunnelStatement, _ scope: BehaviourScope, key: BoundExpression?
    ) throws(EventSQLError) {
        let calendar = statement.calendar
        if let every = statement.every { return try scope.check(calendar, every: every, key: key) }
        if calendar != CalendarOptions() {
            throw EventSQLError(
                .binding, "ZONE and WEEK STARTS cut the periods of EVERY, and there is none",
                hint: "EVERY DAY, or leave them out", position: calendar.personalZone?.position ?? statement.position)
        }
    }

    /// What is counted, inside which sessions and windows, and how sure the intervals are.
    private func bindCounting(
        _ statement: FunnelStatement, _ scope: BehaviourScope, into plan: inout FunnelPlan
    ) throws(EventSQLError) {
        switch statement.count {
        case .users: plan.counting = statement.entry == .every ? .entries : .persons
        case .sessions: plan.counting = .sessions
        case .totals: plan.counting = .totals
        }
        if statement.entry == .every, statement.count != .users {
            throw EventSQLError(
                .binding, "ENTRY EVERY counts every attempt; COUNT \(statement.count.rawValue) counts something else",
                hint: "leave one of them out", position: statement.position)
        }
        if statement.withinSession || statement.count == .sessions {
            plan.sessions = scope.sessionColumn.map { .column($0) } ?? .gap(FunnelPlan.sessionGapMicros)
        }
        plan.windows =
            !statement.windows.isEmpty
            ? statement.windows : [plan.sessions == nil ? FunnelPlan.defaultWindow : FunnelPlan.noWindow]
        if let confidence = statement.confidence {
            plan.confidence = try scope.confidence(confidence, statement.position)
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
        let last = statement.steps.count { !$0.isOptional }
        switch statement.output {
        case .steps: return .steps
        case .times: return .times
        case .users: return .users(1...last)
        case .usersAt(let name): return .users(try depth(name, statement)...last)
        case .usersDroppedAfter(let name):
            let depth = try depth(name, statement)
            return .users(depth...depth)
        case .histogram(let bins): return .histogram(bins: bins)
        }
    }

    /// How many required steps lie up to a required one.
    private func depth(_ name: String, _ statement: FunnelStatement) throws(EventSQLError) -> Int {
        let index = try stepIndex(name, statement, statement.position)
        if statement.steps[index].isOptional {
            throw EventSQLError(
                .binding, "\(name) is optional, and LIST USERS tells people by the required steps they reached",
                hint: "LIST TIMES tells who passed it", position: statement.position)
        }
        return statement.steps[...index].count { !$0.isOptional }
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
        let everCount = plan.steps.count { $0.occurrence == .firstEver }
        if plan.steps.count + plan.exclusions.count + everCount > Limits.funnelStepCountMax {
            throw EventSQLError(
                .limit, "a funnel has at most \(Limits.funnelStepCountMax) steps and exclusions together",
                position: statement.position)
        }
        try checkList(plan, statement)
        if case .users = plan.output, plan.counting != .persons {
            throw EventSQLError(
                .binding, "LIST USERS lists people, so it goes with COUNT USERS", hint: "LIST TIMES lists conversions",
                position: statement.position)
        }
        try checkSteps(plan, statement)
        if plan.entersAt != nil, plan.order == .any {
            throw EventSQLError(
                .binding, "ENTRY \(statement.entry.rawValue) is about step 1, which ANY ORDER does not put first",
                hint: "ANCHORED keeps a step in its place", position: statement.position)
        }
        if let slot = plan.tieMicros, slot < 1 {
            throw EventSQLError(.binding, "TIES WITHIN needs a length of time above 0", position: statement.position)
        }
    }

    private func checkList(_ plan: FunnelPlan, _ statement: FunnelStatement) throws(EventSQLError) {
        if plan.output == .steps { return }
        if plan.every != nil {
            throw EventSQLError(
                .binding, "LIST takes no EVERY", hint: "each row of LIST TIMES has its instants",
                position: statement.position)
        }
        guard let breakdown = statement.breakdown else { return }
        if case .histogram = plan.output {
            throw EventSQLError(
                .binding, "LIST HISTOGRAM takes no BREAKDOWN", hint: "LIST TIMES has the value of each conversion",
                position: breakdown.expression.position)
        }
        if breakdown.top != nil {
            throw EventSQLError(
                .binding, "LIST takes no TOP", hint: "use LIMIT", position: breakdown.expression.position)
        }
    }

    /// Options of single steps that need an order.
    private func checkSteps(_ plan: FunnelPlan, _ statement: FunnelStatement) throws(EventSQLError) {
        let hasOptional = plan.steps.contains(where: \.isOptional)
        let gapped = statement.steps.first { $0.gap != nil }
        if let gapped, plan.order != .ordered || hasOptional || !plan.exclusions.isEmpty {
            throw EventSQLError(
                .binding, "WITHIN ... OF PREVIOUS goes with ordered steps, without exclusions and optional steps",
                position: gapped.selector.position)
        }
        if plan.steps[0].gapMicros != nil {
            throw EventSQLError(
                .binding, "the first step has no previous one", position: statement.steps[0].selector.position)
        }
        if let anchored = statement.steps.first(where: \.isAnchored), plan.order != .any {
            throw EventSQLError(
                .binding, "ANCHORED goes with ANY ORDER; in every other order each step has its place",
                position: anchored.selector.position)
        }
        if plan.entersAt != nil, plan.counting != .persons {
            throw EventSQLError(
                .binding,
                "ENTRY \(statement.entry.rawValue) opens one attempt of a person, so it goes with COUNT USERS",
                position: statement.position)
        }
    }
}
