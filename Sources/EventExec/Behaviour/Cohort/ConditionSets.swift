import EventBase
import EventColumns
import EventPlan

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
        var folds: [ConditionFold]
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
        if !byRows.isEmpty {
            for (index, found) in zip(byRows, try gather(byRows)) { sets[index] = found }
        }
        return sets.map { $0 ?? Bitmap() }
    }

    /// Measures persons for the conditions `indexes`.
    private func gather(_ indexes: [Int]) throws(EventSQLError) -> [Bitmap] {
        let bits = try ConditionBits(plan, indexes, end: end, snapshot)
        let gather = try PersonGather(snapshot, bits.request)
        let folds = bits.folds
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(
                counts: Array(repeating: 0, count: folds.count), folds: folds,
                found: Array(repeating: [], count: folds.count))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            Self.count(&worker)
            try Self.measure(&worker, bits.values, snapshot)
        }
        return folds.indices.map { condition in Bitmap(workers.flatMap { $0.found[condition] }.sorted()) }
    }

    /// Conditions that count rows, all in one pass.
    private static func count(_ worker: inout Worker) {
        let folds = worker.folds
        let conditions = folds.map(\.condition)
        let strangers = conditions.map(\.holdsForStrangers)
        let counting = folds.indices.filter { conditions[$0].countsRows }
        if counting.isEmpty { return }
        var indexOfBit = [Int](repeating: -1, count: 64)
        for index in counting { indexOfBit[folds[index].firstBit] = index }
        let ranges = folds.map(\.range)
        let bits = counting.reduce(UInt64(0)) { $0 | 1 << UInt64(folds[$1].firstBit) }
        let rows = worker.persons.rows
        for person in worker.persons.persons.indices {
            for index in counting { worker.counts[index] = 0 }
            for row in worker.persons.starts[person]..<worker.persons.starts[person + 1] {
                var mask = rows.masks[row] & bits
                while mask != 0 {
                    let index = indexOfBit[mask.trailingZeroBitCount]
                    mask &= mask - 1
                    if ranges[index].contains(rows.times[row]) { worker.counts[index] += 1 }
                }
            }
            for index in counting where conditions[index].holds(Double(worker.counts[index])) != strangers[index] {
                worker.found[index].append(worker.persons.persons[person])
            }
        }
    }

    /// All other conditions, one after the other.
    private static func measure(
        _ worker: inout Worker, _ values: [ConditionValues?], _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        for index in worker.folds.indices where !worker.folds[index].condition.countsRows {
            let fold = worker.folds[index]
            let numbers = try values[index]?.read(worker.persons.rows, bits: fold.bits, snapshot)
            for person in worker.persons.persons.indices {
                let own = worker.persons.starts[person]..<worker.persons.starts[person + 1]
                let found = worker.folds[index].found(worker.persons.rows, own, numbers ?? [])
                if fold.condition.holds(found) != fold.condition.holdsForStrangers {
                    worker.found[index].append(worker.persons.persons[person])
                }
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

/// Bits of a row's mask for conditions of a cohort, and the gather that sets them.
struct ConditionBits {
    var request: GatherRequest
    var folds: [ConditionFold] = []
    /// What each condition looks at beside rows; nil: nothing.
    var values: [ConditionValues?] = []

    init(_ plan: CohortPlan, _ indexes: [Int], end: Int64, _ snapshot: any EventSnapshot) throws(EventSQLError) {
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        var selected: [GatherRequest.Condition] = []
        var seen: (first: Int64, last: Int64) = (.max, .min)
        for index in indexes {
            let condition = plan.conditions[index]
            let range =
                condition.lastMicros.map { ConditionSets.lastPeriod($0, endingAt: end) } ?? condition.timeRange
            let fold = ConditionFold(condition, range, firstBit: selected.count)
            for selector in condition.selectors { selected.append(try readers.condition(selector)) }
            values.append(try ConditionValues(condition, readers))
            folds.append(fold)
            seen = (min(seen.first, fold.rowRange.lowerBound), max(seen.last, fold.rowRange.upperBound))
        }
        if selected.count > 64 {
            throw EventSQLError(.limit, "a cohort asks for at most 64 kinds of rows, here are \(selected.count)")
        }
        request = GatherRequest(conditions: selected)
        request.timeRange = seen.first...max(seen.first, seen.last)
        request.includesAddresses = values.contains { $0 != nil }
    }
}
