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
        plan.entersOnce = statement.entry == .first
        plan.every = statement.every
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        plan.key = try scope.key(statement.key)
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
        let last = statement.steps.count
        switch statement.output {
        case .steps: return .steps
        case .times: return .times
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
        let everCount = plan.steps.count { $0.occurrence == .firstEver }
        if plan.steps.count + plan.exclusions.count + everCount > Limits.funnelStepCountMax {
            throw EventSQLError(
                .limit, "a funnel has at most \(Limits.funnelStepCountMax) steps and exclusions together",
                position: statement.position)
        }
        if plan.output != .steps, plan.breakdown != nil || plan.every != nil || hasOptional {
            throw EventSQLError(
                .binding, "LIST takes no BREAKDOWN, no EVERY and no optional steps", position: statement.position)
        }
        if case .users = plan.output, plan.counting != .persons {
            throw EventSQLError(
                .binding, "LIST USERS lists people, so it goes with COUNT USERS", hint: "LIST TIMES lists conversions",
                position: statement.position)
        }
        try checkSteps(plan, statement)
        if plan.entersOnce, plan.every != nil || plan.order == .any {
            throw EventSQLError(
                .binding, "ENTRY FIRST goes with ordered steps and without EVERY", position: statement.position)
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
        if plan.entersOnce, plan.counting != .persons {
            throw EventSQLError(
                .binding, "ENTRY FIRST opens one attempt of a person, so it goes with COUNT USERS",
                position: statement.position)
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
            Self.entryText(plan), Self.countedText(plan),
        ]
        if let sessions = plan.sessions {
            switch sessions {
            case .column: notes.append("sessions: rows with one session_id; rows without it are left out")
            case .gap: notes.append("sessions: end where more than 30 minutes pass without any event of the person")
            }
        }
        for step in plan.steps where step.occurrence != .any {
            notes.append(
                step.occurrence == .firstTime
                    ? "\(step.name): a person's first row in all history that meets the step"
                    : "\(step.name): a person's first row of the event in all history, if it meets the step")
        }
        if !plan.exclusions.isEmpty {
            notes.append(
                "exclusion: ends the attempt, which keeps the steps it reached; DROP USER takes the person out")
        }
        if !plan.hold.isEmpty { notes.append("hold: rows without a held value are left out") }
        if let breakdown = plan.breakdown { notes.append("breakdown: \(Self.text(breakdown.attribution))") }
        if let every = plan.every {
            notes.append(
                "periods: \(every.rawValue.lowercased()) of the entry row \(plan.calendar.text(weeks: true))"
            )
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

    private static func entryText(_ plan: FunnelPlan) -> String {
        if plan.entersOnce { return "entry: the first row of step 1 opens the only attempt" }
        switch plan.counting {
        case .entries: return "entry: every row of step 1 opens an attempt, and each counts"
        case .totals:
            return
                "entry: the first row of step 1 behind the last attempt; one that does not convert ends with its window"
        case .persons, .sessions:
            return
                "entry: every row of step 1 opens an attempt; the deepest counts, then the earliest completed, then the latest started"
        }
    }

    private static func countedText(_ plan: FunnelPlan) -> String {
        let what =
            switch plan.counting {
            case .persons:
                plan.key == nil ? "users; rows without a user are not people" : "keys; rows without a key are left out"
            case .sessions: "sessions"
            case .entries, .totals: "attempts"
            }
        let percent = (plan.confidence * 1000).rounded() / 10
        let number = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
        return "counted: \(what); \(number) % Wilson intervals"
    }
}
