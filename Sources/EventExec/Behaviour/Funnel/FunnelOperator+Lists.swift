package import EventBase
package import EventColumns

extension FunnelOperator {
    private struct Worker: Sendable {
        var fold: FunnelFold
        var found: [(person: UInt32, attempt: Attempt)] = []
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    /// The people whose deepest step (from 1) lies in `depths`: user, step, its name, entry and last instant. Ascending
    /// by user ordinal.
    package func runListing(
        _ snapshot: any EventSnapshot, depths: ClosedRange<Int>, context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let found = try attempts(snapshot, depths, context)
        try context.reserve(bytes: found.count * 200, for: "a list of users")
        defer { context.release(bytes: found.count * 200) }
        return found.map { person, attempt in
            [
                .string(snapshot.users.string(at: person)), .int64(Int64(attempt.depth)),
                .string(task.steps[attempt.depth - 1].name), .timestamp(attempt.start), .timestamp(attempt.completion),
            ]
        }
    }

    /// How long conversions took: as many equal bins as the cube root of their number, 1 to 60, of whole seconds (S21).
    package func runHistogram(
        _ snapshot: any EventSnapshot, bins: Int?, context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let last = task.steps.count
        let micros = try attempts(snapshot, last...last, context).map { $0.attempt.completion - $0.attempt.start }
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

    private func attempts(
        _ snapshot: any EventSnapshot, _ depths: ClosedRange<Int>, _ context: QueryContext
    ) throws(EventSQLError) -> [(person: UInt32, attempt: Attempt)] {
        let gather = try PersonGather(snapshot, task.request)
        let rules = task.rules
        let counter = FunnelCounter(task, keys: gather.keys)
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(fold: FunnelFold(rules))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            for (index, person) in worker.persons.persons.enumerated() {
                let range = worker.persons.starts[index]..<worker.persons.starts[index + 1]
                let attempt = counter.bestAttempt(&worker.fold, worker.persons.rows, range)
                if depths.contains(attempt.depth) { worker.found.append((person, attempt)) }
            }
        }
        return workers.flatMap(\.found).sorted { $0.person < $1.person }
    }
}
