import EventSQL
import EventTestSupport
import Testing

/// Goal: distinct users by period, which bitmaps answer, equal what counting rows answers, whatever the rows are in.
struct ActiveUserTests {
    @Test("random tables: bitmaps and rows agree for every period and condition", arguments: 0..<6)
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        for round in 0..<4 {
            let events = (0..<150).map { _ -> Event in
                let time = EventTime(micros: 1_709_251_200_000_000 + Int64(random.next() % 10_000_000) * 1_000_000)
                let user = seed % 2 == 0 && random.next() % 10 == 0 ? nil : "u\(random.next() % 40)"
                return Event(["view", "buy", "rare"][Int(random.next() % 16) / 7], user: user, at: time)
            }
            try db.append(events)
            if round == 1 { try db.compact() }
            if round == 2, seed % 3 == 0 { _ = try db.query("IDENTIFY 'u1' AS 'u2'") }
            if round == 2, seed % 3 == 1 { _ = try db.query("DELETE FROM events WHERE user_id = 'u5'") }
            for key in [
                "date_trunc('day', timestamp)", "date_trunc('week', timestamp)", "date_trunc('month', timestamp)",
                "date_trunc('quarter', timestamp)", "date_trunc('year', timestamp)", "CAST(timestamp AS DATE)",
            ] {
                for condition in [
                    "true", "event_name = 'buy'", "event_name IN ('rare', 'view')", "event_name = 'none'",
                    "timestamp >= TIMESTAMP '2024-03-20' AND timestamp < TIMESTAMP '2024-05-01'",
                    "timestamp >= TIMESTAMP '2024-03-20 10:00' AND event_name = 'view'",
                ] {
                    func text(_ count: String) throws -> [String] {
                        let result = try db.query(
                            "SELECT CAST(k AS VARCHAR) AS k, n FROM (SELECT \(key) AS k, \(count) AS n FROM events WHERE \(condition) GROUP BY 1) ORDER BY 1"
                        )
                        return zip(try result.strings("k"), try result.int64s("n")).map { "\($0) \($1)" }
                    }
                    // count(*) beside it makes the general operator count.
                    let general = "count(DISTINCT user_id) + 0 * count(*)"
                    #expect(try text("count(DISTINCT user_id)") == text(general), "seed \(seed) \(key) \(condition)")
                }
            }
        }
    }
}
