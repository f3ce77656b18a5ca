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
        let found = try collect(source, context) { (counter: inout FunnelCounter, rows, range) -> [Attempt] in
            let attempt = counter.bestAttempt(rows, range)
            return depths.contains(attempt.depth) ? [attempt] : []
        }
        try context.reserve(bytes: found.count * 200, for: "a list of users")
        defer { context.release(bytes: found.count * 200) }
        return found.map { person, attempt in
            let step = task.bitOrder[attempt.depth - 1]
            return [
                .string(source.name(of: person)), .int64(Int64(step + 1)), .string(task.steps[step].name),
                .timestamp(attempt.start), .timestamp(attempt.completion),
            ]
        }
    }

    /// Every conversion that is counted: who, and the instant of each step. Ascending by user ordinal.
    package func runTimes(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let source = try source(snapshot, context)
        let found = try conversions(source, context)
        try context.reserve(bytes: found.count * (100 + 40 * task.steps.count), for: "a list of conversions")
        defer { context.release(bytes: found.count * (100 + 40 * task.steps.count)) }
        let places = task.steps.indices.map { step in task.bitOrder.firstIndex(of: step) ?? 0 }
        return found.map { person, conversion in
            let times = conversion.times.map(Optional.some) + conversion.passed
            return [.string(source.name(of: person))] + places.map { times[$0].map { .timestamp($0) } ?? .null }
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
