import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: sessions, keys, confidence and comparisons on streams small enough to count by hand.
struct FunnelCountingTests {
    private static func event(_ user: String?, _ minute: Int64, _ name: String, _ properties: [String: Value] = [:])
        -> TestEvent
    {
        TestEvent(user, BehaviourRun.minute(minute), name, properties)
    }

    @Test("without a session column a gap above 30 minutes ends a session; events of no step bridge it")
    func gapSessions() throws {
        let run = BehaviourRun([
            Self.event("u1", 0, "a"), Self.event("u1", 31, "b"),
            Self.event("u2", 0, "a"), Self.event("u2", 30, "b"),
            Self.event("u3", 0, "a"), Self.event("u3", 20, "other"), Self.event("u3", 45, "b"),
            Self.event("u4", 0, "a"), Self.event("u4", 100, "a"), Self.event("u4", 101, "b"),
        ])
        let funnel = "FUNNEL FROM events STEPS 'a', 'b' "
        #expect(try run.text(funnel + "WITHIN 1 DAY", columns: ["users"]) == ["4", "4"])
        #expect(try run.text(funnel + "WITHIN SESSION", columns: ["users"]) == ["4", "3"])
        #expect(try run.text(funnel + "COUNT SESSIONS", columns: ["sessions"]) == ["5", "3"])
        #expect(try run.text(funnel + "WITHIN 29 MINUTES COUNT SESSIONS", columns: ["sessions"]) == ["5", "1"])
    }

    @Test("with a session column a session is one value; BY counts values across people")
    func sessionColumn() throws {
        func row(_ user: String?, _ minute: Int64, _ name: String, _ session: String?) -> TestEvent {
            Self.event(user, minute, name, session.map { ["session_id": .string($0)] } ?? [:])
        }
        let run = BehaviourRun([
            row("u1", 0, "a", "s1"), row("u1", 1, "b", "s2"), row("u1", 2, "a", "s2"), row("u1", 3, "b", "s2"),
            row("u2", 0, "a", "s3"), row(nil, 5, "b", "s3"), row("u3", 0, "a", nil), row("u3", 1, "b", nil),
        ])
        let funnel = "STEPS 'a', 'b' WITHIN 1 DAY"
        #expect(try run.text("FUNNEL FROM events \(funnel)", columns: ["users"]) == ["3", "2"])
        #expect(try run.text("FUNNEL FROM events BY session_id \(funnel)", columns: ["keys"]) == ["3", "2"])
        let list = try run.text("FUNNEL FROM events BY session_id \(funnel) LIST USERS AT b", columns: ["key", "step"])
        #expect(list.sorted() == ["s2 2", "s3 2"])
    }

    @Test("confidence widens the interval; a breakdown's p-values compare each value with the rest, corrected by Holm")
    func confidence() throws {
        var events: [TestEvent] = []
        for index in 0..<200 {
            let plan = index % 2 == 0 ? "pro" : "free"
            events.append(Self.event("u\(index)", 0, "a", ["plan": .string(plan)]))
            if index % 2 == 0 ? index < 120 : index < 40 { events.append(Self.event("u\(index)", 1, "b")) }
        }
        let run = BehaviourRun(events)
        let funnel = "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY "
        func width(_ clause: String) throws -> Double {
            let cells = try run.text(funnel + clause, columns: ["total_low", "total_high"])[1].split(separator: " ")
            return (Double(cells[1]) ?? 0) - (Double(cells[0]) ?? 0)
        }
        #expect(try width("WITH CONFIDENCE 0.99") > width("") && width("") > width("WITH CONFIDENCE 0.9"))
        // 60 of 100 against 20 of 100: z = 0.4 / sqrt(0.4 * 0.6 * 0.02) = 5.7735, p = 7.7e-9; twice that for two values.
        let p = try run.text(funnel + "BREAKDOWN plan", columns: ["breakdown", "step", "p_value"])
        for row in p where row.contains(" 2 ") {
            let value = Double(row.split(separator: " ")[2]) ?? 0
            #expect(abs(value - 1.55e-8) < 0.03e-8, "\(row)")
        }
        #expect(p.filter { $0.hasSuffix("1 -") }.count == 2)
    }

    @Test(
        "lists with a breakdown hold whom its counts hold, whatever value they are under",
        arguments: ["ENTRY", "FIRST", "LAST", "ALL", "STEP 2"])
    func listsByValue(attribution: String) throws {
        for seed in UInt64(1)...60 {
            let options = [
                "", " HOLD n % 2", " ENTRY LAST", " TIES STRICT", " ANY ORDER", " COUNT SESSIONS",
            ]
            let option = options[Int(seed) % options.count]
            let run = BehaviourRun(RandomEvents(seed: seed).snapshot)
            let text =
                "FUNNEL FROM events STEPS 'a', 'b' OR 'c' WITHIN 40 SECONDS\(option)"
                + " BREAKDOWN nullif(n, 0) ATTRIBUTE \(attribution)"
            let count = option == " COUNT SESSIONS" ? "sessions" : "users"
            let counts = try run.text(text, columns: ["breakdown", "step", count]).filter { !$0.hasSuffix(" 0") }
            func counted(_ rows: [String], step: Int) -> Set<String> {
                Set(Dictionary(grouping: rows) { $0 }.map { "\($0.key) \(step) \($0.value.count)" })
            }
            let times = try run.text(text + " LIST TIMES", columns: ["breakdown"])
            #expect(counted(times, step: 2) == Set(counts.filter { $0.contains(" 2 ") }), "seed \(seed): \(text)")
            if count != "users" { continue }
            let users = try run.text(text + " LIST USERS", columns: ["breakdown"])
            #expect(counted(users, step: 1) == Set(counts.filter { $0.contains(" 1 ") }), "seed \(seed): \(text)")
            let listed = try run.text(text + " LIST USERS", columns: ["user_id", "breakdown"])
            #expect(Set(listed).count == listed.count, "seed \(seed): \(text)")
        }
    }

    @Test(
        "options that do not go together are refused with a place",
        arguments: [
            "STEPS 'a', 'b' ANCHORED", "STEPS 'a' WITHIN 1 DAY OF PREVIOUS, 'b'",
            "STEPS 'a', 'b' ENTRY EVERY COUNT TOTALS",
            "STEPS 'a', 'b' COUNT TOTALS LIST USERS", "STEPS 'a', 'b' ENTRY FIRST COUNT TOTALS",
            "STEPS 'a', 'b' WITH CONFIDENCE 2", "STEPS 'a', 'b' WITHIN 1 DAY OF PREVIOUS STRICT",
            "STEPS 'a', 'b' OPTIONAL, 'c' LIST USERS AT b", "STEPS 'a', 'b' EVERY DAY LIST USERS",
            "STEPS 'a', 'b' BREAKDOWN n TOP 2 LIST USERS", "STEPS 'a', 'b' BREAKDOWN n LIST HISTOGRAM",
        ])
    func refused(clauses: String) throws {
        let run = BehaviourRun([Self.event("u", 0, "a")])
        let error = #expect(throws: EventSQLError.self) { try run.run("FUNNEL FROM events \(clauses)") }
        #expect(error?.position != nil, "\(clauses)")
    }

    @Test("weeks may start on Sunday")
    func sundays() throws {
        // 2024-03-01 is a Friday; the 3rd a Sunday.
        let run = BehaviourRun((0..<4).map { Self.event("u\($0)", Int64($0) * 1440, "a") })
        let funnel = "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 HOUR EVERY WEEK "
        #expect(
            try run.text(funnel, columns: ["period", "users"]).filter { !$0.hasSuffix(" 0") } == [
                "2024-02-26 3", "2024-03-04 1",
            ])
        let sunday = try run.text(funnel + "WEEK STARTS SUNDAY", columns: ["period", "users"])
        #expect(sunday.filter { !$0.hasSuffix(" 0") } == ["2024-02-25 2", "2024-03-03 2"])
    }
}
