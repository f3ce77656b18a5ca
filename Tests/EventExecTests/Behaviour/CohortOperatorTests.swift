import EventBase
import EventColumns
import EventExec
import EventPlan
import EventSyntax
import EventTestSupport
import Testing

/// Goal: a cohort has exactly the members that counting each person's rows gives, whichever way sets are found.
struct CohortOperatorTests {
    @Test("random definitions give the reference's members")
    func equalsReference() throws {
        for seed in UInt64(1)...400 {
            var random = SeededRandom(seed: seed &* 131)
            let stream = RandomEvents(seed: seed, stepSeconds: 3600)
            let known = Set(stream.persons.keys.filter { _ in Bool.random(using: &random) })
            let snapshot = MemorySnapshot(
                groups: stream.groups, merges: stream.merges, cohorts: ["known": known.sorted()],
                hasUserBitmaps: seed % 4 != 0)
            var plan = CohortPlan(
                table: "events", layout: ScanLayout(TableSchema(name: "events", columns: [])), conditions: [],
                tree: .cohort("known"))
            plan.tree = Self.randomTree(depth: 3, &plan.conditions, &random)
            let base: Int64 = 1_700_000_000 * RandomEvents.second
            if Bool.random(using: &random) { plan.asOfMicros = base + 5 * 3600 * RandomEvents.second }
            let now = base + Int64.random(in: 0..<12, using: &random) * 3600 * RandomEvents.second
            let found = try CohortOperator(plan, nowMicros: now).members(
                snapshot, context: QueryContext(threadCount: 2))
            let lastEvent = stream.groups.joined().map(\.time).max() ?? now
            let end = plan.asOfMicros ?? min(now, lastEvent)
            // Somebody whose id never had a row has no ordinal; somebody merged appears as the person.
            let expected = stream.persons.filter { person, rows in
                Self.holds(plan.tree, plan.conditions, rows, end, isKnown: known.contains(person))
            }.keys
            #expect(
                Set(found.values().map { snapshot.users.string(at: $0) }) == Set(expected), "seed \(seed): \(plan.tree)"
            )
        }
    }

    private static func randomTree(
        depth: Int, _ conditions: inout [CohortPlan.Condition], _ random: inout SeededRandom
    ) -> CohortPlan.Tree {
        switch depth == 0 ? 4 : Int.random(in: 0..<6, using: &random) {
        case 0:
            return .and(
                randomTree(depth: depth - 1, &conditions, &random), randomTree(depth: depth - 1, &conditions, &random))
        case 1:
            return .or(
                randomTree(depth: depth - 1, &conditions, &random), randomTree(depth: depth - 1, &conditions, &random))
        case 2: return .not(randomTree(depth: depth - 1, &conditions, &random))
        case 3: return .cohort("known")
        default:
            let comparisons: [PerformedCondition.Comparison] = [
                .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
            ]
            var condition = CohortPlan.Condition(
                selector: SelectorPlan(names: [["a"], ["b", "c"], []].randomElement(using: &random) ?? []),
                comparison: comparisons.randomElement(using: &random) ?? .equal,
                threshold: Double(Int.random(in: 0...3, using: &random)))
            if Bool.random(using: &random) {
                condition.lastMicros = Int64.random(in: 1...6, using: &random) * 3600 * RandomEvents.second
            }
            conditions.append(condition)
            return .condition(conditions.count - 1)
        }
    }

    private static func holds(
        _ tree: CohortPlan.Tree, _ conditions: [CohortPlan.Condition], _ rows: [TestEvent], _ end: Int64, isKnown: Bool
    ) -> Bool {
        switch tree {
        case .and(let a, let b):
            holds(a, conditions, rows, end, isKnown: isKnown) && holds(b, conditions, rows, end, isKnown: isKnown)
        case .or(let a, let b):
            holds(a, conditions, rows, end, isKnown: isKnown) || holds(b, conditions, rows, end, isKnown: isKnown)
        case .not(let inner): !holds(inner, conditions, rows, end, isKnown: isKnown)
        case .cohort: isKnown
        case .condition(let index):
            compare(
                rows.count { row in
                    let names = conditions[index].selector.names
                    let isRecent = conditions[index].lastMicros.map { row.time > end - $0 && row.time <= end } ?? true
                    return isRecent && (names.isEmpty || names.contains(row.name ?? ""))
                }, conditions[index])
        }
    }

    private static func compare(_ found: Int, _ condition: CohortPlan.Condition) -> Bool {
        switch condition.comparison {
        case .equal: found == Int(condition.threshold)
        case .notEqual: found != Int(condition.threshold)
        case .less: found < Int(condition.threshold)
        case .lessOrEqual: found <= Int(condition.threshold)
        case .greater: found > Int(condition.threshold)
        case .greaterOrEqual: found >= Int(condition.threshold)
        }
    }
}
