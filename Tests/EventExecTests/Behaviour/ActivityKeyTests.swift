import EventBase
import EventColumns
import EventExec
import EventPlan
import EventTestSupport
import Testing

/// Goal: BY counts the values of an expression as people are counted. Method: the same rows with the value as their user,
/// without BY; both forms of the statement are held against references elsewhere.
struct ActivityKeyTests {
    private static let statements = [
        "STICKINESS FROM events", "STICKINESS FROM events CUMULATIVE OF 'a' OR 'b' MINIMUM 2",
        "STICKINESS FROM events BREAKDOWN event_name ATTRIBUTE LAST", "STICKINESS FROM events LIST USERS",
        "LIFECYCLE FROM events", "LIFECYCLE FROM events BREAKDOWN event_name ATTRIBUTE ALL TOP 2",
        "LIFECYCLE FROM events OF 'a' LIST USERS",
        "SESSIONS FROM events GAP 10 HOURS", "SESSIONS FROM events START 'a' END 'b' BREAKDOWN event_name",
        "PATHS FROM events WITHIN 2 DAYS", "PATHS FROM events AFTER 'a' WITHIN 2 DAYS COUNT TOTALS LIST PATHS",
        "PATHS FROM events BEFORE 'b' WITHIN 2 DAYS BREAKDOWN m TOP 2",
        "PATHS FROM events WITHIN 30 DAYS KEEP REPEATS",
        "TRENDS FROM events SERIES x: COUNT OF ANY EVENT, y: USERS OF 'a' OR 'b' OVER 3 DAYS, z: AVG(m) OF ANY EVENT",
        "TRENDS FROM events SERIES x: COUNT OF 'a', y: USERS OF ANY EVENT BREAKDOWN m TOP 2",
    ]

    @Test("BY answers what the same rows of other people answer", arguments: statements)
    func equalsOtherPeople(statement: String) throws {
        for seed in UInt64(1)...40 {
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: 30_000)
            var random = SeededRandom(seed: seed)
            let groups = stream.groups.map { group in
                group.map { event in
                    var event = event
                    event.properties["m"] = .int64(Int64.random(in: 0..<4, using: &random))
                    return event
                }
            }
            let others = groups.map { group in
                group.map { event in
                    var event = event
                    event.user = event.number.flatMap { $0 < 3 ? "\($0)" : nil }
                    return event
                }
            }
            let found = try BehaviourRun(MemorySnapshot(groups: groups, merges: stream.merges)).run(
                statement.replacing("events", with: "events BY CASE WHEN n < 3 THEN n END", maxReplacements: 1))
            // Events of nobody are events; those without a key are not.
            let filter = statement.hasPrefix("TRENDS") ? " EVERY DAY WHERE n < 3" : ""
            let expected = try BehaviourRun(MemorySnapshot(groups: others)).run(statement + filter)
            #expect(found.columns.map(\.type) == expected.columns.map(\.type))
            let isListed = statement.contains("LIST USERS") || statement.hasPrefix("SESSIONS")
            let texts = [found, expected].map { $0.rows.map { $0.map(BehaviourRun.text).joined(separator: " ") } }
            #expect(
                isListed ? texts[0].sorted() == texts[1].sorted() : texts[0] == texts[1], "seed \(seed): \(statement)")
        }
    }

    @Test("what is counted is called keys")
    func names() throws {
        let run = BehaviourRun(RandomEvents(seed: 1).snapshot)
        func columns(_ text: String) throws -> [String] { try run.run(text).columns.map(\.name) }
        #expect(try columns("STICKINESS FROM events BY n").contains("keys"))
        #expect(try columns("LIFECYCLE FROM events BY n LIST USERS").first == "key")
        #expect(try columns("SESSIONS FROM events BY n").first == "key")
        #expect(try columns("PATHS FROM events BY n").contains("keys"))
        #expect(try columns("PATHS FROM events BY user_id").contains("users"))
    }
}
