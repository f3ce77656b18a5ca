import EventBase
import EventColumns
import EventPlan

/// Runs a LIFECYCLE: new, returning, resurrecting and dormant people of each period (SPEC 3.10, S49).
extension LifecyclePlan: ActivityPlan {
    /// What a person is in a period.
    private enum Status: Int, Sendable {
        case new, returning, resurrecting, dormant

        static let count = 4
        var name: String { ["new", "returning", "resurrecting", "dormant"][rawValue] }
    }

    private struct Worker: Sendable {
        var activity: PersonActivity
        /// People by value, then by period and status.
        var counts: [UInt32: [Int]] = [:]
        var list: [(person: UInt32, group: UInt32, period: Int, status: Status)] = []
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let readers = RowReaders(layout: layout, snapshot: snapshot)
        let calendars = try PersonCalendars(every, calendar, readers, context)
        guard let span = try PeriodSpan(calendars, snapshot, in: filter.timeRange) else { return [] }
        var request = try readers.request(selector, filter, breakdown: breakdown?.expression)
        request.timeRange = Int64.min...filter.timeRange.upperBound
        let gather = try readers.source(request, by: key, context)
        let activity = PersonActivity(
            buckets: calendars.common, attribution: breakdown?.attribution, names: gather.keys?.groups)
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(activity: activity)
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            let listed = worker.list.count
            for (position, person) in persons.persons.enumerated() {
                try context.check()
                if calendar.personal != nil { worker.activity.buckets = try calendars.buckets(of: person) }
                worker.activity.read(persons.rows, persons.starts[position]..<persons.starts[position + 1])
                let own = span.periods(of: worker.activity.buckets)
                for cell in worker.activity.cells { add(person, cell, own, span, to: &worker) }
            }
            try context.reserve(bytes: (worker.list.count - listed) * 200, for: "a list of users")
        }
        let values = gather.keys?.groups.values ?? []
        if listsUsers {
            defer { context.release(bytes: workers.reduce(0) { $0 + $1.list.count * 200 }) }
            return rows(workers.flatMap(\.list), values, span, gather)
        }
        var counts: [UInt32: [Int]] = [:]
        for worker in workers {
            for (group, numbers) in worker.counts { counts[group, default: []].add(numbers) }
        }
        return rows(counts, values, span)
    }

    /// - Parameter own: the periods that have begun for the person.
    private func add(
        _ person: UInt32, _ cell: PersonActivity.Cell, _ own: ClosedRange<Int>, _ span: PeriodSpan,
        to worker: inout Worker
    ) {
        for index in cell.periods {
            let period = worker.activity.periods[index]
            var status = Status.new
            if index > cell.periods.lowerBound {
                status = worker.activity.periods[index - 1] == period - 1 ? .returning : .resurrecting
            }
            if own.contains(period) { add(person, cell.group, period, status, span, to: &worker) }
            // Booked in the first period that was missed.
            let isMissed = index + 1 == cell.periods.upperBound || worker.activity.periods[index + 1] != period + 1
            if isMissed, own.contains(period + 1) {
                add(person, cell.group, period + 1, .dormant, span, to: &worker)
            }
        }
    }

    private func add(
        _ person: UInt32, _ group: UInt32, _ period: Int, _ status: Status, _ span: PeriodSpan, to worker: inout Worker
    ) {
        if listsUsers {
            worker.list.append((person, group, period, status))
        } else {
            let place = (period - span.periods.lowerBound) * Status.count + status.rawValue
            worker.counts[group, default: []].countUp(place)
        }
    }

    private func rows(_ counts: [UInt32: [Int]], _ values: [Value], _ span: PeriodSpan) -> [[Value]] {
        let order = BreakdownOrder(
            weights: counts.mapValues { numbers in
                numbers.indices.reduce(0) { $0 + ($1 % Status.count == Status.dormant.rawValue ? 0 : numbers[$1]) }
            }, values: values, top: breakdown?.top)
        var rows: [[Value]] = []
        for group in breakdown == nil ? [RowKey.none] : order.shown {
            var numbers = [Int](repeating: 0, count: span.periods.count * Status.count)
            for (value, part) in counts where order.holds(value, in: group) { numbers.add(part) }
            for (index, period) in span.periods.enumerated() {
                let cells = numbers[(index * Status.count)..<((index + 1) * Status.count)]
                let row =
                    [span.buckets.label(period)] + cells.map { Value.int64(Int64($0)) }
                    + [.bool(span.isOver(period))]
                rows.append((breakdown == nil ? [] : [order.label(group)]) + row)
            }
        }
        return rows
    }

    private func rows(
        _ list: [(person: UInt32, group: UInt32, period: Int, status: Status)], _ values: [Value],
        _ span: PeriodSpan, _ source: PersonSource
    ) -> [[Value]] {
        let ranks = BreakdownOrder.ranks(values)
        func rank(_ group: UInt32) -> Int { group == RowKey.none ? -1 : ranks[Int(group)] }
        let sorted = list.sorted {
            ($0.period, $0.status.rawValue, $0.person, rank($0.group))
                < ($1.period, $1.status.rawValue, $1.person, rank($1.group))
        }
        return sorted.map { person, group, period, status in
            [.string(source.name(of: person))]
                + (breakdown == nil ? [] : [BreakdownOrder.label(group, values)])
                + [span.buckets.label(period), .string(status.name)]
        }
    }
}
