import EventSQL
import EventTestSupport
import Testing

/// Goal: statements that hide, remove and merge, through SQL, seen at once and after the database is opened again.
struct ChangeStatementTests {
    private static let start = EventTime(micros: 1_709_251_200_000_000)  // 2024-03-01T00:00:00Z

    private func filled(_ directory: TemporaryDirectory) throws -> EventDatabase {
        let db = try EventDatabase.open(at: directory.file("db"))
        let events = (0..<60).map { (index: Int) -> Event in
            let time = EventTime(micros: Self.start.micros + Int64(index) * 3_600_000_000)
            let amount = EventValue.int(Int64(index))
            return Event(index % 2 == 0 ? "view" : "buy", user: "u\(index % 6)", at: time, ["amount": amount])
        }
        try db.append(events)
        return db
    }

    private func count(_ db: EventDatabase, _ what: String = "count(*)") throws -> Int64 {
        try #require(db.query("SELECT \(what) AS n FROM events").int64s("n").first ?? nil)
    }

    @Test("DELETE hides what its condition finds, also rows that are only in the log; NULL is not true")
    func delete() throws {
        let directory = try TemporaryDirectory()
        let db = try filled(directory)
        try db.append([Event("view", user: "u9", at: Self.start)])
        let deleted = try db.query("DELETE FROM events WHERE properties.amount >= 50 OR event_name = 'nothing'")
        #expect(try deleted.int64s("deleted") == [10])
        #expect(try count(db) == 51)
        #expect(try count(db, "max(properties.amount)") == 49)
        db.close()
        let again = try EventDatabase.open(at: directory.file("db"))
        #expect(try count(again) == 51)
        _ = try again.query("DELETE FROM events WHERE user_id = 'u1' AND timestamp < TIMESTAMP '2024-03-02'")
        #expect(try count(again) == 47)
        _ = try again.query("PURGE")
        try again.compact()
        #expect(try count(again) == 47)
        _ = try again.query("DELETE FROM events")
        #expect(try count(again) == 0)
    }

    @Test("a condition that DELETE cannot take, a table that is not there: an error with a place")
    func deleteErrors() throws {
        let directory = try TemporaryDirectory()
        let db = try filled(directory)
        for sql in [
            "DELETE FROM evnts", "DELETE FROM events WHERE user_id IN (SELECT user_id FROM events)",
            "DELETE FROM events WHERE amont > 'x' + 1", "ALTER TABLE nothing SET TTL 4 DAYS", "FORGET USER 'nobody'",
            "SET forgotten_users = 'maybe'", "PURGE nothing",
        ] {
            #expect(throws: EventSQLError.self, "\(sql)") { try db.query(sql) }
        }
        #expect(try count(db) == 60)
    }

    @Test("FORGET USER, then a refused event; the others stay")
    func forget() throws {
        let directory = try TemporaryDirectory()
        let db = try filled(directory)
        #expect(try db.query("FORGET USER 'u3'").int64s("deleted") == [10])
        #expect(try count(db, "count(DISTINCT user_id)") == 5)
        _ = try db.query("SET forgotten_users = 'refuse'")
        let error = #expect(throws: EventSQLError.self) { try db.append([Event("view", user: "u3", at: Self.start)]) }
        #expect(error?.message.contains("forgotten") == true)
        #expect(try count(db) == 50)
    }

    @Test("IDENTIFY makes two ids one person in counts and funnels at once, UNIDENTIFY undoes it, the log tells")
    func identify() throws {
        let directory = try TemporaryDirectory()
        let db = try filled(directory)
        try db.append([Event("landed", user: "anon", at: EventTime(micros: Self.start.micros - 1_000_000))])
        let funnel =
            "SELECT users FROM (FUNNEL FROM events STEPS landed: 'landed', buy: 'buy' WITHIN 7 DAYS) ORDER BY step"
        #expect(try db.query(funnel).int64s("users") == [1, 0])
        _ = try db.query("IDENTIFY 'anon' AS 'u1'")
        for _ in 0..<2 {
            #expect(try db.query(funnel).int64s("users") == [1, 1])
            #expect(try count(db, "count(DISTINCT user_id)") == 6)
            try db.compact()
        }
        #expect(try db.query("SHOW IDENTITIES").strings("person") == ["u1"])
        _ = try db.query("UNIDENTIFY 'anon'")
        #expect(try count(db, "count(DISTINCT user_id)") == 7)
    }

    @Test("a time to live drops what is older")
    func ttl() throws {
        let directory = try TemporaryDirectory()
        let db = try filled(directory)
        try db.append([Event("view", user: "u0", at: .now)])
        try db.compact()
        #expect(try db.query("ALTER TABLE events SET TTL 400 DAYS").int64s("deleted") == [60])
        #expect(try count(db) == 1)
        _ = try db.query("ALTER TABLE events SET TTL NONE")
    }

    @Test("an event id that is stored is left out and counted; the switch stores it")
    func duplicates() throws {
        let directory = try TemporaryDirectory()
        let event = Event("view", user: "u", at: Self.start, id: "e1")
        let db = try EventDatabase.open(at: directory.file("db"))
        #expect(try db.append([event, event]) == 1)
        db.close()
        let again = try EventDatabase.open(at: directory.file("db"))
        #expect(try again.append([event]) == 1)
        again.close()
        var options = DatabaseOptions()
        options.leavesOutDuplicates = false
        let all = try EventDatabase.open(at: directory.file("db"), options: options)
        #expect(try all.append([event]) == 0)
        #expect(try count(all) == 2)
    }
}
