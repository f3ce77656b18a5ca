package import EventBase
package import EventColumns
package import EventPlan
import EventSyntax

/// Runs bound behaviour statements over the snapshot of their table.
package enum BehaviourExecutor {
    /// - Parameter plan: made by `BehaviourBinder`.
    package static func run(
        _ plan: any BehaviourPlan, snapshot: any EventSnapshot, context: QueryContext
    ) throws(EventSQLError) -> BehaviourResult {
        let rows: [[Value]]
        switch plan {
        case let plan as FunnelPlan: rows = try run(plan, snapshot, context)
        case let plan as RetentionPlan: rows = try RetentionOperator(plan).run(snapshot, context: context)
        case let plan as any ActivityPlan: rows = try plan.run(snapshot, context: context)
        default: preconditionFailure("BUG: no operator runs \(type(of: plan))")
        }
        return BehaviourResult(columns: plan.columns, rows: rows, notes: plan.notes)
    }

    private static func run(
        _ plan: FunnelPlan, _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        var rows: [[Value]] = []
        var calendars: PersonCalendars?
        if let every = plan.every, plan.calendar.personal != nil {
            let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
            calendars = try PersonCalendars(every, plan.calendar, readers, context)
        }
        for window in plan.windows {
            var task = try FunnelTask(plan, windowMicros: window.micros, snapshot)
            task.calendars = calendars
            task.isList = plan.output != .steps
            let found =
                switch plan.output {
                case .steps: try FunnelOperator(task).run(snapshot, context: context)
                case .users(let depths):
                    try FunnelOperator(task).runListing(snapshot, depths: depths, context: context)
                case .times: try FunnelOperator(task).runTimes(snapshot, context: context)
                case .histogram(let bins):
                    try FunnelOperator(task).runHistogram(snapshot, bins: bins, context: context)
                }
            rows += plan.windows.count > 1 ? found.map { [.string(window.text)] + $0 } : found
        }
        return rows
    }
}

/// A statement about activity that runs itself; see the types that conform.
protocol ActivityPlan: BehaviourPlan {
    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]]
}

extension FunnelTask {
    init(_ plan: FunnelPlan, windowMicros: Int64, _ snapshot: any EventSnapshot) throws(EventSQLError) {
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        var steps: [Step] = []
        for step in plan.steps {
            var made = Step(
                name: step.name, condition: try readers.condition(step.selector), isOptional: step.isOptional)
            made.isAnchored = step.isAnchored
            made.occurrence = step.occurrence
            made.gapMicros = step.gapMicros
            steps.append(made)
        }
        self.init(steps: steps, windowMicros: windowMicros)
        order = plan.order
        ties = plan.ties
        tieMicros = plan.tieMicros
        entersAt = plan.entersAt
        every = plan.every
        calendar = plan.calendar
        counting = plan.counting
        key = try plan.key.map { (key) throws(EventSQLError) in try readers.values(key) }
        z = Normal.z(confidence: plan.confidence)
        comparesBreakdown = plan.comparesBreakdown
        keepsTimes = plan.needsTimes
        switch plan.sessions {
        case .column(let column): sessions = .key(try readers.values(column))
        case .gap(let micros): sessions = .gap(micros)
        case nil: break
        }
        timeRange = plan.filter.timeRange
        filter = try readers.predicate(plan.filter.predicate)
        for exclusion in plan.exclusions {
            exclusions.append(
                Exclusion(
                    condition: try readers.condition(exclusion.selector), after: exclusion.after,
                    before: exclusion.before, dropsPerson: exclusion.dropsPerson))
        }
        for expression in plan.hold { hold.append(try readers.values(expression)) }
        if let breakdown = plan.breakdown {
            self.breakdown = Breakdown(
                values: try readers.values(breakdown.expression), attribution: breakdown.attribution, top: breakdown.top
            )
        }
    }
}
