import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Runs a PATHS: gather the visible rows, cut them into paths person by person, count (SPEC 3.8).
struct PathsOperator: Sendable {
    let plan: PathsPlan
    let rules: PathRules

    private struct Worker: Sendable {
        var fold: PathFold
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    init(_ plan: PathsPlan) {
        self.plan = plan
        rules = PathRules(plan)
    }

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let gather = try PersonGather(snapshot, try request(snapshot))
        guard let keys = gather.keys else { preconditionFailure("BUG: nodes are keys of their rows") }
        let rules = rules
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(fold: PathFold(rules: rules, names: keys.groups))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            let before = worker.fold.sizeBytes
            for (position, person) in persons.persons.enumerated() {
                worker.fold.add(
                    person, persons.rows, persons.starts[position]..<persons.starts[position + 1])
            }
            try context.reserve(bytes: worker.fold.sizeBytes - before, for: "PATHS")
        }
        defer { context.release(bytes: workers.reduce(0) { $0 + $1.fold.sizeBytes }) }
        let table = PathTable(plan: plan, names: keys.groups.values.map(\.breakdownText))
        return plan.output == .edges
            ? table.edgeRows(workers.map(\.fold.steps)) : table.pathRows(workers.map(\.fold.routes))
    }

    private func request(_ snapshot: any EventSnapshot) throws(EventSQLError) -> GatherRequest {
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        let nothing = SelectorPlan(names: [])
        var conditions: [GatherRequest.Condition] = []
        for selector in rules.selectors { conditions.append(try readers.condition(selector ?? nothing)) }
        var request = GatherRequest(conditions: conditions)
        request.filter = try readers.predicate(plan.filter.predicate)
        request.timeRange = plan.filter.timeRange
        request.group = try readers.values(plan.node)
        // Only people with the event that a path starts or ends with matter.
        if plan.after != nil || plan.before != nil { request.neededCondition = 0 }
        request.firstRows = firstRows(snapshot)
        if let session = plan.session { request.hold = [try readers.values(session)] }
        return request
    }

    /// How many rows of each person are enough: those of the path, where everybody has one path from the first row on and
    /// every row is a node.
    private func firstRows(_ snapshot: any EventSnapshot) -> Int? {
        guard plan.after == nil, plan.before == nil, plan.keepsRepeats, plan.exclusions.isEmpty, plan.session == nil,
            case .column(let index, _, _) = plan.node, plan.layout.columns[index].role == .eventName,
            let gap = plan.gapMicros,
            let start = snapshot.rowGroups.map(\.timeRange.lowerBound).min(),
            let end = snapshot.rowGroups.map(\.timeRange.upperBound).max()
        else { return nil }
        return end - start <= gap ? plan.depth : nil
    }
}

extension PathsPlan: ActivityPlan {
    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        try PathsOperator(self).run(snapshot, context: context)
    }
}

/// What a row's mask means, and how its person's rows are cut into paths.
struct PathRules: Sendable {
    /// One a bit of the mask; nil: any event.
    private(set) var selectors: [SelectorPlan?] = []
    private(set) var afterBit: UInt64 = 0
    private(set) var beforeBit: UInt64 = 0
    /// A row needs one of these and none of `excludedBits`.
    private(set) var visibleBits: UInt64 = 0
    private(set) var excludedBits: UInt64 = 0
    let depth: Int
    /// nil: the rows of a session belong together however long it pauses.
    let gapMicros: Int64?
    let keepsRepeats: Bool
    /// Every anchor has a path of its own.
    let takesEveryAnchor: Bool
    let countsRoutes: Bool

    init(_ plan: PathsPlan) {
        depth = plan.depth
        gapMicros = plan.session == nil ? plan.gapMicros : nil
        keepsRepeats = plan.keepsRepeats
        takesEveryAnchor = plan.count == .totals
        countsRoutes = plan.output == .paths
        if let after = plan.after { afterBit = add(after) }
        if let before = plan.before { beforeBit = add(before) }
        visibleBits = afterBit | beforeBit
        if plan.only.isEmpty { visibleBits |= add(nil) }
        for selector in plan.only { visibleBits |= add(selector) }
        for selector in plan.exclusions { excludedBits |= add(selector) }
    }

    private mutating func add(_ selector: SelectorPlan?) -> UInt64 {
        selectors.append(selector)
        return 1 << UInt64(selectors.count - 1)
    }
}
