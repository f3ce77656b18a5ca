import EventSQL
import Testing

/// Goal: the worked examples of SPEC 3.10 are true, each clause from text to rows.
struct ActivityStatementTests {
    /// u1 on days 0, 1 and 3, u2 on days 0 and 1, u3 on day 3; nobody on day 2.
    private static let script = """
        u1 use 0d, u1 use 0.5d, u1 use 1d, u1 use 3d, u2 use 0d, u2 use 1.2d, u3 use 3.5d, - use 1d
        """

    @Test("S50: people active in exactly, or at least, so many periods")
    func stickiness() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(
            try shop.rows("STICKINESS FROM events", "periods users share") == [
                "1 1 0.3333333333333333", "2 1 0.3333333333333333", "3 1 0.3333333333333333",
            ])
        #expect(
            try shop.rows("STICKINESS FROM events OF 'use' CUMULATIVE", "periods users share") == [
                "1 3 1", "2 2 0.6666666666666666", "3 1 0.3333333333333333",
            ])
        #expect(try shop.rows("STICKINESS FROM events MINIMUM 2 LIST USERS") == ["u1 1"])
        #expect(try shop.rows("STICKINESS FROM events LIST USERS") == ["u1 3", "u2 2", "u3 1"])
    }

    @Test("S49: new, returning, resurrecting and dormant people, booked in the first missed period")
    func lifecycle() throws {
        let shop = try ShopDatabase(Self.script)
        #expect(
            try shop.rows("LIFECYCLE FROM events EVERY DAY") == [
                "2024-03-01 2 0 0 0 true", "2024-03-02 0 2 0 0 true", "2024-03-03 0 0 0 2 true",
                "2024-03-04 1 0 1 0 false",
            ])
        #expect(
            try shop.rows("LIFECYCLE FROM events EVERY DAY WHERE timestamp >= '2024-03-03'") == [
                "2024-03-03 0 0 0 2 true", "2024-03-04 1 0 1 0 false",
            ])
        #expect(
            try shop.rows("LIFECYCLE FROM events EVERY DAY LIST USERS").suffix(2) == [
                "u3 2024-03-04 new", "u1 2024-03-04 resurrecting",
            ])
    }

    @Test("S41: weeks start on Monday unless the statement says Sunday")
    func weeks() throws {
        // The fourth day is Monday the 4th, the third Sunday the 3rd.
        let shop = try ShopDatabase("u1 a 1d, u1 a 2d, u1 a 3d")
        #expect(try shop.rows("STICKINESS FROM events EVERY WEEK LIST USERS") == ["u1 2"])
        #expect(
            try shop.rows("LIFECYCLE FROM events EVERY WEEK WEEK STARTS SUNDAY", "period new returning") == [
                "2024-02-25 1 0", "2024-03-03 0 1",
            ])
        #expect(try shop.db.query("STICKINESS FROM events EVERY WEEK").notes[0].contains("weeks from Monday"))
    }

    @Test("broken down by a person's value")
    func breakdown() throws {
        let shop = try ShopDatabase(
            "u1 a 0d, u1 a 1d #de, u1 a 2d #fr, u2 a 0d #fr", ["de": ["c": .string("DE")], "fr": ["c": .string("FR")]])
        let text = "STICKINESS FROM events BREAKDOWN properties.c"
        #expect(try shop.rows(text, "breakdown periods users") == ["FR 1 1", "- 1 0", "- 2 0", "- 3 1"])
        #expect(try shop.rows(text + " ATTRIBUTE FIRST", "breakdown periods users").prefix(1) == ["DE 1 0"])
        #expect(
            try shop.rows(text + " ATTRIBUTE ALL LIST USERS") == ["u1 - 1", "u1 DE 1", "u1 FR 1", "u2 FR 1"])
        #expect(shop.error(text + " ATTRIBUTE STEP x").contains("ENTRY, FIRST, LAST or ALL"))
        #expect(shop.error("LIFECYCLE FROM events ZONE 'Europe/Atlantis'").contains("no time zone"))
    }
}
