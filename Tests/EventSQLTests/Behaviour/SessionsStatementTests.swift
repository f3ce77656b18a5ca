import EventSQL
import Testing

/// Goal: the worked examples of SPEC 3.11 are true, each clause from text to rows.
struct SessionsStatementTests {
    private static let columns = "user_id session seconds events first_event last_event"

    @Test("S53: a pause must exceed the limit, 30 minutes where nothing is said")
    func gap() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 1800, u1 c 3601, - a 5, u2 a 7")
        #expect(
            try shop.rows("SESSIONS FROM events", Self.columns) == [
                "u1 1 1800 2 a b", "u1 2 0 1 c c", "u2 1 0 1 a a",
            ])
        #expect(try shop.rows("SESSIONS FROM events GAP 1801 SECONDS", "events") == ["3", "1"])
        #expect(try shop.db.query("SESSIONS FROM events").notes[0].contains("30 MINUTES (default)"))
        #expect(try shop.rows("SELECT avg(events) FROM (SESSIONS FROM events) AS s") == ["1.3333333333333333"])
    }

    @Test("S54: a session ends where it would last longer than MAXIMUM")
    func maximum() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 10, u1 c 21, u1 d 30")
        #expect(try shop.rows("SESSIONS FROM events MAXIMUM 20 SECONDS", "first_event events") == ["a 2", "c 2"])
        #expect(try shop.rows("SESSIONS FROM events MAXIMUM 21 SECONDS", "first_event events") == ["a 3", "d 1"])
    }

    @Test("S55: a marker opens a session, first among equals; rows before it belong to none; another closes it")
    func markers() throws {
        let shop = try ShopDatabase("u1 a 0, u1 open 10, u1 b 10, u1 c 9999, u1 close 10000, u1 d 10001, u1 open 20000")
        #expect(
            try shop.rows("SESSIONS FROM events START 'open'", Self.columns) == [
                "u1 1 9991 5 open d", "u1 2 0 1 open open",
            ])
        #expect(
            try shop.rows("SESSIONS FROM events START 'open' END 'close'", Self.columns) == [
                "u1 1 9990 4 open close", "u1 2 0 1 open open",
            ])
        let three = try ShopDatabase("u1 a 0, u1 b 1800, u1 c 3601")
        #expect(try three.rows("SESSIONS FROM events END 'a'", "events") == ["1", "1", "1"])
    }

    @Test("sessions by their own id, and a filter")
    func identifier() throws {
        var events = ShopDatabase.events("u1 a 0, u1 b 5, u1 c 9999, u1 d 10")
        for (index, session) in ["s2", "s1", "s2"].enumerated() { events[index].session = session }
        let shop = try ShopDatabase(events)
        #expect(
            try shop.rows("SESSIONS FROM events USING session_id", "session session_id events seconds") == [
                "1 s2 2 9999", "2 s1 1 0",
            ])
        #expect(
            try shop.rows("SESSIONS FROM events USING session_id WHERE event_name <> 'b'", "session_id events") == [
                "s2 2"
            ])
        #expect(shop.error("SESSIONS FROM events USING session_id GAP 5 MINUTES").contains("found both"))
    }

    @Test("a timeline of a person under all their ids")
    func timeline() throws {
        let shop = try ShopDatabase("u1 a 0 #x, anon b 10, u2 c 5, u1 d 12.5", ["x": ["q": .string("say \"hi\"\n")]])
        _ = try shop.db.query("IDENTIFY 'anon' AS 'u1'")
        let columns = "event_name seconds_since_previous user_id properties"
        #expect(
            try shop.rows("TIMELINE 'u1'", columns) == [
                #"a - u1 {"properties.q":"say \"hi\"\u000a"}"#, "b 10 anon {}", "d 2.5 u1 {}",
            ])
        #expect(try shop.rows("TIMELINE 'anon' WHERE event_name <> 'a' LIMIT 1", "event_name") == ["b"])
        #expect(try shop.rows("TIMELINE 'nobody'") == [])
        #expect(shop.error("TIMELINE user_id").contains("user"))
    }
}
