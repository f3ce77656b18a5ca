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
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        let breakdown = try RowBreakdownReader(plan.breakdown, readers)
        let source = try readers.source(try request(readers), by: plan.key, context)
        if plan.output == .users { return try list(source, breakdown, context) }
        var found = try fold(source, breakdown, shown: nil, context)
        defer { release(found, context) }
        if let top = plan.breakdown?.top {
            let order = order(found, breakdown, top: top)
            if order.shown.contains(nil) {
                // Another walk, because people under several of the other values count once.
                release(found, context)
                found = []
                found = try fold(source, breakdown, shown: Set(order.shown.compactMap { $0 }), context)
            }
        }
        let table = PathTable(plan: plan, names: source.keys?.groups.values.map(\.breakdownText) ?? [])
        if breakdown == nil { return rows(table, found.map { $0[RowKey.none] ?? PathTally() }) }
        let others = found.compactMap { $0[PathFold.other] }
        let own = found.map { tallies in tallies.filter { $0.key != PathFold.other && $0.value.everybody.count > 0 } }
        let order = order(own, breakdown, top: nil)
        var result: [[Value]] = []
        for value in order.shown.compactMap({ $0 }) {
            result += rows(table, own.compactMap { $0[value] }).map { [order.label(value)] + $0 }
        }
        return result + (others.isEmpty ? [] : rows(table, others).map { [order.label(nil)] + $0 })
    }

    private func release(_ found: [[UInt32: PathTally]], _ context: QueryContext) {
        context.release(bytes: found.joined().reduce(0) { $0 + $1.value.sizeBytes })
    }

    private func rows(_ table: PathTable, _ tallies: [PathTally]) -> [[Value]] {
        plan.output == .edges ? table.edgeRows(tallies.map(\.steps)) : table.pathRows(tallies.map(\.routes))
    }

    /// The breakdown's values, those with the most people or paths first.
    private func order(
        _ found: [[UInt32: PathTally]], _ breakdown: RowBreakdownReader?, top: Int?
    ) -> BreakdownOrder {
        var weights: [UInt32: Int] = [:]
        for tallies in found {
            for (value, tally) in tallies {
                weights[value, default: 0] += plan.count == .users ? tally.everybody.users : tally.everybody.count
            }
        }
        return BreakdownOrder(
            weights: weights.filter { $0.value > 0 }, values: breakdown?.values.values ?? [], top: top)
    }

    /// What each worker counted, by value of the breakdown.
    ///
    /// - Parameter shown: the values that are told apart; nil: all.
    private func fold(
        _ source: PersonSource, _ breakdown: RowBreakdownReader?, shown: Set<UInt32>?, _ context: QueryContext
    ) throws(EventSQLError) -> [[UInt32: PathTally]] {
        try walk(source, breakdown, shown: shown, context).map(\.tallies)
    }

    /// What each worker found.
    func walk(
        _ source: PersonSource, _ breakdown: RowBreakdownReader?, shown: Set<UInt32>?, _ context: QueryContext
    ) throws(EventSQLError) -> [PathFold] {
        guard let keys = source.keys else { preconditionFailure("BUG: nodes are keys of their rows") }
        let rules = rules
        let workers = try RangeWorkers.run(count: source.rangeCount, context: context) {
            Worker(fold: PathFold(rules: rules, names: keys.groups, values: breakdown?.values, shown: shown))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try source.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            let values = try breakdown?.read(persons.rows) ?? []
            let before = worker.fold.sizeBytes
            for (position, person) in persons.persons.enumerated() {
                if position & 63 == 0 { try context.check() }
                worker.fold.add(
                    person, persons.rows, persons.starts[position]..<persons.starts[position + 1], values: values)
            }
            try context.reserve(bytes: worker.fold.sizeBytes - before, for: "PATHS")
        }
        return workers.map(\.fold)
    }

    private func request(_ readers: RowReaders) throws(EventSQLError) -> GatherRequest {
        let nothing = SelectorPlan(names: [])
        var conditions: [GatherRequest.Condition] = []
        for selector in rules.selectors { conditions.append(try readers.condition(selector ?? nothing)) }
        var request = GatherRequest(conditions: conditions)
        request.filter = try readers.predicate(plan.filter.predicate)
        request.timeRange = plan.filter.timeRange
        request.group = try readers.values(plan.node)
        // Only people with the event that a path starts or ends with matter.
        if plan.after != nil || plan.before != nil { request.neededCondition = 0 }
        request.firstRows = firstRows(readers.snapshot)
        request.includesAddresses = plan.breakdown != nil
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
    let output: PathsStatement.Output
    /// Which row's value a path is under; nil: nothing is broken down.
    let attribution: PersonBreakdown.Attribution?

    init(_ plan: PathsPlan) {
        depth = plan.depth
        gapMicros = plan.session == nil ? plan.gapMicros : nil
        keepsRepeats = plan.keepsRepeats
        takesEveryAnchor = plan.count == .totals
        output = plan.output
        attribution = plan.breakdown?.attribution
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
