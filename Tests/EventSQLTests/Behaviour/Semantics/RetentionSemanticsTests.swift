import EventSQL
import EventTestSupport
import Testing

/// Goal: RETENTION answers the questions S36 to S48 as the table of semantics says.
struct RetentionSemanticsTests {
    private static let base = "RETENTION FROM events START 's' RETURN 'r' EVERY DAY"

    private func cells(
        _ script: String, _ clauses: String = "", _ columns: String = "cohort size period users"
    ) throws -> [String] {
        try ShopDatabase(script).rows("\(Self.base) \(clauses)", columns)
    }

    @Test("S36 periods are those of the calendar; a clock from the person's own start is an option")
    func s36() throws {
        let script = "u1 s 0.5d, u1 r 1.4d, u2 s 0.5d, u2 r 1.6d, u3 x 4d"
        #expect(try cells(script, "PERIODS 1", "period users returned") == ["0 2 0", "1 2 2"])
        #expect(try cells(script, "PERIODS 1 CLOCK ROLLING", "period users returned") == ["0 2 1", "1 1 1"])
        // A minute before and a minute after midnight are two days.
        #expect(
            try cells("u1 s 86340, u1 r 86460", "PERIODS 1") == ["2024-03-01 1 0 1", "2024-03-01 1 1 1"])
    }

    @Test("S37 period 0 is the cohort's size; a return inside it is a number of its own")
    func s37() throws {
        #expect(
            try cells("u1 s 0, u1 r 5, u2 s 0", "", "size period users returned") == ["2 0 2 1"])
    }

    @Test("S38 first time looks at all history; recurring counts every period with a start")
    func s38() throws {
        let script = "u1 s 0d, u1 s 1d, u1 r 1.5d"
        #expect(try cells(script) == ["2024-03-01 1 0 1", "2024-03-01 1 1 1"])
        #expect(
            try cells(script, "RECURRING") == ["2024-03-01 1 0 1", "2024-03-01 1 1 1", "2024-03-02 1 0 1"])
        #expect(try cells(script, "WHERE timestamp >= '2024-03-02'").isEmpty)
        let filtered = try ShopDatabase("u1 s 0d #no, u1 s 1d #yes", ["no": ["n": 1], "yes": ["n": 2]])
        let statement = "RETENTION FROM events START 's' WHERE properties.n = 2 RETURN 'r' EVERY DAY"
        #expect(try filtered.rows(statement, "cohort size") == ["2024-03-02 1"])
        #expect(try filtered.rows("\(statement) FIRST EVER", "cohort size").isEmpty)
    }

    @Test("S39 a return counts in its period; on or after is an option")
    func s39() throws {
        let script = "u1 s 0d, u1 r 2d"
        #expect(try cells(script, "", "period users") == ["0 1", "1 0", "2 1"])
        #expect(try cells(script, "ON OR AFTER", "period users") == ["0 1", "1 1", "2 1"])
    }

    @Test("S40 the array form knows no order and no time")
    func s40() throws {
        let shop = try ShopDatabase("u1 r 0, u1 s 5, u2 r 0")
        #expect(
            try shop.rows(
                "SELECT user_id, retention(event_name = 's', event_name = 'r') FROM events GROUP BY 1 ORDER BY 1")
                == ["u1 [1,1]", "u2 [0,0]"])
    }

    @Test("S41 weeks start on Monday, and the result says so")
    func s41() throws {
        // Friday, Sunday, Monday.
        let shop = try ShopDatabase("u1 s 0d, u1 r 2d, u1 r 3d")
        let statement = "RETENTION FROM events START 's' RETURN 'r' EVERY WEEK"
        #expect(try shop.rows(statement, "cohort period users returned") == ["2024-02-26 0 1 1", "2024-02-26 1 1 1"])
        #expect(try shop.db.query(statement).notes.contains { $0.contains("Monday") })
        #expect(
            try shop.rows("\(statement) WEEK STARTS SUNDAY", "cohort period users") == [
                "2024-02-25 0 1", "2024-02-25 1 1",
            ])
    }

    @Test("S42 periods are cut in UTC, and the result says so")
    func s42() throws {
        let shop = try ShopDatabase("u1 s 0")
        #expect(try shop.db.query(Self.base).notes.contains { $0.contains("UTC") })
    }

    @Test("S43 cells reach to the last event's period, which is marked as not over")
    func s43() throws {
        #expect(
            try cells("u1 s 0d, u1 r 1d, u2 x 2.5d", "PERIODS 9", "period users complete")
                == ["0 1 true", "1 1 true", "2 0 false"])
    }

    @Test("S44 a minimum of occurrences is asked of the return, not of the start")
    func s44() throws {
        let script = "u1 s 0d, u1 r 1d, u2 s 0d, u2 r 1d, u2 r 1.2d"
        #expect(try cells(script, "MINIMUM 2", "size period users") == ["2 0 2", "2 1 1"])
    }

    @Test("S45 brackets are spans of days, day 0 by itself")
    func s45() throws {
        let script = "u1 s 0d, u1 r 1d, u2 s 0d, u2 r 3d, u3 s 0d, u3 r 7d"
        // A span is named by its first day: 1, 2 to 3, 4 to 7.
        #expect(try cells(script, "BRACKETS (1, 3, 7)", "period users") == ["0 3", "1 1", "2 1", "4 1"])
    }

    @Test("S46 one clock, from the first start; a clock for each start is RECURRING")
    func s46() throws {
        let script = "u1 s 0.5d, u1 s 2.5d, u1 r 3.6d, u2 x 9d"
        let returned = try cells(script, "CLOCK ROLLING PERIODS 4", "cohort period returned")
        #expect(returned.filter { $0.hasSuffix(" 1") } == ["2024-03-01 3 1"])
        let clocks = try cells(script, "CLOCK ROLLING RECURRING PERIODS 4", "cohort period returned")
        #expect(clocks.filter { $0.hasSuffix(" 1") } == ["2024-03-01 3 1", "2024-03-03 1 1"])
    }

    @Test("S47 the mean of a period is weighted, over complete cells, with its denominator shown")
    func s47() throws {
        let script = "u1 s 0d, u1 r 1d, u2 s 0d, u3 s 1d, u3 r 2d, u4 s 8d, u4 x 9d"
        let rows = try cells(script, "PERIODS 1", "period weighted_rate mean_rate mean_size")
        // The third cohort's period 1 is not over.
        #expect(rows.filter { $0.hasPrefix("1 ") }.allSatisfy { $0 == "1 0.6666666666666666 0.75 3" })
        #expect(rows.count == 6)
    }

    @Test("S48 a breakdown shows the largest values, and all others as one")
    func s48() throws {
        let shop = try ShopDatabase(
            "u1 s 0d #de, u2 s 0d #de, u3 s 0d #fr, u4 s 0d #us, u1 r 1d, u4 r 1d",
            ["de": ["c": "DE"], "fr": ["c": "FR"], "us": ["c": "US"]])
        let rows = try shop.rows("\(Self.base) BREAKDOWN properties.c TOP 1", "breakdown period size users")
        #expect(rows == ["DE 0 2 2", "DE 1 2 1", "(other) 0 2 2", "(other) 1 2 1"])
    }
}
