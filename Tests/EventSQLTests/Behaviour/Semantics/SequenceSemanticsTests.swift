import EventSQL
import EventTestSupport
import Testing

/// Goal: sequence functions answer the questions S28 to S35 as the table of semantics says.
struct SequenceSemanticsTests {
    private static let conditions = "event_name = 'a', event_name = 'b'"

    /// `function(pattern)(time, a, b)` over the events of one script.
    private func answer(
        _ script: String, _ pattern: String, _ function: String = "sequence_match", _ conditions: String = conditions
    ) throws -> String {
        try ShopDatabase(script).rows("SELECT \(function)('\(pattern)')(timestamp, \(conditions)) FROM events")[0]
    }

    @Test("S28 rows that meet no condition are invisible; naming them breaks adjacency")
    func s28() throws {
        #expect(try answer("u a 0, u x 1, u b 2", "(?1)(?2)") == "1")
        #expect(
            try answer("u a 0, u x 1, u b 2", "(?1)(?2)", "sequence_match", Self.conditions + ", event_name = 'x'")
                == "0")
    }

    @Test("S29 (?1)(?2) is adjacent, .* is any gap, a time lifts adjacency")
    func s29() throws {
        let conditions = Self.conditions + ", event_name = 'c'"
        for (pattern, expected) in [
            ("(?1)(?2)", "0"), ("(?1).*(?2)", "1"), ("(?1)(?t<=10)(?2)", "1"), ("(?1)(?t<2)(?2)", "0"),
        ] {
            #expect(try answer("u a 0, u c 1, u b 2", pattern, "sequence_match", conditions) == expected, "\(pattern)")
        }
    }

    @Test("S30 matches are counted from left to right and do not overlap")
    func s30() throws {
        #expect(try answer("u a 0, u b 1, u a 2, u b 3", "(?1)(?2)", "sequence_count") == "2")
        #expect(try answer("u a 0, u a 1, u a 2", "(?1)(?1)", "sequence_count") == "1")
    }

    @Test("S31 an empty pattern is an error, a dot is any visible row")
    func s31() throws {
        let shop = try ShopDatabase("u a 0, u b 1, u x 2")
        #expect(
            shop.error("SELECT sequence_match('')(timestamp, \(Self.conditions)) FROM events").contains("takes no row"))
        #expect(try answer("u a 0, u b 1, u x 2", ".", "sequence_count") == "2")
    }

    @Test("S32 long inputs are matched, or refused, never wrongly denied")
    func s32() throws {
        let base = (0..<20_000).map { Event("a", user: "u", at: EventTime(micros: ShopDatabase.start + Int64($0))) }
        let last = Event("b", user: "u", at: EventTime(micros: ShopDatabase.start + 30_000))
        let shop = try ShopDatabase(base + [last])
        for pattern in ["(?1).*(?2)", "(?1).*(?1).*(?1).*(?2)", "(?1)(?t<=9).*(?2)"] {
            let rows = try shop.rows("SELECT sequence_match('\(pattern)')(timestamp, \(Self.conditions)) FROM events")
            #expect(rows == ["1"], "\(pattern)")
        }
        let hopeless = "SELECT sequence_match('(?1).*(?t<0).*(?2)(?2)')(timestamp, \(Self.conditions)) FROM events"
        let answer = (try? shop.rows(hopeless)) ?? [shop.error(hopeless)]
        #expect(answer == ["0"] || answer[0].contains("limit"))
    }

    @Test("S33 a failed match has no events")
    func s33() throws {
        #expect(try answer("u a 0, u b 9", "(?1)(?t<=3)(?2)", "sequence_match_events") == "[]")
        #expect(
            try answer("u a 0, u b 9", "(?1)(?2)", "sequence_match_events")
                == "[\"2024-03-01 00:00:00\",\"2024-03-01 00:00:09\"]")
    }

    @Test("S34 a time behind .* counts from the row that .* stopped at, as in ClickHouse")
    func s34() throws {
        #expect(
            try answer("u a 1, u b 2, u a 5, u b 7", "(?1).*(?t>3)(?2)", "sequence_match_events")
                == "[\"2024-03-01 00:00:01\",\"2024-03-01 00:00:07\"]")
    }

    @Test("S35 the next node is that of the first row where the whole chain fits")
    func s35() throws {
        let call =
            "SELECT sequence_next_node('forward', 'first_match')(timestamp, event_name, true, event_name = 'a', event_name = 'b') FROM events"
        #expect(try ShopDatabase("u a 0, u c 1, u a 2, u b 3, u d 4").rows(call) == ["d"])
        #expect(try ShopDatabase("u a 0, u b 3").rows(call) == ["-"])
    }
}
