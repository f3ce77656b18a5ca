package import EventBase
package import EventColumns
import EventSyntax

/// Runs a FUNNEL: gather the rows of its steps, fold them person by person, count (SPEC 3.2).
package struct FunnelOperator: Sendable {
    let task: FunnelTask

    private struct Worker: Sendable {
        var counter: FunnelCounter
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    package init(_ task: FunnelTask) { self.task = task }

    /// Rows in the columns of `FunnelPlan.columns`.
    package func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let gather = try PersonSource(snapshot, task.request, by: task.key, context: context)
        let groups = gather.keys?.groups ?? KeyInterner()
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) { [task] in
            Worker(counter: FunnelCounter(task, groups: groups))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            if worker.counter.canStream, let runs = gather.orderedRuns {
                worker.counter.stream.begin(runs.users(ofRange: index))
                for group in 0..<runs.groupCount {
                    try runs.eachGranule(index, ofGroup: group, scratch: &worker.scratch) { rows, origin in
                        worker.counter.stream.add(rows, origin: origin)
                    }
                    worker.counter.stream.endGroup()
                }
                return try worker.counter.addStreamed(snapshot)
            }
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            worker.counter.task.coarsen(&worker.persons.rows)
            try worker.counter.add(worker.persons, snapshot)
        }
        var plain = FunnelTally(stepCount: task.steps.count)
        var cells: [FunnelCounter.Cell: FunnelTally] = [:]
        for worker in workers {
            plain.merge(worker.counter.plain)
            for (cell, tally) in worker.counter.cells {
                cells[cell, default: FunnelTally(stepCount: task.steps.count)].merge(tally)
            }
        }
        let lastInstant = snapshot.rowGroups.map(\.timeRange.upperBound).max() ?? .min
        if task.breakdown == nil && task.every == nil {
            for tally in cells.values { plain.merge(tally) }
            return rows(&plain)
        }
        return rows(cells, values: groups.values, lastInstant: min(lastInstant, task.timeRange.upperBound))
    }

    private func rows(_ tally: inout FunnelTally) -> [[Value]] {
        var base: [Int] = []
        for index in task.steps.indices {
            base.append(task.steps[..<index].lastIndex { !$0.isOptional } ?? 0)
        }
        return tally.makeRows(names: task.steps.map(\.name), base: base, z: task.z)
    }

    /// Breakdown values by entrants, the most first; rare ones together under `(other)`.
    private func rows(
        _ cells: [FunnelCounter.Cell: FunnelTally], values: [Value], lastInstant: Int64
    ) -> [[Value]] {
        var entrants: [UInt32: Int] = [:]
        for (cell, tally) in cells { entrants[cell.group, default: 0] += tally.reached[0] }
        let ordered = entrants.keys.sorted { a, b in
            if entrants[a] != entrants[b] { return entrants[a, default: 0] > entrants[b, default: 0] }
            if a == RowKey.none || b == RowKey.none { return b == RowKey.none }
            return values[Int(a)].precedes(values[Int(b)])
        }
        let shown = Array(ordered.prefix(task.breakdown?.top ?? ordered.count))
        let rest = Set(ordered.dropFirst(shown.count))
        let periods = Set(cells.keys.map(\.period)).sorted().map {
            (number: $0, isOver: task.isOver($0, at: lastInstant))
        }
        let pValues = task.comparesBreakdown ? self.pValues(cells, shown) : [:]
        var result: [[Value]] = []
        for group in shown.map(Optional.some) + (rest.isEmpty ? [] : [nil]) {
            for period in periods {
                var tally = FunnelTally(stepCount: task.steps.count)
                for (cell, part) in cells where cell.period == period.number {
                    if group.map({ $0 == cell.group }) ?? rest.contains(cell.group) { tally.merge(part) }
                }
                if tally.reached[0] == 0 { continue }
                let label: Value =
                    group.map { $0 == RowKey.none ? .null : .string(values[Int($0)].breakdownText) }
                    ?? .string("(other)")
                for (step, row) in rows(&tally).enumerated() {
                    var row = extend(row, label, period)
                    if task.comparesBreakdown {
                        let p = group.flatMap { pValues[$0]?[step] } ?? nil
                        row.append(p.map { .double($0) } ?? .null)
                    }
                    result.append(row)
                }
            }
        }
        return result
    }

    /// How likely each value's rate of each step (of step 1) differs from everybody else's by chance alone, corrected for the
    /// number of values.
    private func pValues(_ cells: [FunnelCounter.Cell: FunnelTally], _ groups: [UInt32]) -> [UInt32: [Double?]] {
        var reached: [UInt32: [Int]] = [:]
        var all = [Int](repeating: 0, count: task.steps.count)
        for (cell, tally) in cells {
            reached[cell.group] = tally.reached
            for step in all.indices { all[step] += tally.reached[step] }
        }
        var result: [UInt32: [Double?]] = [:]
        for step in task.steps.indices {
            let values = groups.map { group -> Double? in
                guard step > 0, let own = reached[group] else { return nil }
                return RateComparison.pValue((own[step], own[0]), (all[step] - own[step], all[0] - own[0]))
            }
            for (group, value) in zip(groups, RateComparison.holm(values)) { result[group, default: []].append(value) }
        }
        return result
    }

    private func extend(_ row: [Value], _ label: Value, _ period: (number: Int, isOver: Bool)) -> [Value] {
        var row = row
        if let buckets = task.buckets {
            row.insert(buckets.label(period.number), at: 0)
            row.append(.bool(period.isOver))
        }
        if task.breakdown != nil { row.insert(label, at: 0) }
        return row
    }
}
