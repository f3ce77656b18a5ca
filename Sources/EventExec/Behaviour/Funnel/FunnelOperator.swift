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
        let gather = try PersonGather(snapshot, task.request)
        let keys = gather.keys
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) { [task] in
            Worker(counter: FunnelCounter(task, keys: keys))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            worker.counter.add(worker.persons)
        }
        var plain = FunnelTally(stepCount: task.steps.count)
        var cells: [FunnelCounter.Cell: FunnelTally] = [:]
        for worker in workers {
            plain.merge(worker.counter.plain)
            for (cell, tally) in worker.counter.tallies {
                cells[cell, default: FunnelTally(stepCount: task.steps.count)].merge(tally)
            }
        }
        let lastInstant = snapshot.rowGroups.map(\.timeRange.upperBound).max() ?? .min
        if task.breakdown == nil && task.every == nil {
            for tally in cells.values { plain.merge(tally) }
            return rows(&plain)
        }
        return rows(cells, values: keys?.groups.values ?? [], lastInstant: min(lastInstant, task.timeRange.upperBound))
    }

    private func rows(_ tally: inout FunnelTally) -> [[Value]] {
        var base: [Int] = []
        for index in task.steps.indices {
            base.append(task.steps[..<index].lastIndex { !$0.isOptional } ?? 0)
        }
        return tally.makeRows(names: task.steps.map(\.name), base: base)
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
        let periods = Set(cells.keys.map(\.period)).sorted()
        var result: [[Value]] = []
        for group in shown.map(Optional.some) + (rest.isEmpty ? [] : [nil]) {
            for period in periods {
                var tally = FunnelTally(stepCount: task.steps.count)
                for (cell, part) in cells where cell.period == period {
                    if group.map({ $0 == cell.group }) ?? rest.contains(cell.group) { tally.merge(part) }
                }
                if tally.reached[0] == 0 { continue }
                let label: Value =
                    group.map { $0 == RowKey.none ? .null : .string(values[Int($0)].breakdownText) }
                    ?? .string("(other)")
                for row in rows(&tally) { result.append(extend(row, label, period, lastInstant)) }
            }
        }
        return result
    }

    private func extend(_ row: [Value], _ label: Value, _ period: Int, _ lastInstant: Int64) -> [Value] {
        var row = row
        if let every = task.every {
            let buckets = CalendarBuckets(unit: every)
            row.insert(buckets.label(period), at: 0)
            // Whoever entered last has had the whole window (S22).
            let end = buckets.startMicros(period + 1).addingReportingOverflow(task.windowMicros)
            row.append(.bool(!end.overflow && end.partialValue <= lastInstant))
        }
        if task.breakdown != nil { row.insert(label, at: 0) }
        return row
    }
}
