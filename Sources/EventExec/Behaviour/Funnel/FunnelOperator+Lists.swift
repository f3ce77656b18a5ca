package import EventBase
package import EventColumns

extension FunnelOperator {
    private struct Worker<Found: Sendable>: Sendable {
        var counter: FunnelCounter
        var found: [(person: UInt32, value: Found)] = []
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    /// The people whose deepest required step (from 1) lies in `depths`: user, step, its name, entry and last instant. Ascending
    /// by user ordinal.
    package func runListing(
        _ snapshot: any EventSnapshot, depths: ClosedRange<Int>, context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let source = try source(snapshot, context)
        let breaksDown = task.breakdown != nil
        var found = try collect(source, context) {
            (counter: inout FunnelCounter, rows, range) -> [(attempt: Attempt, group: UInt32)] in
            let attempts =
                breaksDown
                ? counter.bestByValue(rows, range) : [(counter.bestAttempt(rows, range), RowKey.none)]
            return attempts.filter { depths.contains($0.attempt.depth) }
        }
        try context.reserve(bytes: found.count * 200, for: "a list of users")
        defer { context.release(bytes: found.count * 200) }
        let labels = GroupLabels(task, source)
        if breaksDown {
            found.sort { ($0.person, labels.rank($0.value.group)) < ($1.person, labels.rank($1.value.group)) }
        }
        return found.map { person, entry in
            let attempt = entry.attempt
            let step = task.bitOrder[attempt.depth - 1]
            return [.string(source.name(of: person))] + labels.cell(entry.group) + [
                .int64(Int64(step + 1)), .string(task.steps[step].name), .timestamp(attempt.start),
                .timestamp(attempt.completion),
            ]
        }
    }

    /// Every conversion that is counted: who, and the instant of each step. Ascending by user ordinal, then by time.
    package func runTimes(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let source = try source(snapshot, context)
        var found = try conversions(source, context)
        let labels = GroupLabels(task, source)
        found.sort { a, b in
            if a.person != b.person { return a.person < b.person }
            if a.value.times != b.value.times { return a.value.times.lexicographicallyPrecedes(b.value.times) }
            let passed = (a.value.passed.map { $0 ?? .max }, b.value.passed.map { $0 ?? .max })
            if passed.0 != passed.1 { return passed.0.lexicographicallyPrecedes(passed.1) }
            return labels.rank(a.value.group) < labels.rank(b.value.group)
        }
        try context.reserve(bytes: found.count * (100 + 40 * task.steps.count), for: "a list of conversions")
        defer { context.release(bytes: found.count * (100 + 40 * task.steps.count)) }
        let places = task.steps.indices.map { step in task.bitOrder.firstIndex(of: step) ?? 0 }
        return found.map { person, conversion in
            let times = conversion.times.map(Optional.some) + conversion.passed
            return [.string(source.name(of: person))] + labels.cell(conversion.group)
                + places.map { times[$0].map { .timestamp($0) } ?? .null }
        }
    }

    /// How long conversions took: as many equal bins as the cube root of their number, 1 to 60, of whole seconds (S21).
    package func runHistogram(
        _ snapshot: any EventSnapshot, bins: Int?, context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let found = try conversions(try source(snapshot, context), context)
        let micros = found.map { $0.value.times[$0.value.times.count - 1] - $0.value.times[0] }
        guard let low = micros.min(), let high = micros.max() else { return [] }
        let second = CalendarMath.microsPerSecond
        let start = low / second * second
        let count = Int64(bins ?? min(60, max(1, Self.cubeRootUp(micros.count))))
        let width = max(second, ((high - start) / count / second + 1) * second)
        var users = [Int64](repeating: 0, count: Int(count))
        for value in micros { users[Int(min(count - 1, (value - start) / width))] += 1 }
        return users.enumerated().map { bin, users in
            let from = Double(start + Int64(bin) * width) / 1e6
            return [.int64(Int64(bin + 1)), .double(from), .double(from + Double(width) / 1e6), .int64(users)]
        }
    }

    private static func cubeRootUp(_ value: Int) -> Int {
        var root = 0
        while root * root * root < value { root += 1 }
        return root
    }

    private func source(
        _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) -> PersonSource {
        try PersonSource(snapshot, task.request, by: task.key, context: context)
    }

    private func conversions(
        _ source: PersonSource, _ context: QueryContext
    ) throws(EventSQLError) -> [(person: UInt32, value: FunnelCounter.Conversion)] {
        try collect(source, context) { (counter: inout FunnelCounter, rows, range) in
            counter.conversions(rows, range)
        }
    }

    /// What `find` finds in each person's rows, ascending by person.
    private func collect<Found: Sendable>(
        _ source: PersonSource, _ context: QueryContext,
        _ find: @Sendable (inout FunnelCounter, SelectedRows, Range<Int>) -> [Found]
    ) throws(EventSQLError) -> [(person: UInt32, value: Found)] {
        let workers = try RangeWorkers.run(count: source.rangeCount, context: context) { [task] in
            Worker<Found>(counter: FunnelCounter(task, groups: source.keys?.groups ?? KeyInterner()))
        } body: { (worker: inout Worker<Found>, index: Int) throws(EventSQLError) in
            try source.read(index, into: &worker.persons, scratch: &worker.scratch)
            worker.counter.task.coarsen(&worker.persons.rows)
            for (index, person) in worker.persons.persons.enumerated() {
                let range = worker.persons.starts[index]..<worker.persons.starts[index + 1]
                for value in find(&worker.counter, worker.persons.rows, range) { worker.found.append((person, value)) }
            }
        }
        return workers.flatMap(\.found).enumerated()
            .sorted { ($0.element.person, $0.offset) < ($1.element.person, $1.offset) }.map(\.element)
    }
}

/// The breakdown's values as a list shows them.
private struct GroupLabels {
    private let breaksDown: Bool
    private let values: [Value]
    private let ranks: [Int]

    init(_ task: FunnelTask, _ source: PersonSource) {
        breaksDown = task.breakdown != nil
        values = breaksDown ? source.keys?.groups.values ?? [] : []
        ranks = BreakdownOrder.ranks(values)
    }

    func rank(_ group: UInt32) -> Int { group == RowKey.none ? -1 : ranks[Int(group)] }

    /// One column, or none without a breakdown.
    func cell(_ group: UInt32) -> [Value] { breaksDown ? [BreakdownOrder.label(group, values)] : [] }
}
