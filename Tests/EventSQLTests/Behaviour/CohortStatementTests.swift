import EventSQL
import EventTestSupport
import Testing

/// Goal: cohorts are made, refreshed, explained, combined and used in SQL as SPEC 3.4 says.
struct CohortStatementTests {
    private static func shop() throws -> ShopDatabase {
        try ShopDatabase(
            """
            ann signup 0d, ann pay 1d #big, ann pay 2d #small, bob signup 0d, bob view 3d, bob refund 4d,
            cy signup 7d, cy pay 8d #small, dan view 9d, - view 9d
            """, ["big": ["amount": .double(20)], "small": ["amount": .double(5.5)]])
    }

    private static func members(_ shop: ShopDatabase, _ name: String) throws -> [String] {
        try shop.rows("SELECT DISTINCT user_id FROM events WHERE user_id IN COHORT \(name) ORDER BY 1")
    }

    @Test("conditions on values, order, first and last events")
    func conditions() throws {
        let shop = try Self.shop()
        for (condition, expected) in [
            ("SUM(properties.amount OF 'pay') > 10", ["ann"]), ("AVG(properties.amount OF 'pay') < 6", ["cy"]),
            ("SUM(properties.amount OF 'pay') < 1", ["bob", "dan"]), ("MAX(properties.amount OF 'pay') <> 20", ["cy"]),
            ("DAYS(ANY EVENT) >= 3", ["ann", "bob"]), ("WEEKS(ANY EVENT) = 2", ["bob"]),
            ("COUNT(DISTINCT event_name OF ANY EVENT) > 2", ["bob"]), ("FIRST DID 'signup' SINCE '2024-03-05'", ["cy"]),
            ("LAST DID ANY EVENT BEFORE '2024-03-04'", ["ann"]),
            ("DID 'signup' THEN 'pay' WITHIN 1 DAY", ["ann", "cy"]), ("DID 'pay' THEN 'signup'", []),
            ("NOT DID 'signup' THEN 'pay'", ["bob", "dan"]),
            ("DID 'view' WHERE (event_name = 'view') BETWEEN '2024-03-01' AND '2024-03-05'", ["bob"]),
        ] as [(String, [String])] {
            _ = try shop.db.query("CREATE OR REPLACE COHORT c AS USERS WHERE \(condition)")
            #expect(try Self.members(shop, "c") == expected, "\(condition)")
        }
    }

    @Test("calendar periods are told with the answer, and a count of different values is whole")
    func periods() throws {
        let shop = try Self.shop()
        let made = try shop.db.query("CREATE COHORT c AS USERS WHERE WEEKS('pay') > 1")
        #expect(made.notes.joined().contains("weeks from Monday"))
        #expect(
            shop.error("CREATE COHORT d AS USERS WHERE COUNT(DISTINCT properties.amount OF 'pay') > 1.5").contains(
                "whole"))
        #expect(shop.error("CREATE COHORT d AS USERS WHERE COUNT(DISTINCT properties.amount) > 1").contains("OF"))
    }

    @Test("cohorts of cohorts, static lists and empty operands")
    func algebra() throws {
        let shop = try Self.shop()
        for (name, definition) in [
            ("a", "VALUES ('ann'), ('bob'), ('nobody')"), ("b", "USERS WHERE DID 'pay'"), ("none", "VALUES ('x')"),
            ("both", "USERS WHERE IN COHORT a AND IN COHORT b"), ("either", "USERS WHERE IN COHORT a OR IN COHORT b"),
            ("minus", "USERS WHERE IN COHORT a AND NOT IN COHORT b"),
            ("odd", "USERS WHERE (IN COHORT a AND NOT IN COHORT b) OR (IN COHORT b AND NOT IN COHORT a)"),
            ("empty", "USERS WHERE IN COHORT none AND IN COHORT a"), ("all", "USERS WHERE NOT IN COHORT none"),
        ] { _ = try shop.db.query("CREATE COHORT \"\(name)\" AS \(definition)") }
        #expect(try Self.members(shop, "a") == ["ann", "bob"])
        #expect(try Self.members(shop, "\"both\"") == ["ann"])
        #expect(try Self.members(shop, "either") == ["ann", "bob", "cy"])
        #expect(try Self.members(shop, "minus") == ["bob"])
        #expect(try Self.members(shop, "odd") == ["bob", "cy"])
        #expect(try Self.members(shop, "empty") == [])
        #expect(try Self.members(shop, "\"all\"") == ["ann", "bob", "cy", "dan"])
    }

    @Test("cohorts in WHERE, JOIN and BREAKDOWN")
    func uses() throws {
        let shop = try Self.shop()
        _ = try shop.db.query("CREATE COHORT payers AS USERS WHERE DID 'pay'")
        #expect(try shop.rows("SELECT count(*) FROM events WHERE user_id NOT IN COHORT payers") == ["4"])
        #expect(
            try shop.rows(
                """
                SELECT count(*) FROM (VALUES ('ann'), ('bob')) v(id) JOIN events ON user_id = id AND user_id IN COHORT payers
                """) == ["3"])
        #expect(
            try shop.rows(
                "SELECT user_id IN COHORT payers AS paid, count(DISTINCT user_id) FROM events WHERE user_id IS NOT NULL "
                    + "GROUP BY 1 ORDER BY 1") == ["false 2", "true 2"])
        #expect(
            try shop.rows(
                "FUNNEL FROM events STEPS 'signup', ANY EVENT WITHIN 4 DAYS BREAKDOWN user_id IN COHORT payers",
                "breakdown step users") == ["true 1 2", "true 2 2", "false 1 1", "false 2 1"])
        #expect(
            try shop.rows("FUNNEL FROM events STEPS 'signup' WHERE user_id IN COHORT payers", "users") == ["2"])
    }

    @Test("REFRESH finds members again, says who came and went, and sizes are kept")
    func refresh() throws {
        let shop = try Self.shop()
        _ = try shop.db.query("CREATE COHORT quiet AS USERS WHERE DID NOT 'pay'")
        #expect(try Self.members(shop, "quiet") == ["bob", "dan"])
        try shop.db.append(ShopDatabase.events("bob pay 10d, eve signup 10d"))
        #expect(try Self.members(shop, "quiet") == ["bob", "dan"])
        #expect(try shop.rows("REFRESH COHORT quiet") == ["quiet 2 1 1"])
        #expect(try Self.members(shop, "quiet") == ["dan", "eve"])
        #expect(try shop.rows("SHOW COHORT HISTORY", "cohort users") == ["quiet 2", "quiet 2"])
        #expect(try shop.rows("SHOW COHORTS", "cohort users definition") == ["quiet 2 USERS WHERE DID NOT 'pay'"])
        #expect(shop.error("REFRESH COHORT quite").contains("did you mean 'quiet'"))
        _ = try shop.db.query("DROP COHORT quiet")
        #expect(try shop.rows("SHOW COHORT HISTORY").isEmpty)
    }

    @Test("EXPLAIN COHORT names the condition that failed and the event that decided")
    func explain() throws {
        let shop = try Self.shop()
        _ = try shop.db.query("CREATE COHORT a AS VALUES ('ann')")
        _ = try shop.db.query(
            """
            CREATE COHORT loyal AS USERS WHERE COUNT('pay') >= 2 AND NOT DID 'refund' AND
            (SUM(properties.amount OF 'pay') > 25 OR IN COHORT a OR DID 'signup' THEN 'pay' WITHIN 2 DAYS)
            """)
        let columns = "holds condition found decided_by decided_at"
        #expect(
            try shop.rows("EXPLAIN COHORT loyal FOR 'ann'", columns) == [
                "true saved members of loyal - - -", "true AND - - -", "true   AND - - -",
                "true     COUNT('pay') >= 2 2 pay 2024-03-03 00:00:00", "true     NOT - - -",
                "false       DID 'refund' 0 - -", "true   OR - - -", "true     OR - - -",
                "true       SUM(properties.amount OF 'pay') > 25 25.5 pay 2024-03-03 00:00:00",
                "true       IN COHORT a - - -",
                "true     DID 'signup' THEN 'pay' WITHIN 2 DAYS 2 pay 2024-03-02 00:00:00",
            ])
        let bob = try shop.rows("EXPLAIN COHORT loyal FOR 'bob'", columns)
        #expect(bob.contains("false     COUNT('pay') >= 2 0 - -"))
        #expect(bob.contains("true       DID 'refund' 1 refund 2024-03-05 00:00:00"))
        #expect(try shop.rows("EXPLAIN COHORT a FOR 'bob'", "holds") == ["false", "false"])
        #expect(shop.error("EXPLAIN COHORT loyal FOR 'zoe'").contains("no user 'zoe'"))
    }

    @Test("without events there is nobody")
    func nobody() throws {
        let shop = try ShopDatabase()
        let answer = shop.error("CREATE COHORT c AS VALUES ('u1')")
        #expect(answer.contains("nobody") || answer == "no error")
        #expect(shop.error("CREATE COHORT d AS USERS WHERE DID 'a'") != "")
    }

    @Test("a person is one member, however many ids were merged, before or after the cohort was made")
    func identities() throws {
        let shop = try ShopDatabase("anon view 0, u1 pay 10, u2 view 20")
        _ = try shop.db.query("CREATE COHORT before AS USERS WHERE DID 'view'")
        _ = try shop.db.query("IDENTIFY 'anon' AS 'u1'")
        _ = try shop.db.query("CREATE COHORT after AS USERS WHERE DID 'view' THEN 'pay'")
        #expect(try Self.members(shop, "\"before\"") == ["u1", "u2"])
        #expect(try Self.members(shop, "\"after\"") == ["u1"])
        #expect(
            try shop.rows("EXPLAIN COHORT after FOR 'anon'", "holds condition found").last
                == "true DID 'view' THEN 'pay' 2")
    }
}
