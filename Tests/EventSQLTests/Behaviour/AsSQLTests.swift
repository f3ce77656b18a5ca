import EventSQL
import EventTestSupport
import Testing

/// Goal: what AS SQL prints answers the statement's numbers. Method: both are run on random events with ties, rows of
/// several names and merged people.
struct AsSQLTests {
    private static func database(seed: UInt64) throws -> ShopDatabase {
        var random = SeededRandom(seed: seed)
        var events: [Event] = []
        for user in 0..<60 {
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let time =
                    ShopDatabase.start + Int64.random(in: 0..<90, using: &random) * 6 * 3600 * ShopDatabase.second
                let name = ["a", "b", "c"].randomElement(using: &random) ?? ""
                let nobody = Int.random(in: 0..<25, using: &random) == 0
                var properties: [String: EventValue] = ["n": .int(Int64.random(in: 0..<4, using: &random))]
                if Bool.random(using: &random) {
                    properties["item"] = .string("i\(Int.random(in: 0..<3, using: &random))")
                }
                events.append(Event(name, user: nobody ? nil : "u\(user)", at: EventTime(micros: time), properties))
            }
        }
        let shop = try ShopDatabase(events)
        for user in 0..<5 { _ = try shop.db.query("IDENTIFY 'u\(user)' AS 'u\(user + 20)'") }
        _ = try shop.db.query("CREATE VIRTUAL EVENT v AS 'b' OR 'c' WHERE properties.n > 1")
        return shop
    }

    private static func selector(_ random: inout SeededRandom) -> String {
        [
            "'a'", "'b'", "'c'", "'a' OR 'b'", "'v'", "ANY EVENT", "'a' WHERE properties.n > 1",
            "'b' OR 'c' WHERE properties.item = 'i1' OR properties.n = 0", "'v' WHERE properties.n < 3",
        ].randomElement(using: &random) ?? ""
    }

    private static func same(_ shop: ShopDatabase, _ statement: String, _ columns: String) throws -> Int {
        let expected = try shop.rows(statement, columns)
        let result = try shop.db.query(statement + " AS SQL")
        let sql = try #require(try result.strings("sql").first)
        #expect(try shop.rows(sql, columns) == expected, "\(statement)\n\(sql)")
        return expected.count
    }

    @Test("a funnel as SQL answers the funnel's numbers", arguments: [UInt64(5), 6, 7])
    func funnels(seed: UInt64) throws {
        let shop = try Self.database(seed: seed)
        var random = SeededRandom(seed: seed &* 31)
        var answers = 0
        for _ in 0..<40 {
            let steps = (0..<Int.random(in: 1...4, using: &random)).map { "s\($0): " + Self.selector(&random) }
            var statement = "FUNNEL FROM events STEPS " + steps.joined(separator: ", ")
            statement +=
                ["", " WITHIN 2 DAYS", " WITHIN 6 HOURS", " WITHIN 1500 MILLISECONDS"].randomElement(using: &random)
                ?? ""
            statement +=
                ["", " TIES STRICT", " HOLD properties.item", " HOLD properties.item, properties.n"]
                .randomElement(using: &random) ?? ""
            statement +=
                ["", " WHERE properties.n > 0", " WHERE timestamp >= '2024-03-05' AND properties.n < 3"]
                .randomElement(using: &random) ?? ""
            answers += try Self.same(shop, statement, "step name users step_rate total_rate")
        }
        #expect(answers > 60)
    }

    @Test("a retention as SQL answers the retention's numbers", arguments: [UInt64(5), 6, 7])
    func retentions(seed: UInt64) throws {
        let shop = try Self.database(seed: seed)
        var random = SeededRandom(seed: seed &* 37)
        var answers = 0
        for _ in 0..<25 {
            var statement = "RETENTION FROM events START \(Self.selector(&random)) RETURN \(Self.selector(&random))"
            statement +=
                " EVERY " + (["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"].randomElement(using: &random) ?? "")
            statement += ["", " PERIODS 3"].randomElement(using: &random) ?? ""
            statement += ["", " RECURRING"].randomElement(using: &random) ?? ""
            statement += ["", " ON OR AFTER"].randomElement(using: &random) ?? ""
            answers += try Self.same(shop, statement, "cohort size period users rate")
        }
        #expect(answers > 200)
    }

    @Test("a funnel by another key as SQL")
    func keys() throws {
        let shop = try Self.database(seed: 9)
        #expect(
            try Self.same(
                shop, "FUNNEL FROM events BY properties.item STEPS 'a', 'b', 'c' WITHIN 2 DAYS",
                "step name keys step_rate total_rate") == 3)
        #expect(
            try Self.same(
                shop, "FUNNEL FROM events BY user_id STEPS 'a', 'b' WITHIN 2 DAYS",
                "step name users step_rate total_rate") == 2)
    }

    @Test("no events at all: the same empty answers")
    func nothing() throws {
        let shop = try ShopDatabase("u1 x 0")
        #expect(try Self.same(shop, "FUNNEL FROM events STEPS 'a', 'b'", "step name users step_rate total_rate") == 2)
        #expect(try Self.same(shop, "RETENTION FROM events START 'a' RETURN 'b'", "cohort size period users rate") == 0)
    }

    @Test("clauses that SQL cannot say are named")
    func refusals() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 1")
        for (clause, named) in [
            ("STRICT", "STRICT"), ("ANY ORDER", "ANY ORDER"), ("EXCLUDE 'c'", "EXCLUDE"),
            ("BREAKDOWN event_name", "BREAKDOWN"), ("EVERY WEEK", "EVERY"), ("WITHIN 1 DAY, 2 DAYS", "several windows"),
            ("ENTRY FIRST", "ENTRY FIRST"), ("LIST USERS", "LIST"), ("COUNT TOTALS", "COUNT TOTALS"),
        ] {
            let error = shop.error("FUNNEL FROM events STEPS 'a', 'b' \(clause) AS SQL")
            #expect(error.contains("AS SQL cannot say \(named)"), "\(error)")
        }
        let base = "RETENTION FROM events START 'a' RETURN 'b' EVERY DAY"
        for (clause, named) in [("STREAK", "STREAK"), ("MINIMUM 2", "MINIMUM"), ("BRACKETS (1, 3)", "BRACKETS")] {
            #expect(shop.error("\(base) \(clause) AS SQL").contains("AS SQL cannot say \(named)"))
        }
    }
}
