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
