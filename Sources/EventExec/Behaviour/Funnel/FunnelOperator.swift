package import EventBase
package import EventColumns
package import EventPlan
import EventSyntax

/// Runs a FUNNEL: gather the rows of its steps, fold them person by person, count (SPEC 3.2).
package struct FunnelOperator: Sendable {
    private let plan: FunnelPlan
    private let rules: FunnelRules

    private struct Worker: Sendable {
        var fold: FunnelFold
        var tally: FunnelTally
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
        var times: [Int64] = []
    }

    package init(_ plan: FunnelPlan) {
        self.plan = plan
        var rules = FunnelRules(stepCount: plan.steps.count, windowMicros: plan.windowMicros)
        rules.order =
            switch plan.order {
            case .ordered: .ordered
            case .strict, .strictAmongSteps: .strict
            case .any: .any
            }
        rules.tiesAreStrict = plan.ties == .strict
        rules.stepsAreDisjoint = Self.areDisjoint(plan.steps.map(\.selector))
        self.rules = rules
    }

    package func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> BehaviourResult {
        var request = GatherRequest(conditions: plan.steps.map { GatherRequest.Condition(names: $0.selector.names) })
        request.includesStrangers = plan.order == .strict
        let gather = try PersonGather(snapshot, request)
        let tallies = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(fold: FunnelFold(rules), tally: FunnelTally(stepCount: rules.stepCount))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            Self.fold(&worker)
        }
        var tally = FunnelTally(stepCount: rules.stepCount)
        for part in tallies { tally.merge(part.tally) }
        return BehaviourResult(
            columns: plan.columns, rows: tally.makeRows(names: plan.steps.map(\.name)), notes: plan.notes)
    }

    private static func fold(_ worker: inout Worker) {
        let rows = worker.persons.rows
        let starts = worker.persons.starts
        for person in 0..<worker.persons.persons.count {
            let range = starts[person]..<starts[person + 1]
            let attempt = worker.fold.fold(rows, range)
            worker.fold.stepTimes(attempt, rows, range, into: &worker.times)
            worker.tally.add(depth: attempt.depth, times: worker.times)
        }
    }

    /// Whether no row can meet two of the selectors: each has names, and no name twice.
    private static func areDisjoint(_ selectors: [SelectorPlan]) -> Bool {
        var seen: Set<String> = []
        for selector in selectors {
            if selector.names.isEmpty { return false }
            for name in Set(selector.names) where !seen.insert(name).inserted { return false }
        }
        return true
    }
}
