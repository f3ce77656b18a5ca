import EventSQL
import Testing

/// Goal: the worked example of SPEC 3.9 is true, each clause from text to rows.
struct TrendsStatementTests {
    private static let script = """
        u1 use 0d #x, u1 use 0.2d #y, u2 use 1d #x, - use 1.5d #x, u1 pay 3d #y, u2 use 3.5d #x
        """
    private static func shop() throws -> ShopDatabase {
        try ShopDatabase(
            script,
            [
                "x": ["plan": .string("free"), "amount": .int(2)],
                "y": ["plan": .string("pro"), "amount": .double(0.5)],
            ])
    }

    @Test("events, daily and rolling users, sums and a formula; a day without events is zero; the last day is not over")
    func example() throws {
        #expect(
            try Self.shop().rows(
                """
                TRENDS FROM events SERIES events: COUNT OF 'use', dau: USERS OF ANY EVENT, wau: USERS OF ANY EVENT OVER 7 DAYS,
                  amount: SUM(properties.amount) OF ANY EVENT FORMULA stickiness: dau / wau EVERY DAY
                """) == [
                    "2024-03-01 2 1 1 2.5 1 true", "2024-03-02 2 1 2 4 0.5 true", "2024-03-03 0 0 2 0 0 true",
                    "2024-03-04 1 2 2 2.5 1 false",
                ])
    }

    @Test("a series without rows has no mean, and a formula over nothing no answer")
    func nothing() throws {
        #expect(
            try Self.shop().rows(
                "TRENDS FROM events SERIES m: AVG(properties.amount) OF 'pay', n: USERS OF 'pay' FORMULA f: m + 1, g: 1 / n",
                "m n f g") == ["- 0 - -", "- 0 - -", "- 0 - -", "0.5 1 1.5 1"])
    }

    @Test("a window looks back before the range in WHERE; a period cut by WHERE is not complete")
    func windows() throws {
        let text = "TRENDS FROM events SERIES d: USERS OF 'use', w: USERS OF 'use' OVER 7 DAYS WHERE timestamp >= "
        #expect(try Self.shop().rows(text + "'2024-03-03'", "d w complete") == ["0 2 true", "1 2 false"])
        #expect(try Self.shop().rows(text + "'2024-03-03 01:00'", "d complete") == ["0 false", "1 false"])
    }

    @Test("broken down by each event's own value, the rest as one")
    func breakdown() throws {
        let text = "TRENDS FROM events SERIES n: COUNT OF ANY EVENT EVERY MONTH BREAKDOWN properties.plan"
        #expect(try Self.shop().rows(text, "breakdown n") == ["free 4", "pro 2"])
        #expect(try Self.shop().rows(text + " TOP 1", "breakdown n") == ["free 4", "(other) 2"])
    }

    @Test("sessions by their id, and errors that say what to do")
    func sessions() throws {
        var events = ShopDatabase.events("u1 a 0, u1 a 5, u1 a 9, u2 a 9")
        for (index, session) in ["s1", "s1", "s2"].enumerated() { events[index].session = session }
        let marked = try ShopDatabase(events)
        #expect(try marked.rows("TRENDS FROM events SERIES s: SESSIONS OF 'a'", "s") == ["2"])
        let shop = try Self.shop()
        #expect(shop.error("TRENDS FROM events SERIES s: SESSIONS OF 'a'").contains("session_id"))
        #expect(shop.error("TRENDS FROM events SERIES s: QUANTILE(1) OF 'a'").contains("QUANTILE(properties.amount"))
        #expect(shop.error("TRENDS FROM events SERIES s: QUANTILE(1, 1.5) OF 'a'").contains("from 0 to 1"))
        #expect(shop.error("TRENDS FROM events SERIES s: SUM(event_name) OF 'a'").contains("number"))
        #expect(shop.error("TRENDS FROM events SERIES s: COUNT OF 'a' FORMULA f: t / 2").contains("t"))
        #expect(
            shop.error("TRENDS FROM events SERIES s: COUNT OF 'a' BREAKDOWN user_id ATTRIBUTE LAST").contains(
                "own value"))
        #expect(try shop.rows("SELECT sum(n) FROM (TRENDS FROM events SERIES n: COUNT OF ANY EVENT) AS t") == ["6"])
    }
}
