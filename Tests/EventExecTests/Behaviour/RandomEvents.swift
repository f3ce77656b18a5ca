import EventBase
import EventColumns
import EventTestSupport

/// Small random streams that are full of ties, duplicates, strangers and rows without a user, spread over row groups
/// that overlap in time.
struct RandomEvents {
    var groups: [[TestEvent]]
    var merges: [String: String] = [:]

    static let second: Int64 = 1_000_000

    init(
        seed: UInt64, users: Int = 12, rowsPerUser: Int = 7, instants: Int = 10, stepSeconds: Int64 = 10,
        withMerges: Bool = true
    ) {
        var random = SeededRandom(seed: seed)
        let groupCount = Int.random(in: 1...4, using: &random)
        let base: Int64 = 1_700_000_000 * Self.second
        groups = Array(repeating: [], count: groupCount)
        // Half of the streams have groups that follow each other in time, as segments mostly do.
        let ascending = Bool.random(using: &random)
        for user in 0..<users {
            for _ in 0..<Int.random(in: 0...rowsPerUser, using: &random) {
                let instant = Int.random(in: 0..<instants, using: &random)
                let time = base + Int64(instant) * stepSeconds * Self.second
                let name = ["a", "b", "c", "d", nil].randomElement(using: &random) ?? nil
                let event = TestEvent(
                    Int.random(in: 0..<20, using: &random) == 0 ? nil : "u\(user)", time, name,
                    ["n": .int64(Int64.random(in: 0..<4, using: &random))])
                let group = ascending ? instant * groupCount / instants : Int.random(in: 0..<groupCount, using: &random)
                groups[group].append(event)
            }
        }
        if withMerges, Bool.random(using: &random) {
            // A snapshot knows only ids that have rows.
            let seen = Set(groups.joined().compactMap(\.user))
            for user in 0..<3 where seen.contains("u\(user + 5)") { merges["u\(user)"] = "u\(user + 5)" }
        }
    }

    var persons: [String: [TestEvent]] { ReferencePersons.rows(of: groups, merges: merges) }
    var snapshot: MemorySnapshot { MemorySnapshot(groups: groups, merges: merges) }
}
