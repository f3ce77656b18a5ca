import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport
import Testing

/// Goal: exclusions, HOLD, WHERE, BREAKDOWN and EVERY together count what following every person by hand counts.
struct FunnelClauseTests {
    struct Setting {
        var task: FunnelTask
        var reference: ReferenceFunnel
        var exclusions: [ReferenceFunnel.Exclusion] = []
        var holds = false
        var every: Int64?
    }

    @Test("random clauses give the reference's users", arguments: [0, 1])
    func equalsReference(part: UInt64) throws {
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed &* 7919 &+ part)
            let stream = RandomEvents(seed: seed &* 3 &+ part)
            let setting = Self.randomSetting(&random)
            let rows = try FunnelOperator(setting.task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            var found: [String: Int] = [:]
            for row in rows {
                var cells = row
                let group = setting.task.breakdown == nil ? "" : "\(cells.removeFirst())"
                let period = setting.every == nil ? "" : "\(cells.removeFirst())"
                if case .int64(let users) = cells[2], users > 0 { found["\(group) \(period) \(cells[0])"] = Int(users) }
            }
            let expected = Self.expected(setting, stream)
            #expect(found == expected, "part \(part) seed \(seed)")
            if found != expected { return }
        }
    }

    @Test("a breakdown by entry, folded in place, counts what the general path counts", arguments: [5, 6])
    func entryBreakdownEqualsGeneralPath(part: UInt64) throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed &* 104_729 &+ part)
            let stream = RandomEvents(seed: seed &* 5 &+ part)
            var task = Self.randomSetting(&random).task
            task.hold = []
            task.entersAt = nil
            task.every = nil
            task.order = [.ordered, .strict, .any].randomElement(using: &random) ?? .ordered
            if task.order != .ordered { task.exclusions = [] }
            task.breakdown = .init(values: PropertyValues(path: "n", type: .int64), attribution: .entry)
            let found = try FunnelOperator(task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            // A single period that holds every row sends the same question down the general path.
            task.every = .month
            let general = try FunnelOperator(task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            #expect(Set(general.map { "\($0[1])" }).count <= 1, "the stream lies inside one month")
            let expected = general.map { row in "\([row[0]] + row[2..<(row.count - 1)])" }
            #expect(found.map { "\($0)" } == expected, "part \(part) seed \(seed)")
        }
    }

    @Test("counts are the same where nobody asks for times", arguments: [7, 8])
    func countsWithoutTimes(part: UInt64) throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed &* 104_729 &+ part)
            let stream = RandomEvents(seed: seed &* 7 &+ part)
            var task = Self.randomSetting(&random).task
            if Bool.random(using: &random) { task.hold = [] }
            if Bool.random(using: &random) { (task.every, task.breakdown) = (nil, nil) }
            let timed = try FunnelOperator(task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            task.keepsTimes = false
            let counted = try FunnelOperator(task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            let labels = (task.breakdown == nil ? 0 : 1) + (task.every == nil ? 0 : 1)
            let times = (labels + 5)..<(labels + 9)
            func told(_ rows: [[Value]]) -> [String] {
                rows.map { row in "\(row.indices.filter { !times.contains($0) }.map { row[$0] })" }
            }
            #expect(told(timed) == told(counted), "part \(part) seed \(seed)")
        }
    }

    private static func randomSetting(_ random: inout SeededRandom) -> Setting {
        let names = [["a"], ["b", "d"], ["c"], []].shuffled(using: &random).prefix(
            Int.random(in: 1...3, using: &random))
        let window = Int64.random(in: 0...9, using: &random) * 10 * RandomEvents.second
        var task = FunnelTask(steps: FunnelOperatorTests.steps(Array(names)), windowMicros: window)
        var reference = ReferenceFunnel(
            steps: names.map { names in { names.isEmpty || names.contains($0.name ?? "") } }, windowMicros: window)
        if Bool.random(using: &random) {
            task.steps[0].condition.predicate = PropertyDiffers(path: "n", value: 2)
            let first = reference.steps[0]
            reference.steps[0] = { first($0) && $0.properties["n"] != .int64(2) }
        }
        reference.tiesAreStrict = Bool.random(using: &random)
        task.ties = reference.tiesAreStrict ? .strict : .any
        var setting = Setting(task: task, reference: reference)
        if names.count > 1 {
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let after = Int.random(in: 0..<(names.count - 1), using: &random)
                let before = Int.random(in: (after + 1)..<names.count, using: &random)
                let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
                let drops = Int.random(in: 0..<3, using: &random) == 0
                setting.task.exclusions.append(
                    .init(condition: .init(names: [name]), after: after, before: before, dropsPerson: drops))
                setting.exclusions.append(
                    .init(matches: { $0.name == name }, after: after, before: before, dropsPerson: drops))
            }
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            setting.holds = true
            setting.task.hold = [PropertyValues(path: "n", type: .int64)]
        }
        if Bool.random(using: &random) {
            let attributions: [FunnelTask.Attribution] = [.entry, .first, .last, .all, .step(names.count - 1)]
            setting.task.breakdown = .init(
                values: PropertyValues(path: "n", type: .int64),
                attribution: attributions.randomElement(using: &random) ?? .entry)
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            setting.task.every = .hour
            setting.every = CalendarMath.microsPerHour
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            setting.task.entersAt = Bool.random(using: &random) ? .first : .last
        }
        return setting
    }

    /// Users by breakdown value, period and step.
    private static func expected(_ setting: Setting, _ stream: RandomEvents) -> [String: Int] {
        var counts: [String: Int] = [:]
        for rows in stream.persons.values {
            let reference = entering(setting, rows)
            guard let every = setting.every else {
                for (group, times) in outcomes(setting, reference, rows) {
                    for step in times.indices { counts["\(group)  \(Value.int64(Int64(step + 1)))", default: 0] += 1 }
                }
                continue
            }
            for period in Set(rows.map { $0.time / every }) {
                var inPeriod = reference
                let first = inPeriod.steps[0]
                inPeriod.steps[0] = { first($0) && $0.time / every == period }
                for (group, times) in outcomes(setting, inPeriod, rows) {
                    for step in times.indices {
                        counts[
                            "\(group) \(Value.timestamp(period * every)) \(Value.int64(Int64(step + 1)))", default: 0] +=
                            1
                    }
                }
            }
        }
        return counts
    }

    /// With the only opening that ENTRY leaves.
    private static func entering(_ setting: Setting, _ rows: [TestEvent]) -> ReferenceFunnel {
        var reference = setting.reference
        let first = reference.steps[0]
        let openings = rows.filter(first).map(\.time)
        guard let entersAt = setting.task.entersAt,
            let only = entersAt == .first ? openings.min() : openings.max()
        else { return reference }
        reference.steps[0] = { first($0) && $0.time == only }
        return reference
    }

    private static func outcomes(
        _ setting: Setting, _ reference: ReferenceFunnel, _ rows: [TestEvent]
    ) -> [(String, [Int64])] {
        let isAll = setting.task.breakdown?.attribution == .all
        let seen = rows.filter { row in
            reference.steps.contains { $0(row) } || setting.exclusions.contains { $0.matches(row) }
                || setting.reference.steps.contains { $0(row) }
        }
        // Without HOLD and ALL there is one part; with ALL, rows are parted by value.
        let parts =
            setting.holds || isAll
            ? Dictionary(grouping: seen) { "\($0.properties["n"] ?? .null)" }.map { ($0.key, $0.value) } : [("", seen)]
        var best: [String: (group: Value, times: [Int64])] = [:]
        for (value, part) in parts {
            guard let times = reference.attempt(of: part, excluding: setting.exclusions) else { return [] }
            if times.isEmpty { continue }
            let group = self.group(setting, reference, part, times)
            let slot = isAll ? value : ""
            if let known = best[slot], !isBetter((group, times), than: known) { continue }
            best[slot] = (group, times)
        }
        return best.map { slot, outcome in
            if setting.task.breakdown == nil { return ("", outcome.times) }
            let text =
                isAll ? String(slot.dropFirst("int64(".count).dropLast()) : integer(outcome.group).map(String.init)
            return (text.map { "\(Value.string($0))" } ?? "null", outcome.times)
        }
    }

    private static func isBetter(_ a: (group: Value, times: [Int64]), than b: (group: Value, times: [Int64])) -> Bool {
        if a.times.count != b.times.count { return a.times.count > b.times.count }
        if a.times.last != b.times.last { return a.times.last ?? 0 < b.times.last ?? 0 }
        if a.times.first != b.times.first { return a.times.first ?? 0 > b.times.first ?? 0 }
        if a.times != b.times { return a.times.lexicographicallyPrecedes(b.times) }
        return integer(a.group) ?? .max < integer(b.group) ?? .max
    }

    private static func integer(_ value: Value) -> Int64? { if case .int64(let number) = value { number } else { nil } }

    private static func group(
        _ setting: Setting, _ reference: ReferenceFunnel, _ rows: [TestEvent], _ times: [Int64]
    ) -> Value {
        let inStep = rows.filter { row in setting.reference.steps.contains { $0(row) } }
        func smallest(_ rows: [TestEvent]) -> Value {
            rows.compactMap { integer($0.properties["n"] ?? .null) }.min().map { .int64($0) } ?? .null
        }
        switch setting.task.breakdown?.attribution {
        case .entry: return smallest(rows.filter { $0.time == times[0] && reference.steps[0]($0) })
        case .first: return smallest(inStep.filter { row in row.time == inStep.map(\.time).min() })
        case .last: return smallest(inStep.filter { row in row.time == inStep.map(\.time).max() })
        case .step(let step):
            return step < times.count
                ? smallest(rows.filter { $0.time == times[step] && reference.steps[step]($0) }) : .null
        case .all, nil: return .null
        }
    }
}
