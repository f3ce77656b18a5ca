import EventBase
import EventColumns
import EventTestSupport
import Testing

@testable import EventExec

/// Goal: the fold is exact. Method: random persons with rows that meet several steps, at few instants, against brute
/// force over every way to give rows to steps.
struct FunnelFoldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var order: FunnelRules.Order
        var tiesAreStrict: Bool
        var disjoint: Bool
        var testDescription: String { "\(order), ties strict \(tiesAreStrict), disjoint \(disjoint)" }
    }

    static let cases: [Case] = [FunnelRules.Order.ordered, .strict, .any].flatMap { order in
        [false, true].flatMap { ties in
            [false, true].map { Case(order: order, tiesAreStrict: ties, disjoint: $0) }
        }
    }

    @Test("the fold finds the attempt that brute force finds", arguments: cases)
    func equalsBruteForce(_ setting: Case) {
        for seed in UInt64(1)...1500 {
            var random = SeededRandom(seed: seed)
            let stepCount = Int.random(in: 1...4, using: &random)
            let window = Int64.random(in: 0...8, using: &random)
            let count = Int.random(in: 0...7, using: &random)
            let times = (0..<count).map { _ in Int64.random(in: 0..<7, using: &random) }.sorted()
            let masks: [UInt64] = times.map { _ in
                if setting.disjoint {
                    let step = UInt64.random(in: 0...UInt64(stepCount), using: &random)
                    return step == UInt64(stepCount) ? 0 : 1 << step
                }
                return UInt64.random(in: 0..<(1 << UInt64(stepCount)), using: &random)
            }
            var rules = FunnelRules(stepCount: stepCount, windowMicros: window)
            rules.order = setting.order
            rules.tiesAreStrict = setting.tiesAreStrict
            rules.stepsAreDisjoint = setting.disjoint
            var fold = FunnelFold(rules)
            let rows = SelectedRows(times: times, masks: masks)
            let attempt = fold.fold(rows, 0..<count)
            var found: [Int64] = []
            fold.stepTimes(attempt, rows, 0..<count, into: &found)

            var reference = ReferenceFunnel(
                steps: (0..<stepCount).map { step in { Self.mask(of: $0) >> Int64(step) & 1 == 1 } },
                windowMicros: window)
            reference.order = setting.order == .ordered ? .ordered : setting.order == .strict ? .strict : .any
            reference.tiesAreStrict = setting.tiesAreStrict
            let expected = reference.attempt(
                of: zip(times, masks).map { TestEvent("u", $0, "e", ["mask": .int64(Int64($1))]) })
            #expect(found == expected, "seed \(seed): times \(times), masks \(masks), window \(window)")
            if found != expected { return }
        }
    }

    private static func mask(of event: TestEvent) -> Int64 {
        if case .int64(let mask) = event.properties["mask"] { return mask }
        return 0
    }
}
