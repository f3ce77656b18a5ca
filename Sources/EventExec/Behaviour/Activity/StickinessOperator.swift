import EventBase
import EventColumns
import EventPlan

/// Runs a STICKINESS: people by the number of periods they were active in (SPEC 3.10, S50).
extension StickinessPlan: ActivityPlan {
    private struct Worker: Sendable {
        var activity: PersonActivity
        /// People by value and number of periods.
        var counts: [UInt32: [Int]] = [:]
        var list: [(person: UInt32, group: UInt32, periods: Int)] = []
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let readers = RowReaders(layout: layout, snapshot: snapshot)
        let calendars = try PersonCalendars(every, calendar, readers, context)
        var request = try readers.request(selector, filter, breakdown: breakdown?.expression)
        request.timeRange = filter.timeRange
        let gather = try readers.source(request, by: key, context)
        let activity = PersonActivity(
            buckets: calendars.common, attribution: breakdown?.attribution, names: gather.keys?.groups,
            minimum: minimum)
        let listsUsers = listsUsers
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(activity: activity)
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            for (position, person) in persons.persons.enumerated() {
                try context.check()
                if calendar.personal != nil { worker.activity.buckets = try calendars.buckets(of: person) }
                worker.activity.read(persons.rows, persons.starts[position]..<persons.starts[position + 1])
                for cell in worker.activity.cells {
                    if listsUsers {
                        worker.list.append((person, cell.group, cell.periods.count))
                    } else {
                        worker.counts[cell.group, default: []].countUp(cell.periods.count)
                    }
                }
            }
        }
        let values = gather.keys?.groups.values ?? []
        if listsUsers { return try rows(workers.flatMap(\.list), values, gather, context) }
        var counts: [UInt32: [Int]] = [:]
        for worker in workers {
            for (group, numbers) in worker.counts { counts[group, default: []].add(numbers) }
        }
        return rows(counts, values)
    }

    private func rows(_ counts: [UInt32: [Int]], _ values: [Value]) -> [[Value]] {
        let order = BreakdownOrder(
            weights: counts.mapValues { $0.reduce(0, +) }, values: values, top: breakdown?.top)
        var rows: [[Value]] = []
        for group in order.shown {
            var numbers: [Int] = []
            for (value, part) in counts where order.holds(value, in: group) { numbers.add(part) }
            let total = numbers.reduce(0, +)
            var below = 0
            for periods in 1..<max(1, numbers.count) {
                let users = isCumulative ? total - below : numbers[periods]
                below += numbers[periods]
                let interval = WilsonInterval(successes: users, of: total)
                let row: [Value] = [
                    .int64(Int64(periods)), .int64(Int64(users)), .double(Double(users) / Double(total)),
                    interval.map { .double($0.low) } ?? .null, interval.map { .double($0.high) } ?? .null,
                ]
                rows.append((breakdown == nil ? [] : [order.label(group)]) + row)
            }
        }
        return rows
    }

    private func rows(
        _ list: [(person: UInt32, group: UInt32, periods: Int)], _ values: [Value], _ source: PersonSource,
        _ context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        try context.reserve(bytes: list.count * 200, for: "a list of users")
        defer { context.release(bytes: list.count * 200) }
        let ranks = BreakdownOrder.ranks(values)
        func rank(_ group: UInt32) -> Int { group == RowKey.none ? -1 : ranks[Int(group)] }
        let rows = list.sorted { ($0.person, rank($0.group)) < ($1.person, rank($1.group)) }.map {
            person, group, periods in
            [.string(source.name(of: person))]
                + (breakdown == nil ? [] : [BreakdownOrder.label(group, values)]) + [Value.int64(Int64(periods))]
        }
        return rows
    }
}

extension RowReaders {
    /// One condition, a WHERE without its time range, and perhaps a value that every row carries.
    func request(
        _ selector: SelectorPlan, _ filter: RowFilterPlan, breakdown: BoundExpression?
    ) throws(EventSQLError) -> GatherRequest {
        var request = GatherRequest(conditions: [try condition(selector)])
        request.filter = try predicate(filter.predicate)
        if let breakdown { request.group = try values(breakdown) }
        return request
    }
}

extension [Int] {
    /// One more at `index`, which may lie behind the end.
    mutating func countUp(_ index: Int) {
        if index >= count { append(contentsOf: repeatElement(0, count: index + 1 - count)) }
        self[index] += 1
    }

    /// Adds `other` number by number.
    mutating func add(_ other: [Int]) {
        if other.count > count { append(contentsOf: repeatElement(0, count: other.count - count)) }
        for index in other.indices { self[index] += other[index] }
    }
}
