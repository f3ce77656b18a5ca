import EventBase
import EventColumns
import EventExec
import EventSyntax
import EventTestSupport
import Testing

/// Goal: a FUNNEL over row groups, merged identities and rows without a user counts what brute force counts.
struct FunnelOperatorTests {
    static func steps(_ names: [[String]]) -> [FunnelTask.Step] {
        names.enumerated().map { FunnelTask.Step(name: "s\($0)", condition: .init(names: $1)) }
    }

    @Test("random streams give brute force's users and times", arguments: [false, true])
    func equalsBruteForce(tiesAreStrict: Bool) throws {
        for seed in UInt64(1)...200 {
            let stream = RandomEvents(seed: seed)
            var random = SeededRandom(seed: seed &* 77)
            let names = [["a"], ["b", "d"], ["c"], []].shuffled(using: &random).prefix(
                Int.random(in: 1...4, using: &random))
            let window = Int64.random(in: 0...9, using: &random) * 10 * RandomEvents.second
            var task = FunnelTask(steps: Self.steps(Array(names)), windowMicros: window)
            task.ties = tiesAreStrict ? .strict : .any
            task.order = [.ordered, .strict, .any].randomElement(using: &random) ?? .ordered
            var reference = ReferenceFunnel(
                steps: names.map { names in { names.isEmpty || names.contains($0.name ?? "") } }, windowMicros: window)
            reference.tiesAreStrict = tiesAreStrict
            reference.order = task.order == .ordered ? .ordered : task.order == .strict ? .strict : .any
            let rows = try FunnelOperator(task).run(stream.snapshot, context: QueryContext(threadCount: 2))
            let expected = reference.results(stream.persons)
            for (row, step) in zip(rows, expected) {
                #expect(row[2] == .int64(Int64(step.users)), "seed \(seed) \(task.order)")
                #expect(row[5] == step.gaps.referenceMedianSeconds.map { .double($0) } ?? .null, "seed \(seed)")
                #expect(row[8] == step.totals.referenceMedianSeconds.map { .double($0) } ?? .null, "seed \(seed)")
            }
            #expect(rows.count == expected.count)
        }
    }

    @Test("nobody came: a rate of 0 and no interval")
    func nobody() throws {
        let task = FunnelTask(steps: Self.steps([["x"]]), windowMicros: 1)
        let snapshot = MemorySnapshot(groups: [[TestEvent("u", 1, "a")]])
        let rows = try FunnelOperator(task).run(snapshot, context: QueryContext())
        #expect(rows[0][2] == .int64(0))
        #expect(rows[0][3] == .double(0))
        #expect(rows[0][8] == .null)
    }

    @Test("a rare name is found through its row bitmap")
    func rareName() throws {
        var events = (0..<20_000).map { TestEvent("u\($0 % 50)", Int64($0), "common") }
        for index in 0..<40 { events.append(TestEvent("u\(index)", Int64(index), "rare")) }
        for index in 0..<20 { events.append(TestEvent("u\(index)", Int64(index) + 5, "scarce")) }
        let rows = try FunnelOperator(FunnelTask(steps: Self.steps([["rare"], ["scarce"]]), windowMicros: 10)).run(
            MemorySnapshot(groups: [events]), context: QueryContext())
        #expect(rows.map { $0[2] } == [.int64(40), .int64(20)])
        #expect(rows[1][5] == .double(5e-6))
    }
}
