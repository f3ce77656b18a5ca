import EventRender
import EventSQL
import EventTestSupport
import Testing

/// Goal: what people do over time is drawn to scale and loses no number.
struct ChartTests {
    private static let day: Int64 = 86_400_000_000

    /// Users a, b, c ... with events at days: `home` on the first, `list` an hour later for all but the last.
    private func text(_ sql: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        let start: Int64 = 1_709_251_200_000_000
        var events: [Event] = []
        for (index, user) in ["a", "b", "c", "d"].enumerated() {
            events.append(Event("home", user: user, at: EventTime(micros: start)))
            if index < 3 { events.append(Event("list", user: user, at: EventTime(micros: start + 60_000_000))) }
            if index < 1 { events.append(Event("home", user: user, at: EventTime(micros: start + 2 * Self.day))) }
        }
        try db.append(events)
        var output = ""
        TableRenderer(style: RenderStyle(width: 100)).print(try db.query(sql)) { output += $0 }
        return output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    @Test("a funnel broken down is a block of bars for each value")
    func funnelBlocks() throws {
        let lines = try text(
            "FUNNEL FROM events STEPS a: 'home', b: 'list' WITHIN 1 DAY BREAKDOWN user_id < 'c' TOP 5")
        #expect(lines[0] == "step name users of step of all interval median time p value")
        #expect(lines[1] == "breakdown false" && lines[4] == "breakdown true" && lines.count == 7)
        #expect(lines[3].hasPrefix("2 b ███████████████ 1 50.0 % 50.0 %") && lines[3].hasSuffix("1.0 min 0.496"))
        #expect(lines[6].hasPrefix("2 b ██████████████████████████████ 2 100.0 % 100.0 %"))
    }

    @Test("a funnel over time is a block for each period, and says which are not over")
    func funnelPeriods() throws {
        let lines = try text("FUNNEL FROM events STEPS a: 'home', b: 'list' WITHIN 1 HOUR ENTRY EVERY EVERY DAY")
        let blocks = lines.filter { $0.hasPrefix("period") }
        #expect(blocks == ["period 2024-03-01", "period 2024-03-03 *"])
        #expect(lines.last == "* windows of that period are not all over in the data")
        let counted = try text("FUNNEL FROM events BY lower(user_id) STEPS a: 'home', b: 'list' WITHIN 1 DAY, 2 DAYS")
        #expect(counted[0].hasPrefix("step name keys") && counted[1] == "window 1 DAY" && counted[4] == "window 2 DAYS")
    }

    @Test("a retention broken down is a triangle for each value")
    func retentionTriangles() throws {
        let lines = try text(
            "RETENTION FROM events START 'home' RETURN ANY EVENT EVERY DAY BREAKDOWN user_id < 'c'")
        #expect(
            lines == [
                "cohort size 0 1 2", "breakdown false", "2024-03-01 2 100% 0% 0*", "breakdown true",
                "2024-03-01 2 100% 0% 50*", "* the period is not over in the data",
            ])
        let keys = try text("RETENTION FROM events BY lower(user_id) START 'home' RETURN ANY EVENT EVERY DAY")
        #expect(keys[0] == "cohort size 0 1 2" && keys[1] == "2024-03-01 4 100% 0% 25*")
    }

    @Test("paths as an indented flow")
    func paths() throws {
        #expect(
            try text("PATHS FROM events") == [
                "step 1", "home", "└ list ███████████████ 75.0 % 3 users 1.0 min",
            ])
        #expect(try text("PATHS FROM events LIST PATHS").contains { $0.contains("home > list") })
    }

    @Test("a lifecycle as bars on both sides of an axis")
    func lifecycle() throws {
        let lines = try text("LIFECYCLE FROM events")
        #expect(lines[0] == "period ░ dormant | █ returning ▓ new ▒ resurrecting")
        #expect(lines[1].hasSuffix("▓ 4") && lines[1].hasPrefix("2024-03-01 │▓▓"))
        #expect(lines[2].hasPrefix("2024-03-02 -4 ░░") && lines[2].hasSuffix("░│ 0"))
        #expect(lines[3].hasSuffix("▒ 1 *") && lines[4].hasPrefix("* the period is not over"))
    }

    @Test("trends as a table with a sparkline for each series")
    func trends() throws {
        let lines = try text("TRENDS FROM events SERIES people: USERS OF ANY EVENT, n: COUNT OF 'list'")
        #expect(lines.contains("people █▁▂ 0 – 4") && lines.contains("n █▁▁ 0 – 3"))
        #expect(lines.contains { $0.contains("│ 2024-03-01 │") })
    }
}
