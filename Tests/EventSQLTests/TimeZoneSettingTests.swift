import EventSQL
import EventTestSupport
import Testing

/// Goal: SET TIME ZONE means what SPEC 2.5 says, and nothing else changes. Method: instants around a change of clocks, worked
/// out by hand as PostgreSQL answers for timestamptz.
struct TimeZoneSettingTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func texts(_ db: EventDatabase, _ sql: String) throws -> [String] {
        try db.query("SELECT (\(sql))::VARCHAR AS t").strings("t")
    }

    @Test("calendar functions, dates and texts without a zone are of the session's zone; instants stay")
    func functions() throws {
        let db = try EventDatabase.open(at: directory.file("db"))
        // 01:30 in Berlin on 31 March 2024, half an hour before clocks go forward.
        let instant = "TIMESTAMP '2024-03-31T00:30:00Z'"
        let cases = [
            ("date_trunc('day', \(instant))", "2024-03-31 00:00:00", "2024-03-30 23:00:00"),
            ("date_trunc('month', \(instant) + INTERVAL '1 day')", "2024-04-01 00:00:00", "2024-03-31 22:00:00"),
            ("extract(hour FROM \(instant))", "0", "1"),
            ("extract(hour FROM \(instant) + INTERVAL '1 hour')", "1", "3"),
            ("extract(epoch FROM \(instant))", "1711845000.0", "1711845000.0"),
            ("hour(\(instant))", "0", "1"),
            ("dayname(TIMESTAMP '2024-03-31T22:30:00Z')", "Sunday", "Monday"),
            ("(TIMESTAMP '2024-03-31T22:30:00Z')::DATE", "2024-03-31", "2024-04-01"),
            ("TIMESTAMP '2024-04-01 00:00'", "2024-04-01 00:00:00", "2024-03-31 22:00:00"),
            ("'2024-04-01 00:00+00'::TIMESTAMP", "2024-04-01 00:00:00", "2024-04-01 00:00:00"),
            ("(DATE '2024-04-01')::TIMESTAMP", "2024-04-01 00:00:00", "2024-03-31 22:00:00"),
            ("TIMESTAMP '2024-03-31T22:30:00Z' >= '2024-04-01'", "false", "true"),
            ("extract(hour FROM \(instant) AT TIME ZONE 'Asia/Tokyo')", "9", "9"),
            ("extract(month FROM DATE '2024-04-01')", "4", "4"),
            ("date_trunc('month', DATE '2024-04-15')", "2024-04-01 00:00:00", "2024-03-31 22:00:00"),
            ("date_diff('day', TIMESTAMP '2024-03-31T21:30:00Z', TIMESTAMP '2024-03-31T22:30:00Z')", "0", "1"),
            ("\(instant)", "2024-03-31 00:30:00", "2024-03-31 00:30:00"),
        ]
        for (sql, utc, _) in cases { #expect(try texts(db, sql) == [utc], "\(sql) in UTC") }
        try db.execute("SET TIME ZONE 'Europe/Berlin'")
        for (sql, _, berlin) in cases { #expect(try texts(db, sql) == [berlin], "\(sql) in Berlin") }
        #expect(try db.query("SHOW TIME ZONE").strings("value") == ["Europe/Berlin"])
        try db.execute("SET timezone = 'UTC'")
        for (sql, utc, _) in cases { #expect(try texts(db, sql) == [utc], "\(sql) in UTC again") }
        try db.execute("SET TIME ZONE '+05:30'; SET TIME ZONE DEFAULT")
        #expect(try db.query("SHOW timezone").strings("value") == ["UTC"])
        #expect(throws: EventSQLError.self) { try db.query("SET TIME ZONE 'Nowhere/Town'") }
    }

    @Test("columns follow the session's zone as constants do, and so do periods without ZONE")
    func columns() throws {
        let db = try EventDatabase.open(at: directory.file("db"))
        let instants = ["2024-03-30T22:59:00Z", "2024-03-30T23:00:00Z", "2024-03-31T21:59:00Z", "2024-03-31T22:00:00Z"]
        for instant in instants {
            try db.execute("INSERT INTO events (timestamp, user_id, event_name) VALUES ('\(instant)', 'u', 'a')")
        }
        let days = "SELECT timestamp::DATE::VARCHAR AS d, count(*) AS n FROM events GROUP BY 1 ORDER BY 1"
        let periods = "SELECT period::VARCHAR AS d, n FROM (TRENDS FROM events SERIES n: COUNT OF ANY EVENT EVERY DAY)"
        try db.execute("SET TIME ZONE 'Europe/Berlin'")
        for sql in [days, periods] {
            let result = try db.query(sql)
            #expect(try result.strings("d") == ["2024-03-30", "2024-03-31", "2024-04-01"], "\(sql)")
        }
        let truncated = "SELECT count(DISTINCT date_trunc('day', timestamp)) AS n FROM events"
        #expect(try db.query(truncated).int64s("n") == [3])
        let since = "SELECT count(*) AS n FROM events WHERE timestamp >= '2024-03-31' AND timestamp < DATE '2024-04-01'"
        #expect(try db.query(since).int64s("n") == [2])
        let utc = "SELECT n FROM (TRENDS FROM events SERIES n: COUNT OF ANY EVENT EVERY DAY ZONE 'UTC')"
        #expect(try db.query(utc).rowCount == 2)
    }
}
