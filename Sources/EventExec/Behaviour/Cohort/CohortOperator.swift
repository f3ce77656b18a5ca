package import EventBase
package import EventColumns
package import EventPlan

/// Finds the members of a cohort: each condition becomes a set of persons, and sets combine (SPEC 3.4).
package struct CohortOperator: Sendable {
    let plan: CohortPlan
    /// The instant that bounds `IN LAST` where no AS OF does.
    let nowMicros: Int64

    package init(_ plan: CohortPlan, nowMicros: Int64) {
        self.plan = plan
        self.nowMicros = nowMicros
    }

    /// The members, as ordinals of persons after identity merges.
    package func members(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> Bitmap {
        let sets = ConditionSets(plan: plan, end: end(snapshot), snapshot: snapshot, context: context)
        var everybody: Bitmap?
        let different = try sets.personsThatDiffer()
        func all() throws(EventSQLError) -> Bitmap {
            if let everybody { return everybody }
            let found = try sets.everybody()
            everybody = found
            return found
        }
        func evaluate(_ tree: CohortPlan.Tree) throws(EventSQLError) -> Bitmap {
            switch tree {
            case .and(let a, let b): return try evaluate(a).intersection(try evaluate(b))
            case .or(let a, let b): return try evaluate(a).union(try evaluate(b))
            case .not(let inner): return try all().subtracting(try evaluate(inner))
            case .condition(let index):
                if !plan.conditions[index].holds(0) { return different[index] }
                return try all().subtracting(different[index])
            case .cohort(let name):
                guard let members = try snapshot.members(ofCohort: name) else {
                    throw EventSQLError(.notFound, "there is no cohort \(name)")
                }
                return Self.persons(of: members, snapshot.canonicalUsers)
            }
        }
        return try evaluate(plan.tree)
    }

    /// The end of every last period: AS OF, else the latest event, but never later than now.
    private func end(_ snapshot: any EventSnapshot) -> Int64 {
        plan.asOfMicros ?? min(nowMicros, snapshot.rowGroups.map(\.timeRange.upperBound).max() ?? nowMicros)
    }

    private static func persons(of users: Bitmap, _ canonical: [UInt32]?) -> Bitmap {
        guard let canonical else { return users }
        return Bitmap(Set(users.values().map { canonical[Int($0)] }).sorted())
    }
}

/// Finds, for each condition of a cohort, the persons about whom it says something else than about a stranger.
///
/// `DID 'x'` differs for those with a row; `COUNT('x') < 3` for those with three. So persons without any row of a
/// condition never need to be visited.
struct ConditionSets {
    let plan: CohortPlan
    let end: Int64
    let snapshot: any EventSnapshot
    let context: QueryContext

    private struct Worker: Sendable {
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
        var counts: [Int]
        var found: [[UInt32]]
    }

    func personsThatDiffer() throws(EventSQLError) -> [Bitmap] {
        let usesBitmaps = canUseUserBitmaps
        var sets: [Bitmap?] = []
        for condition in plan.conditions {
            if usesBitmaps, condition.selector.predicate == nil, condition.asksOnlyForPresence, condition.isAllTime {
                let days = try UserDays(snapshot).users(of: condition.selector.names, context)
                sets.append(days.isEmpty ? Bitmap() : Bitmap.union(days.map(\.users)))
            } else {
                sets.append(nil)
            }
        }
        let byRows = plan.conditions.indices.filter { sets[$0] == nil }
        if byRows.count > 64 {
            throw EventSQLError(.limit, "a cohort has at most 64 conditions on rows, here are \(byRows.count)")
        }
        if !byRows.isEmpty {
            for (index, found) in zip(byRows, try gather(byRows)) { sets[index] = found }
        }
        return sets.map { $0 ?? Bitmap() }
    }

    /// Counts rows per person for the conditions `indexes`.
    private func gather(_ indexes: [Int]) throws(EventSQLError) -> [Bitmap] {
        let conditions = indexes.map { plan.conditions[$0] }
        let ranges = conditions.map { condition in
            condition.lastMicros.map { Self.lastPeriod($0, endingAt: end) } ?? condition.timeRange
        }
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        var selected: [GatherRequest.Condition] = []
        for condition in conditions { selected.append(try readers.condition(condition.selector)) }
        var request = GatherRequest(conditions: selected)
        let first = ranges.map(\.lowerBound).min() ?? .min
        request.timeRange = first...(ranges.map(\.upperBound).max() ?? .max)
        let gather = try PersonGather(snapshot, request)
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(
                counts: Array(repeating: 0, count: conditions.count),
                found: Array(repeating: [], count: conditions.count))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            Self.count(&worker, conditions, ranges)
        }
        return conditions.indices.map { condition in
            Bitmap(workers.flatMap { $0.found[condition] }.sorted())
        }
    }

    private static func count(
        _ worker: inout Worker, _ conditions: [CohortPlan.Condition], _ ranges: [ClosedRange<Int64>]
    ) {
        let rows = worker.persons.rows
        for person in worker.persons.persons.indices {
            for index in conditions.indices { worker.counts[index] = 0 }
            for row in worker.persons.starts[person]..<worker.persons.starts[person + 1] {
                var mask = rows.masks[row]
                while mask != 0 {
                    let index = mask.trailingZeroBitCount
                    mask &= mask - 1
                    if ranges[index].contains(rows.times[row]) { worker.counts[index] += 1 }
                }
            }
            for index in conditions.indices
            where conditions[index].holds(worker.counts[index]) != conditions[index].holds(0) {
                worker.found[index].append(worker.persons.persons[person])
            }
        }
    }

    /// The period that ends with, and includes, `end`; the instant `length` before it is just outside.
    static func lastPeriod(_ length: Int64, endingAt end: Int64) -> ClosedRange<Int64> {
        let (start, overflow) = end.subtractingReportingOverflow(max(length, 1) - 1)
        return (overflow ? .min : start)...end
    }

    /// Everybody with a row, which is what NOT counts from (S51).
    func everybody() throws(EventSQLError) -> Bitmap {
        if canUseUserBitmaps {
            let days = try UserDays(snapshot).users(of: [], context)
            return days.isEmpty ? Bitmap() : Bitmap.union(days.map(\.users))
        }
        let gather = try PersonGather(snapshot, GatherRequest(conditions: [.init(names: [])]))
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            (persons: PersonRows(), scratch: PersonGather.Scratch(), found: [UInt32]())
        } body: { worker, index throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            worker.found.append(contentsOf: worker.persons.persons)
        }
        return Bitmap(workers.flatMap(\.found).sorted())
    }

    private var canUseUserBitmaps: Bool {
        snapshot.canonicalUsers == nil && snapshot.rowGroups.allSatisfy { $0.hasUserBitmaps && $0.hiddenRows == nil }
    }
}
