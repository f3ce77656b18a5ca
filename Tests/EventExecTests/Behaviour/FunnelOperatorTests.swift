import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport
import Testing

/// Goal: a FUNNEL over row groups, merged identities and rows without a user counts what brute force counts.
struct FunnelOperatorTests {
    @Test("random streams give brute force's users and times", arguments: [false, true])
    func equalsBruteForce(tiesAreStrict: Bool) throws {
        for seed in UInt64(1)...200 {
            let stream = RandomEvents(seed: seed)
            var random = SeededRandom(seed: seed &* 77)
            let names = [["a"], ["b", "d"], ["c"], []].shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
            let window = Int64.random(in: 0...9, using: &random) * 10 * RandomEvents.second
            var plan = FunnelPlan(
                table: "events",
                steps: names.map { FunnelPlan.Step(name: $0.first ?? "any", selector: SelectorPlan(names: $0)) },
                windowMicros: window)
            plan.ties = tiesAreStrict ? .strict : .any
            plan.order = [.ordered, .strict, .any].randomElement(using: &random) ?? .ordered
            var reference = ReferenceFunnel(
                steps: names.map { names in { names.isEmpty || names.contains($0.name ?? "") } }, windowMicros: window)
            reference.tiesAreStrict = tiesAreStrict
            reference.order = plan.order == .ordered ? .ordered : plan.order == .strict ? .strict : .any
            let result = try FunnelOperator(plan).run(stream.snapshot, context: QueryContext(threadCount: 2))
            let expected = reference.results(stream.persons)
            for (row, step) in zip(result.rows, expected) {
                #expect(row[2] == .int64(Int64(step.users)), "seed \(seed) \(plan.order)")
                #expect(row[5] == step.gaps.referenceMedianSeconds.map { .double($0) } ?? .null, "seed \(seed)")
                #expect(row[7] == step.totals.referenceMedianSeconds.map { .double($0) } ?? .null, "seed \(seed)")
            }
            #expect(result.rows.count == expected.count)
        }
    }

    @Test("nobody came: a rate of 0 and no interval")
    func nobody() throws {
        let plan = FunnelPlan(
            table: "events", steps: [FunnelPlan.Step(name: "x", selector: SelectorPlan(names: ["x"]))], windowMicros: 1)
        let snapshot = MemorySnapshot(groups: [[TestEvent("u", 1, "a")]])
        let result = try FunnelOperator(plan).run(snapshot, context: QueryContext())
        #expect(result.rows[0][2] == .int64(0))
        #expect(result.rows[0][3] == .double(0))
        #expect(result.rows[0][8] == .null)
    }
}
