import EventBase
import EventColumns
import EventExec
import EventPlan
import EventTestSupport
import Testing

/// Goal: rows of one instant are taken together, and open one attempt, also where a granule ends between them.
struct FunnelGranuleTests {
    private static let statement = "FUNNEL FROM events STEPS 'a', 'b', 'c' WITHIN 15 SECONDS"

    @Test("instants across the ends of granules: brute force's users, with times and without", arguments: 1...2)
    func equalsBruteForce(seed: UInt64) throws {
        let stream = Self.stream(seed)
        let reference = ReferenceFunnel(
            steps: ["a", "b", "c"].map { name in { $0.name == name } }, windowMicros: 15 * RandomEvents.second)
        let expected = reference.results(stream.persons).map { String($0.users) }
        #expect(stream.groups.contains { $0.count > 2 * Limits.granuleRowCount })
        let run = BehaviourRun(stream.snapshot)
        #expect(try run.text(Self.statement, columns: ["users"]) == expected, "seed \(seed)")
        let rows = try FunnelOperator(
            FunnelTask(
                steps: FunnelOperatorTests.steps([["a"], ["b"], ["c"]]), windowMicros: 15 * RandomEvents.second)
        ).run(stream.snapshot, context: QueryContext(threadCount: 2))
        #expect(rows.map { BehaviourRun.text($0[2]) } == expected, "seed \(seed)")
    }

    @Test("a breakdown's values do not depend on where granules end", arguments: 1...2)
    func breakdown(seed: UInt64) throws {
        let stream = Self.stream(seed)
        let whole = try Self.users(stream.snapshot)
        // The same persons, so few at a time that no group is longer than a granule.
        let persons = stream.persons.sorted { $0.key < $1.key }
        var summed: [String: Int] = [:]
        for start in stride(from: 0, to: persons.count, by: 100) {
            let names = Set(persons[start..<min(persons.count, start + 100)].map(\.key))
            let groups = stream.groups.map { $0.filter { $0.user.map(names.contains) ?? false } }.filter { !$0.isEmpty }
            for (key, users) in try Self.users(MemorySnapshot(groups: groups)) { summed[key, default: 0] += users }
        }
        #expect(whole == summed.filter { $0.value > 0 }, "seed \(seed)")
    }

    /// Users by breakdown value and step, those of no user left out.
    private static func users(_ snapshot: MemorySnapshot) throws -> [String: Int] {
        let result = try BehaviourRun(snapshot).run(statement + " BREAKDOWN n")
        let columns = ["breakdown", "step", "users"].map { name in
            result.columns.firstIndex { $0.name == name } ?? -1
        }
        var found: [String: Int] = [:]
        for row in result.rows {
            guard case .int64(let users) = row[columns[2]], users > 0 else { continue }
            found["\(BehaviourRun.text(row[columns[0]])) \(BehaviourRun.text(row[columns[1]]))"] = Int(users)
        }
        return found
    }

    /// Many rows of many persons at few instants, in one group.
    private static func stream(_ seed: UInt64) -> RandomEvents {
        var stream = RandomEvents(seed: seed, users: 1500, rowsPerUser: 60, instants: 6, withMerges: false)
        stream.groups = [Array(stream.groups.joined())]
        return stream
    }
}
