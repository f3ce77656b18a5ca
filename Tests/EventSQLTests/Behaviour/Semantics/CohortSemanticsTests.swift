import EventSQL
import EventTestSupport
import Testing

/// Goal: cohorts answer S51 and S60 as the table of semantics says.
struct CohortSemanticsTests {
    private func members(_ shop: ShopDatabase, _ definition: String) throws -> [String] {
        _ = try shop.db.query("CREATE OR REPLACE COHORT c AS USERS WHERE \(definition)")
        return try shop.rows("SELECT DISTINCT user_id FROM events WHERE user_id IN COHORT c ORDER BY 1")
    }

    @Test("S51 a lone NOT and counts that allow zero range over everybody seen")
    func s51() throws {
        let shop = try ShopDatabase("u1 a 0, u1 a 1, u2 a 0, u3 b 0, - a 5")
        #expect(try members(shop, "NOT DID 'a'") == ["u3"])
        #expect(try members(shop, "COUNT('a') <= 1") == ["u2", "u3"])
        #expect(try members(shop, "COUNT('a') = 0") == ["u3"])
        #expect(try members(shop, "DID 'a' THEN 'a'") == ["u1"])
        // Did it before, not lately; only lately; for the first time lately.
        let weeks = try ShopDatabase("u1 a 0d, u2 a 0d, u2 a 20d, u3 a 19d")
        #expect(try members(weeks, "DID 'a' AND NOT DID 'a' IN LAST 7 DAYS") == ["u1"])
        #expect(try members(weeks, "FIRST DID 'a' IN LAST 7 DAYS") == ["u3"])
        #expect(try members(weeks, "LAST DID 'a' BEFORE '2024-03-02'") == ["u1"])
    }

    @Test("S60 and, or, and-not, exclusive or, and empty operands")
    func s60() throws {
        let shop = try ShopDatabase("u1 x 0, u2 x 0, u3 x 0, u4 x 0")
        for (name, users) in [("l", "('u1'), ('u2')"), ("r", "('u2'), ('u3')"), ("none", "('zz')")] {
            _ = try shop.db.query("CREATE COHORT \(name) AS VALUES \(users)")
        }
        for (definition, expected) in [
            ("IN COHORT l AND IN COHORT r", ["u2"]), ("IN COHORT l OR IN COHORT r", ["u1", "u2", "u3"]),
            ("IN COHORT l AND NOT IN COHORT r", ["u1"]), ("IN COHORT r AND NOT IN COHORT l", ["u3"]),
            ("(IN COHORT l OR IN COHORT r) AND NOT (IN COHORT l AND IN COHORT r)", ["u1", "u3"]),
            ("IN COHORT l AND IN COHORT none", []), ("IN COHORT l OR IN COHORT none", ["u1", "u2"]),
            ("IN COHORT none AND NOT IN COHORT l", []), ("NOT IN COHORT none", ["u1", "u2", "u3", "u4"]),
        ] as [(String, [String])] {
            #expect(try members(shop, definition) == expected, "\(definition)")
        }
    }
}
