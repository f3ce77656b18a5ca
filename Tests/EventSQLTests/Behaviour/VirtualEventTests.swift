import EventSQL
import EventTestSupport
import Testing

/// Goal: a virtual event means what its selector means, wherever events are named. Method: every statement is asked with
/// the name and with the selector spelled out.
struct VirtualEventTests {
    private static func database() throws -> ShopDatabase {
        var random = SeededRandom(seed: 77)
        var events: [Event] = []
        for user in 0..<40 {
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let time = ShopDatabase.start + Int64.random(in: 0..<200, using: &random) * 3600 * ShopDatabase.second
                let name = ["open", "use", "share", "pay"].randomElement(using: &random) ?? ""
                events.append(
                    Event(
                        name, user: "u\(user)", at: EventTime(micros: time),
                        ["seconds": .int(Int64.random(in: 0..<100, using: &random))]))
            }
        }
        return try ShopDatabase(events)
    }

    @Test("statements with a virtual event answer as with its selector")
    func equalsSelector() throws {
        let shop = try Self.database()
        _ = try shop.db.query("CREATE VIRTUAL EVENT active AS 'use' WHERE properties.seconds > 50")
        _ = try shop.db.query("CREATE VIRTUAL EVENT either AS 'share' OR 'pay'")
        _ = try shop.db.query(
            "CREATE VIRTUAL EVENT engaged AS 'active' OR 'either' OR 'open' WHERE properties.seconds < 90")
        _ = try shop.db.query("CREATE VIRTUAL EVENT long AS ANY EVENT WHERE properties.seconds > 80")
        let active = "'use' WHERE properties.seconds > 50"
        let engaged = """
            'use' OR 'share' OR 'pay' OR 'open' WHERE (event_name <> 'use' OR properties.seconds > 50) AND properties.seconds < 90
            """
        let pairs: [(String, String)] = [
            ("'active'", active), ("'either'", "'share' OR 'pay'"), ("'engaged'", engaged),
            ("'active' WHERE properties.seconds < 70", active + " AND properties.seconds < 70"),
            ("'long'", "ANY EVENT WHERE properties.seconds > 80"),
            ("'long' OR 'open'", "ANY EVENT WHERE properties.seconds > 80 OR event_name = 'open'"),
            ("'active' OR 'open'", "'use' OR 'open' WHERE event_name = 'open' OR properties.seconds > 50"),
        ]
        var answers = 0
        for (name, selector) in pairs {
            for form in [
                "FUNNEL FROM events STEPS x: 'open', y: @ WITHIN 3 DAYS",
                "FUNNEL FROM events STEPS x: @, y: 'pay' WITHIN 3 DAYS EXCLUDE 'share'",
                "RETENTION FROM events START @ RETURN ANY EVENT EVERY DAY",
                "RETENTION FROM events START 'open' RETURN @ EVERY WEEK",
            ] {
                let rows = try shop.rows(form.replacing("@", with: name))
                #expect(rows == (try shop.rows(form.replacing("@", with: selector))), "\(form) with \(name)")
                answers += rows.count
            }
            _ = try shop.db.query("CREATE OR REPLACE COHORT a AS USERS WHERE COUNT(\(name)) >= 2")
            _ = try shop.db.query("CREATE OR REPLACE COHORT b AS USERS WHERE COUNT(\(selector)) >= 2")
            let members = "SELECT DISTINCT user_id FROM events WHERE user_id IN COHORT @ ORDER BY 1"
            #expect(try shop.rows(members.replacing("@", with: "a")) == shop.rows(members.replacing("@", with: "b")))
        }
        #expect(answers > 100)
    }

    @Test("a virtual event hides a stored one of its name in selectors only, and is replaced, dropped and shown")
    func lifecycle() throws {
        let shop = try ShopDatabase("u1 signup 0, u2 register 5, u1 pay 10, u2 pay 20, u3 pay 30")
        let funnel = "FUNNEL FROM events STEPS 'signup', 'pay'"
        #expect(try shop.rows(funnel, "users") == ["1", "1"])
        _ = try shop.db.query("CREATE VIRTUAL EVENT signup AS 'signup' OR 'register'")
        #expect(try shop.rows(funnel, "step name users") == ["1 signup 2", "2 pay 2"])
        #expect(try shop.rows("SELECT count(*) FROM events WHERE event_name = 'signup'") == ["1"])
        #expect(shop.error("CREATE VIRTUAL EVENT signup AS 'x'").contains("exists already"))
        _ = try shop.db.query("CREATE OR REPLACE VIRTUAL EVENT signup AS ANY EVENT")
        #expect(try shop.rows(funnel, "users") == ["3", "2"])
        #expect(try shop.rows("SHOW VIRTUAL EVENTS") == ["signup events ANY EVENT"])
        _ = try shop.db.query("DROP VIRTUAL EVENT signup")
        #expect(try shop.rows(funnel, "users") == ["1", "1"])
        #expect(shop.error("DROP VIRTUAL EVENT signup").contains("there is no virtual event"))
        _ = try shop.db.query("DROP VIRTUAL EVENT IF EXISTS signup")
    }

    @Test("a definition that cannot be read is refused, and two that name each other end")
    func errors() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 10")
        #expect(shop.error("CREATE VIRTUAL EVENT v AS 'a' WHERE properties.nope > 1").contains("properties.nope"))
        #expect(shop.error("CREATE VIRTUAL EVENT v FROM nowhere AS 'a'").contains("nowhere"))
        _ = try shop.db.query("CREATE VIRTUAL EVENT a AS 'b'")
        _ = try shop.db.query("CREATE VIRTUAL EVENT b AS 'a'")
        // Each names the other, whose definition names it: the stored event.
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b'", "users") == ["1", "1"])
    }
}
