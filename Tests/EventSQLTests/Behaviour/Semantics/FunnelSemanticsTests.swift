import EventSQL
import EventTestSupport
import Testing

/// Goal: each question on which the peers differ has EventSQL's answer. The numbers are those of the table of semantics;
/// every test is a tiny store and a statement worked out by hand.
struct FunnelSemanticsTests {
    /// Users by step.
    private func users(_ script: String, _ funnel: String, column: String = "users") throws -> [String] {
        try ShopDatabase(script).rows("FUNNEL FROM events STEPS \(funnel)", column)
    }

    @Test("S1 the window's end is inside")
    func s01() throws {
        let script = "u1 a 0, u1 b 60, u2 a 0, u2 b 60.000001"
        #expect(try users(script, "'a', 'b' WITHIN 1 MINUTE") == ["2", "1"])
    }

    @Test("S2 the window runs from the attempt's first step; a gap between steps is an option")
    func s02() throws {
        #expect(try users("u1 a 0, u1 b 50, u1 c 70", "'a', 'b', 'c' WITHIN 60 SECONDS") == ["1", "1", "0"])
        #expect(
            try users(
                "u1 a 0, u1 b 10, u1 c 70, u2 a 0, u2 b 11",
                "'a', 'b' WITHIN 10 SECONDS OF PREVIOUS, 'c' WITHIN 60 SECONDS OF PREVIOUS WITHIN 1 HOUR")
                == ["2", "1", "1"])
    }

    @Test("S3 every row of step 1 opens an attempt, and the deepest counts")
    func s03() throws {
        let script = "u1 a 0, u1 a 100, u1 b 130"
        #expect(try users(script, "'a', 'b' WITHIN 60 SECONDS") == ["1", "1"])
        #expect(try users(script, "'a', 'b' WITHIN 60 SECONDS ENTRY FIRST") == ["1", "0"])
        #expect(
            try users("u1 a 0, u1 b 10, u1 a 1000, u1 b 1010, u1 c 1020", "'a', 'b', 'c' WITHIN 60 SECONDS")
                == ["1", "1", "1"])
    }

    @Test("S4 rows at one instant follow each other in any order, unless ties are strict; input order does not matter")
    func s04() throws {
        for script in ["u1 a 5, u1 b 5, u1 c 5", "u1 c 5, u1 b 5, u1 a 5"] {
            #expect(try users(script, "'a', 'b', 'c'") == ["1", "1", "1"])
            #expect(try users(script, "'a', 'b', 'c' TIES STRICT") == ["1", "0", "0"])
            let shop = try ShopDatabase()
            for event in ShopDatabase.events(script) { try shop.db.append([event]) }
            #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b', 'c'", "users") == ["1", "1", "1"])
        }
    }

    @Test("S5 one row serves one step")
    func s05() throws {
        #expect(try users("u1 a 0", "'a', 'a'") == ["1", "0"])
        #expect(try users("u1 a 0, u1 a 1", "'a', 'a'") == ["1", "1"])
        let shop = try ShopDatabase("u1 a 0")
        let level = "SELECT window_funnel(60@)(timestamp, event_name = 'a', event_name = 'a') FROM events"
        #expect(try shop.rows(level.replacing("@", with: "")) == ["2"])
        #expect(try shop.rows(level.replacing("@", with: ", 'strict_once'")) == ["1"])
    }

    @Test("S6 a row that matches several steps is given to the one that helps most")
    func s06() throws {
        #expect(try users("u1 a 0, u1 b 0", "x: 'a' OR 'b', y: 'a'") == ["1", "1"])
        #expect(try users("u1 a 0, u1 a 1, u1 a 2", "x: ANY EVENT, y: ANY EVENT, z: ANY EVENT") == ["1", "1", "1"])
    }

    @Test("S7 two rows of one event at one instant are two rows")
    func s07() throws { #expect(try users("u1 a 0, u1 a 0", "'a', 'a'") == ["1", "1"]) }

    @Test("S8 strictly increasing times lose no attempt; window_funnel loses the one ClickHouse loses")
    func s08() throws {
        let script = "u1 a 0, u1 a 5, u1 b 5"
        #expect(try users(script, "'a', 'b' TIES STRICT") == ["1", "1"])
        let call = "SELECT window_funnel(60, @)(timestamp, event_name = 'a', event_name = 'b') FROM events"
        let shop = try ShopDatabase(script)
        #expect(try shop.rows(call.replacing("@", with: "'strict_increase'")) == ["1"])
        #expect(try shop.rows(call.replacing("@", with: "'strict_increase', 'strict_once'")) == ["2"])
    }

    @Test("S9 STRICT asks for consecutive rows, or for consecutive rows among those of steps")
    func s09() throws {
        let stranger = "u1 a 0, u1 x 1, u1 b 2"
        #expect(try users(stranger, "'a', 'b' STRICT") == ["1", "0"])
        #expect(try users(stranger, "'a', 'b' STRICT AMONG STEPS") == ["1", "1"])
        #expect(try users("u1 a 0, u1 c 1, u1 b 2", "'a', 'b', 'c' STRICT AMONG STEPS") == ["1", "0", "0"])
        // A stranger at the instant of a step does no harm.
        #expect(try users("u1 a 0, u1 x 1, u1 b 1", "'a', 'b' STRICT") == ["1", "1"])
    }

    @Test("S10 a later row of step 1 opens another attempt, also in strict order")
    func s10() throws {
        for order in ["STRICT", "STRICT AMONG STEPS"] {
            #expect(try users("u1 a 0, u1 a 1, u1 b 2", "'a', 'b' \(order)") == ["1", "1"])
        }
    }

    @Test("S11 no FUNNEL refuses repeats; window_funnel does with strict_deduplication")
    func s11() throws {
        let script = "u1 a 0, u1 b 1, u1 b 2, u1 c 3"
        #expect(try users(script, "'a', 'b', 'c'") == ["1", "1", "1"])
        #expect(
            try ShopDatabase(script).rows(
                """
                SELECT window_funnel(60, 'strict_deduplication')(timestamp, event_name = 'a', event_name = 'b', event_name = 'c')
                FROM events
                """) == ["2"])
    }

    @Test("S12 ANY ORDER counts the most steps in one window, a row each")
    func s12() throws {
        #expect(try users("u1 c 0, u1 a 5, u1 b 10", "'a', 'b', 'c' WITHIN 10 SECONDS ANY ORDER") == ["1", "1", "1"])
        #expect(try users("u1 c 0, u1 a 5, u1 b 11", "'a', 'b', 'c' WITHIN 10 SECONDS ANY ORDER") == ["1", "1", "0"])
        #expect(try users("u1 a 0", "x: 'a', y: 'a' ANY ORDER") == ["1", "0"])
    }

    @Test("S13 optional steps are counted and never needed")
    func s13() throws {
        #expect(
            try users("u1 a 0, u1 c 5, u2 a 0, u2 b 1, u2 c 2", "'a', 'b' OPTIONAL, 'c'") == ["2", "1", "2"])
    }

    @Test("S14 an exclusion ends the attempt, which keeps its steps; dropping the user is an option")
    func s14() throws {
        #expect(try users("u1 a 0, u1 x 1, u1 b 2", "'a', 'b' EXCLUDE 'x'") == ["1", "0"])
        let again = "u1 a 0, u1 x 1, u1 a 2, u1 b 3"
        #expect(try users(again, "'a', 'b' EXCLUDE 'x'") == ["1", "1"])
        #expect(try users(again, "'a', 'b' EXCLUDE 'x' ON MATCH DROP") == ["0", "0"])
        // Behind the conversion, and behind the window, it means nothing.
        #expect(try users("u1 a 0, u1 b 1, u1 x 2", "'a', 'b' EXCLUDE 'x' ON MATCH DROP") == ["1", "1"])
        #expect(try users("u1 a 0, u1 x 90", "'a', 'b' WITHIN 60 SECONDS EXCLUDE 'x' ON MATCH DROP") == ["1", "0"])
    }

    @Test("S15 users are counted; totals count attempts one after the other")
    func s15() throws {
        let script = "u1 a 0, u1 b 1, u1 a 2, u1 b 3, u1 a 4"
        #expect(try users(script, "'a', 'b'") == ["1", "1"])
        #expect(try users(script, "'a', 'b' COUNT TOTALS", column: "attempts") == ["3", "2"])
    }

    @Test("S16 HOLD asks for the same value on every step")
    func s16() throws {
        let shop = try ShopDatabase(
            "u1 a 0 #x, u1 b 1 #y, u2 a 0 #x, u2 b 1 #y, u2 b 2 #x, u3 a 0, u3 b 1",
            ["x": ["item": "x"], "y": ["item": "y"]])
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b' HOLD properties.item", "users") == ["2", "1"])
    }

    @Test("S17 another key counts instead of the user; rows without it are left out, not lumped")
    func s17() throws {
        let shop = try ShopDatabase(
            "u1 a 0 #x, u2 b 1 #x, u3 a 2, u4 b 3, - a 4 #y", ["x": ["team": "x"], "y": ["team": "y"]])
        #expect(try shop.rows("FUNNEL FROM events BY properties.team STEPS 'a', 'b'", "keys") == ["2", "1"])
    }

    @Test("S18 sets without time are cohorts, not funnels")
    func s18() throws {
        let shop = try ShopDatabase("u1 b 0, u1 a 1, u2 a 0")
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b'", "users") == ["2", "0"])
        #expect(try shop.rows("CREATE COHORT both AS USERS WHERE DID 'a' AND DID 'b'") == ["both 1"])
    }

    @Test("S19 a breakdown takes the value of the entry row; first, last and a step's are options")
    func s19() throws {
        let shop = try ShopDatabase("u1 a 0 #de, u1 b 5 #fr", ["de": ["c": "DE"], "fr": ["c": "FR"]])
        for (attribution, value) in [
            ("", "DE"), ("ATTRIBUTE ENTRY", "DE"), ("ATTRIBUTE FIRST", "DE"), ("ATTRIBUTE LAST", "FR"),
            ("ATTRIBUTE STEP b", "FR"),
        ] {
            let rows = try shop.rows(
                "FUNNEL FROM events STEPS 'a', 'b' BREAKDOWN properties.c \(attribution)", "breakdown step users")
            #expect(rows == ["\(value) 1 1", "\(value) 2 1"], "\(attribution)")
        }
        #expect(
            try shop.rows(
                "FUNNEL FROM events STEPS 'a', 'b' BREAKDOWN properties.c ATTRIBUTE ALL", "breakdown step users"
            ).contains("DE 1 1"))
    }

    @Test("S20 times are of the deepest attempt, then the earliest completed, then the latest started")
    func s20() throws {
        let script = "u1 a 0, u1 a 10, u1 b 20, u1 a 30, u1 b 60"
        #expect(try users(script, "'a', 'b'", column: "median_seconds mean_seconds") == ["- -", "10 10"])
    }

    @Test("S21 a histogram has the cube root of its conversions as bins, or a given number")
    func s21() throws {
        let script = (1...8).map { "u\($0) a 0, u\($0) b \($0)" }.joined(separator: ", ")
        let automatic = try users(script, "'a', 'b' LIST HISTOGRAM", column: "bin users")
        #expect(automatic.count == 2)
        #expect(try users(script, "'a', 'b' LIST HISTOGRAM 7 BINS", column: "users").count == 7)
        #expect(automatic.compactMap { Int($0.split(separator: " ")[1]) }.reduce(0, +) == 8)
    }

    @Test("S22 a trend counts by the period of the entry row, and marks periods whose window is not over")
    func s22() throws {
        let rows = try users(
            "u1 a 0d, u1 b 0.2d, u1 a 1d, u2 a 1d, u2 b 2.5d", "'a', 'b' WITHIN 1 DAY EVERY DAY",
            column: "period step users complete")
        #expect(
            rows == [
                "2024-03-01 1 1 true", "2024-03-01 2 1 true", "2024-03-02 1 2 false", "2024-03-02 2 0 false",
            ])
    }

    @Test("S23 a rate of nobody is 0")
    func s23() throws {
        #expect(
            try users("u1 x 0", "'a', 'b'", column: "users step_rate total_rate") == ["0 0 0", "0 0 0"])
    }

    @Test("S24 FIRST TIME and FIRST EVER look at all history")
    func s24() throws {
        let script = "u1 a 0d, u1 a 5d, u1 b 6d"
        let late = "WITHIN 14 DAYS WHERE timestamp >= '2024-03-03'"
        #expect(try users(script, "'a', 'b' \(late)") == ["1", "1"])
        #expect(try users(script, "'a' FIRST TIME, 'b' \(late)") == ["0", "0"])
        let shop = try ShopDatabase(
            "u1 a 0 #one, u1 a 1 #two, u1 b 2", ["one": ["n": 1], "two": ["n": 2]])
        let step = "FUNNEL FROM events STEPS 'a' WHERE properties.n = 2"
        #expect(try shop.rows("\(step) FIRST TIME, 'b'", "users") == ["1", "1"])
        #expect(try shop.rows("\(step) FIRST EVER, 'b'", "users") == ["0", "0"])
    }

    @Test("S25 a day is 24 hours")
    func s25() throws {
        #expect(try users("u1 a 0, u1 b 86400, u2 a 0, u2 b 86401", "'a', 'b' WITHIN 1 DAY") == ["2", "1"])
    }

    @Test("S26 a missing property makes a comparison false; a NULL time leaves a row out")
    func s26() throws {
        let shop = try ShopDatabase("u1 a 0, u1 b 1, u2 a 0, u2 b 1 #n", ["n": ["n": 5, "at": 1]])
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b' WHERE properties.n > 1", "users") == ["2", "1"])
        #expect(
            try shop.rows("SELECT window_funnel(9)(properties.at, event_name = 'b' OR event_name = 'a') FROM events")
                == ["1"])
    }

    @Test("S27 the widest times and windows do not overflow")
    func s27() throws {
        let shop = try ShopDatabase([
            Event("a", user: "u1", at: EventTime(micros: Limits.timestampMicrosMin)),
            Event("b", user: "u1", at: EventTime(micros: Limits.timestampMicrosMax)),
        ])
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b' WITHIN 100 DAYS", "users") == ["1", "0"])
        #expect(try shop.rows("FUNNEL FROM events STEPS 'a', 'b' WITHIN 4000000 DAYS", "users") == ["1", "1"])
        #expect(
            try shop.rows(
                "SELECT window_funnel(9000000000000000000)(timestamp, event_name = 'a', event_name = 'b') FROM events")
                == ["2"])
    }
}
