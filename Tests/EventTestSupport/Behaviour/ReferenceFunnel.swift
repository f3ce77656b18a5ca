/// A funnel by brute force: every way to give rows to steps is tried, and the best is kept. Exponential, and meant so.
package struct ReferenceFunnel: Sendable {
    package typealias Condition = @Sendable (TestEvent) -> Bool
    package enum Order: Sendable { case ordered, strict, any }

    package var steps: [Condition]
    package var windowMicros: Int64
    package var order = Order.ordered
    package var tiesAreStrict = false
    /// The longest time from the step before, by step; nil: any.
    package var gaps: [Int64?] = []
    /// Steps that keep their place in any order.
    package var anchored: Set<Int> = []
    /// The only instant at which an attempt may open; nil: any.
    private var start: Int64?

    package init(steps: [Condition], windowMicros: Int64) {
        self.steps = steps
        self.windowMicros = windowMicros
    }

    /// The reported attempt of a person: when each step was reached. Empty when no row meets step 1.
    ///
    /// S3, S20: the deepest, then the earliest completed, then the latest started; then each step as early as can be.
    package func attempt(of rows: [TestEvent]) -> [Int64] {
        var best: [Int64] = []
        var used: [Int] = []
        visit(rows, &used, &best)
        return best
    }

    private func visit(_ rows: [TestEvent], _ used: inout [Int], _ best: inout [Int64]) {
        let times = used.map { rows[$0].time }
        if Self.isBetter(times, than: best) { best = times }
        guard used.count < steps.count else { return }
        for row in rows.indices where !used.contains(row) && mayFollow(row, used, rows) {
            used.append(row)
            if order != .any || canBeGiven(used.map { rows[$0] }) { visit(rows, &used, &best) }
            used.removeLast()
        }
    }

    private func mayFollow(_ row: Int, _ used: [Int], _ rows: [TestEvent]) -> Bool {
        let time = rows[row].time
        if order != .any, !steps[used.count](rows[row]) { return false }
        guard let first = used.first, let last = used.last else { return start.map { $0 == time } ?? true }
        // S1, S2: inclusive, from the first step.
        if time - rows[first].time > windowMicros { return false }
        // S4: the same instant may follow, unless ties are strict.
        if tiesAreStrict ? time <= rows[last].time : time < rows[last].time { return false }
        if used.count < gaps.count, let gap = gaps[used.count], time - rows[last].time > gap { return false }
        if order == .strict {
            // S9: no other row of the person at an instant in between.
            return !rows.contains { $0.time > rows[last].time && $0.time < time }
        }
        return true
    }

    /// S12: whether every row can have a step of its own.
    private func canBeGiven(_ rows: [TestEvent], taken: Set<Int> = []) -> Bool {
        guard let row = rows.first else { return true }
        return steps.indices.contains { step in
            !taken.contains(step) && steps[step](row) && before(step).isSubset(of: taken)
                && canBeGiven(Array(rows.dropFirst()), taken: taken.union([step]))
        }
    }

    /// Steps that must be reached before a step: an anchored one waits for all that stand before it, any other for the last
    /// anchored one before it and what that waits for.
    private func before(_ step: Int) -> Set<Int> {
        if anchored.contains(step) { return Set(0..<step) }
        guard let anchor = anchored.filter({ $0 < step }).max() else { return [] }
        return Set(0...anchor)
    }

    private static func isBetter(_ a: [Int64], than b: [Int64]) -> Bool {
        if a.count != b.count { return a.count > b.count }
        guard let first = a.first, let last = a.last, let otherFirst = b.first, let otherLast = b.last else {
            return false
        }
        if last != otherLast { return last < otherLast }
        if first != otherFirst { return first > otherFirst }
        return a.lexicographicallyPrecedes(b)
    }

    /// What a FUNNEL answers for each step: persons, and the durations from the step before and from the first.
    package struct StepResult: Sendable, Equatable {
        package var users = 0
        package var gaps: [Int64] = []
        package var totals: [Int64] = []
    }

    package func results(_ persons: [String: [TestEvent]]) -> [StepResult] {
        var results = Array(repeating: StepResult(), count: steps.count)
        for rows in persons.values {
            let times = attempt(of: rows)
            for step in times.indices {
                results[step].users += 1
                if step == 0 { continue }
                results[step].gaps.append(times[step] - times[step - 1])
                results[step].totals.append(times[step] - times[0])
            }
        }
        return results
    }
}

extension [Int64] {
    /// The middle, or the mean of the two middles, in seconds.
    package var referenceMedianSeconds: Double? {
        if isEmpty { return nil }
        let sorted = self.sorted()
        let middle = sorted.count / 2
        return
            (sorted.count % 2 == 1 ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2)
            / 1e6
    }
}

extension ReferenceFunnel {
    /// Ends attempts that stand between two steps (counted from 0) when such a row comes (S14).
    package struct Exclusion: Sendable {
        package var matches: Condition
        package var after: Int
        package var before: Int
        package var dropsPerson: Bool

        package init(matches: @escaping Condition, after: Int, before: Int, dropsPerson: Bool) {
            self.matches = matches
            self.after = after
            self.before = before
            self.dropsPerson = dropsPerson
        }
    }

    /// The reported attempt with exclusions: every start is followed instant by instant. nil: the person is taken out.
    package func attempt(of rows: [TestEvent], excluding exclusions: [Exclusion]) -> [Int64]? {
        var best: [Int64] = []
        var drops: [Int64] = []
        for start in Set(rows.filter(steps[0]).map(\.time)) {
            var reached: [Int64] = []
            for instant in Set(rows.map(\.time)).sorted() where instant >= start && instant - start <= windowMicros {
                let before = reached.count
                reached = attempt(of: rows.filter { $0.time <= instant }, startingAt: start)
                let hits = exclusions.filter { exclusion in
                    before >= exclusion.after + 1 && reached.count <= exclusion.before
                        && rows.contains { $0.time == instant && exclusion.matches($0) }
                }
                if hits.contains(where: \.dropsPerson) { drops.append(instant) }
                if !hits.isEmpty || reached.count == steps.count { break }
            }
            if Self.isBetter(reached, than: best) { best = reached }
        }
        // After conversion nothing takes a person out any more.
        let converted = best.count == steps.count ? best.last : nil
        return drops.contains { drop in converted.map { drop < $0 } ?? true } ? nil : best
    }

    /// The reported attempt among those that open at an instant.
    package func attempt(of rows: [TestEvent], startingAt start: Int64) -> [Int64] {
        var only = self
        only.start = start
        return only.attempt(of: rows)
    }
}

extension ReferenceFunnel {
    /// Users at each step by period: in each, only rows of it open an attempt (S22).
    ///
    /// - Parameter period: of a person's row.
    package func users(
        _ persons: [String: [TestEvent]], by period: (_ person: String, _ row: TestEvent) -> String
    ) -> [String: [Int]] {
        var users: [String: [Int]] = [:]
        for (person, rows) in persons {
            for (name, own) in Dictionary(grouping: rows, by: { period(person, $0) }) {
                let instants = Set(own.map(\.time))
                var inPeriod = self
                let first = steps[0]
                inPeriod.steps[0] = { first($0) && instants.contains($0.time) }
                for step in inPeriod.attempt(of: rows).indices {
                    users[name, default: Array(repeating: 0, count: steps.count)][step] += 1
                }
            }
        }
        return users
    }
}

extension ReferenceFunnel {
    /// When an attempt passed each optional step, nil where it did not (S13): of the rows between the required steps around
    /// it, the earliest that could not be one of those, was not taken before, and follows the optional step before.
    ///
    /// - Parameter optionals: what each asks for, and how many required steps stand before it.
    package func passed(
        _ times: [Int64], _ rows: [TestEvent], _ optionals: [(matches: Condition, after: Int)]
    ) -> [Int64?] {
        var left = Array(rows.enumerated())
        var passed: [Int64?] = []
        for (matches, after) in optionals {
            if after > times.count {
                passed.append(nil)
                continue
            }
            let start = times[after - 1]
            let end = after < times.count ? times[after] : times[0] + windowMicros
            let earlier = zip(optionals, passed).filter { $0.0.after == after }.compactMap(\.1).max() ?? start
            let found = left.filter { _, row in
                let isInside = tiesAreStrict ? row.time > earlier : row.time >= earlier
                let isBefore = tiesAreStrict && after < times.count ? row.time < end : row.time <= end
                let couldBeFirst = row.time == start && steps[after - 1](row)
                let couldBeNext = after < times.count && row.time == end && steps[after](row)
                return isInside && isBefore && matches(row) && !couldBeFirst && !couldBeNext
            }.min { $0.element.time < $1.element.time }
            if let found { left.removeAll { $0.offset == found.offset } }
            passed.append(found?.element.time)
        }
        return passed
    }
}
