import EventSQL
import Testing

/// Goal: the worked examples of SPEC 3.8 are true, each clause from text to rows, and errors say what to do.
struct PathsStatementTests {
    /// u1 comes twice, more than 30 minutes apart; u2 and u3 once.
    private static let script = """
        u1 home 0, u1 list 10, u1 list 20, u1 item 30, u1 home 3600, u1 item 3610,
        u2 home 5, u2 list 25, u2 item 65, u2 pay 125, u3 home 7, - home 8
        """
    private static let columns = "step source target users count share median_seconds"

    @Test("S56, S58, S59: the worked example")
    func example() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(
            try shop.rows("PATHS FROM events", Self.columns) == [
                "1 home list 2 2 0.6666666666666666 15", "1 home item 1 1 0.3333333333333333 10",
                "2 list item 2 2 1 30", "3 item pay 1 1 0.5 60",
            ])
        #expect(
            try shop.rows("PATHS FROM events COUNT SESSIONS", "step source target share").prefix(2) == [
                "1 home list 0.5", "1 home item 0.25",
            ])
    }

    @Test("anchors: after, before with steps that count back, between with a middle that is cut")
    func anchors() throws {
        let shop = try ShopDatabase(Self.script)
        let columns = "step source target users"
        #expect(try shop.rows("PATHS FROM events AFTER 'list'", columns) == ["1 list item 2", "2 item pay 1"])
        #expect(
            try shop.rows("PATHS FROM events BEFORE 'item' DEPTH 2", columns) == ["-1 list item 2", "-1 home item 1"])
        #expect(
            try shop.rows("PATHS FROM events BETWEEN 'home' AND 'pay' DEPTH 3", columns) == [
                "1 home ... 1", "2 ... pay 1",
            ])
    }

    @Test("S53: a pause must exceed the limit; WITHIN SESSION reads the session column")
    func sessions() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 10, u1 c 21")
        let columns = "source target"
        #expect(try shop.rows("PATHS FROM events WITHIN 10 SECONDS", columns) == ["a b"])
        #expect(try shop.rows("PATHS FROM events WITHIN 11 SECONDS", columns) == ["a b", "b c"])
        var events = ShopDatabase.events("u1 a 0, u1 b 1, u1 c 2, u1 d 3")
        for (index, session) in ["s1", "s2", "s1"].enumerated() { events[index].session = session }
        let marked = try ShopDatabase(events)
        #expect(try marked.rows("PATHS FROM events WITHIN SESSION", columns) == ["a c"])
        #expect(try shop.rows("PATHS FROM events WITHIN SESSION", columns) == ["a b", "b c"])
    }

    @Test("S57: rare edges are counted, then one row")
    func rest() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(
            try shop.rows("PATHS FROM events TOP 1", Self.columns) == [
                "1 home list 2 2 0.6666666666666666 15", "- (other) (other) - 4 - -",
            ])
        #expect(try shop.rows("PATHS FROM events MINIMUM 2 LIST PATHS", "path count") == ["(other) 4"])
        #expect(
            try shop.rows("PATHS FROM events LIST PATHS", "path length users count share") == [
                "home 1 1 1 0.3333333333333333", "home > item 2 1 1 0.3333333333333333",
                "home > list > item 3 1 1 0.3333333333333333", "home > list > item > pay 4 1 1 0.3333333333333333",
            ])
    }

    @Test("nodes by an expression, repeats kept, events left out or alone")
    func nodes() throws {
        let shop = try ShopDatabase(
            "u1 view 0 #a, u1 view 1 #b, u1 view 2 #b, u1 noise 3, u1 pay 4",
            ["a": ["page": .string("/a")], "b": ["page": .string("/b")]])
        let node = "NODE CASE WHEN event_name = 'view' THEN properties.page ELSE event_name END"
        #expect(try shop.rows("PATHS FROM events \(node) LIST PATHS", "path") == ["/a > /b > noise > pay"])
        #expect(
            try shop.rows("PATHS FROM events \(node) EXCLUDE 'noise' KEEP REPEATS LIST PATHS", "path") == [
                "/a > /b > /b > pay"
            ])
        #expect(try shop.rows("PATHS FROM events ONLY 'view', 'pay' LIST PATHS", "path") == ["view > pay"])
        #expect(try shop.rows("PATHS FROM events NODE properties.page LIST PATHS", "path") == ["/a > /b"])
    }

    @Test("rows stand in FROM, and the result says what it counted")
    func composition() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(
            try shop.rows("SELECT target, sum(count) FROM (PATHS FROM events) AS p GROUP BY 1 ORDER BY 1") == [
                "item 3", "list 2", "pay 1",
            ])
        let notes = try shop.db.query("PATHS FROM events").notes.joined(separator: "\n")
        #expect(notes.contains("30 MINUTES (default)") && notes.contains("share: of users at the source"))
    }

    @Test("a query inside an expression is refused with what to write instead, which works")
    func queriesInside() throws {
        let shop = try ShopDatabase(Self.script)
        for statement in [
            "PATHS FROM events NODE (SELECT 'a')", "PATHS FROM events WHERE EXISTS (SELECT 1)",
            "FUNNEL FROM events STEPS 'home' WHERE user_id IN (SELECT 'u1')",
            "FUNNEL FROM events STEPS x: 'home' WHERE user_id IN (SELECT 'u1'), 'list'",
            "RETENTION FROM events START 'home' RETURN 'list' EVERY DAY VALUE SUM((SELECT 1))",
            "TRENDS FROM events SERIES n: COUNT OF 'home' FORMULA x: n + (SELECT 1)",
            "STICKINESS FROM events BREAKDOWN (SELECT 1)", "SESSIONS FROM events BY (SELECT 1)",
            "CREATE COHORT c AS USERS WHERE DID 'home' WHERE user_id IN (SELECT 'u1')",
        ] {
            #expect(shop.error(statement).contains("IN COHORT c"), "\(statement)")
        }
        _ = try shop.db.query(
            "CREATE COHORT c AS SELECT user_id FROM (FUNNEL FROM events STEPS 'home', 'pay' LIST USERS DROPPED AFTER home)"
        )
        #expect(
            try shop.rows("PATHS FROM events WHERE user_id IN COHORT c DEPTH 2", "source target users") == [
                "home item 1", "home list 1",
            ])
    }

    @Test("who took a path is a list, which makes a cohort")
    func listOfUsers() throws {
        let shop = try ShopDatabase(Self.script)
        _ = try shop.db.query(
            "CREATE COHORT c AS SELECT user_id FROM (PATHS FROM events LIST USERS) AS p WHERE path LIKE 'home > list%'")
        #expect(
            try shop.rows("SELECT DISTINCT user_id FROM events WHERE user_id IN COHORT c ORDER BY 1") == ["u1", "u2"])
        #expect(
            try shop.rows("PATHS FROM events BREAKDOWN event_name LIST USERS LIMIT 2", "user_id breakdown path") == [
                "u1 home home > list > item", "u1 home home > item",
            ])
    }

    @Test("clauses that cannot be met are refused")
    func errors() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(shop.error("PATHS FROM events DEPTH 1").contains("at least 2"))
        #expect(shop.error("PATHS FROM events BETWEEN 'a' AND 'b' DEPTH 2").contains("at least 3"))
        #expect(shop.error("PATHS FROM events COUNT TOTALS").contains("COUNT TOTALS"))
        #expect(shop.error("PATHS FROM events LIST USERS MINIMUM 3").contains("LIMIT"))
        #expect(shop.error("PATHS FROM events BREAKDOWN event_name TOP 3 LIST USERS").contains("LIMIT"))
        #expect(shop.error("PATHS FROM events MINIMUM 3 MAXIMUM 2").contains("MINIMUM"))
        #expect(shop.error("PATHS FROM events AFTER 'a' WHERE nope = 1").contains("nope"))
        #expect(shop.error("PATHS FROM events NODE properties.nope").contains("nope"))
        #expect(shop.error("PATHS FROM nowhere").contains("no table nowhere"))
        #expect(shop.error("PATHS FROM events REPLACE '[' WITH ''").contains("no regular expression"))
        #expect(shop.error("PATHS FROM events BREAKDOWN event_name ATTRIBUTE ALL").contains("ATTRIBUTE FIRST or LAST"))
    }
}
