import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: every option of RETENTION gives what following each person by hand gives, cell by cell.
struct RetentionOptionTests {
    private struct Setting {
        var text = ""
        var occurrence = "FIRST TIME"
        var criterion = "ON"
        var isRolling = false
        var minimum = 1
        var byKey = false
        var value: String?
        var spans: [ClosedRange<Int>] = []
    }

    /// What one cell holds: people, and the values of their returns.
    private struct Cell: Equatable {
        var users = 0
        var values: [Int64] = []
    }

    @Test("random options give the reference's cells", arguments: 0..<3)
    func equalsReference(part: UInt64) throws {
        var cellCount = 0
        for seed in UInt64(1)...250 {
            var random = SeededRandom(seed: seed &* 15_485_863 &+ part)
            let stream = RandomEvents(seed: seed &* 7 &+ part, instants: 14, stepSeconds: 30_000)
            let setting = Self.randomSetting(&random)
            let result = try BehaviourRun(stream.snapshot).run(setting.text)
            var found: [String: Cell] = [:]
            for row in result.rows {
                guard case .int64(let period) = row[2], case .int64(let users) = row[3],
                    case .int64(let returned) = row[5]
                else { continue }
                let cell = "\(row[0]) \(period)"
                let count = period == 0 ? returned : users
                if count > 0 { found[cell] = Cell(users: Int(count)) }
                guard let kind = setting.value, case .double(let value) = row[13] else { continue }
                found["\(cell) \(kind)", default: Cell()].values = [Int64((value * 1e6).rounded())]
            }
            let expected = Self.expected(setting, stream, shown: Set(result.rows.map { "\($0[0]) \($0[2])" }))
            #expect(found == expected, "part \(part) seed \(seed): \(setting.text)")
            if found != expected { return }
            cellCount += expected.count
        }
        #expect(cellCount > 1000)
    }

    private static func randomSetting(_ random: inout SeededRandom) -> Setting {
        var setting = Setting()
        setting.occurrence = ["FIRST TIME", "FIRST EVER", "RECURRING"].randomElement(using: &random) ?? ""
        setting.criterion = ["ON", "ON OR AFTER", "ON OR BEFORE", "STREAK"].randomElement(using: &random) ?? ""
        setting.isRolling = Bool.random(using: &random)
        setting.minimum = Int.random(in: 1...2, using: &random)
        setting.byKey = Int.random(in: 0..<3, using: &random) == 0
        if setting.criterion == "ON" { setting.value = [nil, "SUM", "AVG"].randomElement(using: &random) ?? nil }
        setting.spans = (0...4).map { $0...$0 }
        var brackets = ""
        if Bool.random(using: &random) {
            setting.spans = [0...0, 1...1, 2...3, 4...4]
            brackets = " BRACKETS (1, 3, 4)"
        }
        setting.text =
            "RETENTION FROM events \(setting.byKey ? "BY n " : "")START 'a' WHERE n <> 2 RETURN 'b' OR 'c' EVERY DAY PERIODS 4 "
            + "\(setting.occurrence) \(setting.criterion) MINIMUM \(setting.minimum)\(brackets)"
            + (setting.isRolling ? " CLOCK ROLLING" : "") + (setting.value.map { " VALUE \($0)(n)" } ?? "")
        return setting
    }

    private static func expected(_ setting: Setting, _ stream: RandomEvents, shown: Set<String>) -> [String: Cell] {
        var cells: [String: Cell] = [:]
        let persons =
            setting.byKey
            ? Dictionary(grouping: stream.groups.joined()) { "\($0.properties["n"] ?? .null)" }
                .mapValues { $0.sorted { $0.time < $1.time } } : stream.persons
        for rows in persons.values {
            for start in entries(setting, rows) {
                let day = start / CalendarMath.microsPerDay
                let label = "\(Value.date(day))"
                let returns = rows.filter { $0.name == "b" || $0.name == "c" }
                var periods: [Int: [Int64]] = [:]
                for row in returns {
                    let number =
                        setting.isRolling
                        ? (row.time < start ? -1 : Int((row.time - start) / CalendarMath.microsPerDay))
                        : Int(row.time / CalendarMath.microsPerDay - day)
                    if number < 0 { continue }
                    if case .int64(let value) = row.properties["n"] { periods[number, default: []].append(value) }
                }
                let hits = Set(periods.filter { $0.value.count >= setting.minimum }.keys)
                for (column, span) in setting.spans.enumerated() {
                    let cell = "\(label) \(Value.int64(Int64(span.lowerBound)))"
                    if isHit(setting, column, hits) { cells["\(label) \(span.lowerBound)", default: Cell()].users += 1 }
                    guard let kind = setting.value, shown.contains(cell) else { continue }
                    cells["\(label) \(span.lowerBound) \(kind)", default: Cell()].values += span.flatMap {
                        periods[$0] ?? []
                    }
                }
            }
        }
        for (key, cell) in cells where key.hasSuffix("SUM") || key.hasSuffix("AVG") {
            let sum = Double(cell.values.reduce(0, +))
            if key.hasSuffix("SUM") { cells[key]?.values = [Int64(sum * 1e6)] }
            if key.hasSuffix("AVG") {
                cells[key] =
                    cell.values.isEmpty ? nil : Cell(values: [Int64((sum / Double(cell.values.count) * 1e6).rounded())])
            }
        }
        // A cell whose period begins behind the data is not shown.
        return cells.filter { key, _ in
            let words = key.split(separator: " ")
            return shown.contains { $0.hasPrefix(words[0]) && $0.hasSuffix("int64(\(words[1]))") }
        }
    }

    /// Instants at which the person enters a cohort.
    private static func entries(_ setting: Setting, _ rows: [TestEvent]) -> [Int64] {
        let starts = rows.filter { $0.name == "a" && $0.properties["n"] != .int64(2) }.map(\.time)
        switch setting.occurrence {
        case "RECURRING":
            let days = Dictionary(grouping: starts) { $0 / CalendarMath.microsPerDay }
            return days.values.compactMap { $0.min() }
        case "FIRST EVER":
            guard let first = rows.filter({ $0.name == "a" }).map(\.time).min() else { return [] }
            return starts.contains(first) ? [first] : []
        default: return starts.min().map { [$0] } ?? []
        }
    }

    private static func isHit(_ setting: Setting, _ column: Int, _ hits: Set<Int>) -> Bool {
        let span = setting.spans[column]
        switch setting.criterion {
        case "ON OR AFTER": return hits.contains { $0 >= span.lowerBound }
        case "ON OR BEFORE" where column > 0: return hits.contains { $0 >= 1 && $0 <= span.upperBound }
        case "STREAK" where column > 0:
            return (1...column).allSatisfy { index in hits.contains { setting.spans[index].contains($0) } }
        default: return hits.contains { span.contains($0) }
        }
    }

    @Test(
        "each value's table is that of its people alone, or with ALL of its rows alone",
        arguments: ["FIRST", "LAST", "ALL"])
    func attribution(_ attribution: String) throws {
        var rowCount = 0
        for seed in UInt64(1)...120 {
            var random = SeededRandom(seed: seed &* 7919)
            let stream = RandomEvents(seed: seed &* 3, instants: 14, stepSeconds: 30_000, withMerges: seed % 2 == 0)
            let clauses =
                "START 'a' RETURN 'b' OR 'c' EVERY DAY PERIODS 4 "
                + (["FIRST TIME", "RECURRING", "CLOCK ROLLING"].randomElement(using: &random) ?? "")
            // Without it, what is left of the stream might end before the stream does.
            let last = TestEvent(nil, (stream.groups.joined().map(\.time).max() ?? 0) + 1, "z", ["n": .int64(0)])
            var labels: [String: Set<String>] = [:]
            for (person, rows) in stream.persons {
                let known = rows.filter { ["a", "b", "c"].contains($0.name) && $0.properties["n"] != .int64(0) }
                let time = attribution == "FIRST" ? known.first?.time : known.last?.time
                let same = known.filter { $0.time == time }.map { BehaviourRun.text($0.properties["n"] ?? .null) }
                labels[(attribution == "FIRST" ? same.min() : same.max()) ?? "-", default: []].insert(person)
            }
            var expected: [String] = []
            for label in ["-", "1", "2", "3"] {
                let groups = stream.groups.map { rows in
                    rows.filter { row in
                        guard attribution == "ALL" else {
                            let person = row.user.map { stream.merges[$0] ?? $0 } ?? ""
                            return labels[label, default: []].contains(person)
                        }
                        return
                            (row.properties["n"] == .int64(0) ? "-" : BehaviourRun.text(row.properties["n"] ?? .null))
                            == label
                    }
                }
                let kept = Set(groups.joined().compactMap(\.user))
                let merges = stream.merges.filter { kept.contains($0.key) && kept.contains($0.value) }
                if attribution == "ALL", merges.count < stream.merges.count { continue }
                let run = BehaviourRun(MemorySnapshot(groups: groups + [[last]], merges: merges))
                let columns = ["cohort", "size", "period", "users", "returned", "complete"]
                expected += try run.text("RETENTION FROM events " + clauses, columns: columns).map { "\(label) \($0)" }
            }
            let shown = Set(expected.map { $0.split(separator: " ")[0] })
            let found = try BehaviourRun(MemorySnapshot(groups: stream.groups + [[last]], merges: stream.merges)).text(
                "RETENTION FROM events \(clauses) BREAKDOWN nullif(n, 0) ATTRIBUTE \(attribution)",
                columns: ["breakdown", "cohort", "size", "period", "users", "returned", "complete"])
            let compared = attribution == "ALL" ? found.filter { shown.contains($0.split(separator: " ")[0]) } : found
            #expect(compared.sorted() == expected.sorted(), "seed \(seed): \(clauses)")
            if compared.sorted() != expected.sorted() { return }
            rowCount += expected.count
        }
        #expect(rowCount > 1000)
    }

    @Test("breakdowns, means, lists and comparisons on a stream counted by hand")
    func small() throws {
        func row(_ user: String, _ day: Int64, _ name: String, _ plan: String = "free") -> TestEvent {
            TestEvent(user, BehaviourRun.day(day), name, ["plan": .string(plan), "amount": .double(Double(day) / 2)])
        }
        let run = BehaviourRun([
            row("u1", 0, "a", "pro"), row("u1", 1, "b", "pro"), row("u2", 0, "a"), row("u3", 0, "a"), row("u3", 2, "b"),
            row("u4", 1, "a"), row("u4", 2, "b"), row("u5", 4, "other"),
        ])
        let text = "RETENTION FROM events START 'a' RETURN 'b' EVERY DAY PERIODS 2 "
        let means = try run.text(
            text, columns: ["cohort", "period", "users", "weighted_rate", "mean_rate", "mean_size"])
        // Day 1 of 3 people of the 1st: one; of 1 of the 2nd: one. Together 2 of 4, on average (1/3 + 1) / 2.
        #expect(means[1].hasPrefix("2024-03-01 1 1 0.5 0.666") && means[1].hasSuffix(" 4"))
        let byPlan = try run.text(text + "BREAKDOWN plan", columns: ["breakdown", "cohort", "size", "period", "users"])
        #expect(byPlan.contains("pro 2024-03-01 1 1 1") && byPlan.contains("free 2024-03-01 2 2 1"))
        let list = try run.text(text + "LIST USERS", columns: ["user_id", "cohort", "period", "returns"])
        #expect(
            list == [
                "u1 2024-03-01 0 0", "u1 2024-03-01 1 1", "u2 2024-03-01 0 0", "u3 2024-03-01 0 0", "u3 2024-03-01 2 1",
                "u4 2024-03-02 0 0", "u4 2024-03-02 1 1",
            ])
        let sums = try run.text(text + "VALUE SUM(amount)", columns: ["cohort", "period", "value"])
        #expect(sums.contains("2024-03-01 1 0.5") && sums.contains("2024-03-01 2 1") && sums.contains("2024-03-02 1 1"))
        let wide = try run.text(text + "WITH CONFIDENCE 0.99", columns: ["low", "high"])
        #expect(try wide != run.text(text, columns: ["low", "high"]))
    }

    @Test(
        "options that do not go together are refused with a place",
        arguments: [
            "ON OR AFTER VALUE SUM(amount)", "LIST USERS VALUE SUM(amount)", "BREAKDOWN plan ATTRIBUTE STEP 2",
            "VALUE SUM(plan)", "WITH CONFIDENCE 1", "ZONE 'Mars/Olympus'",
        ])
    func refused(clauses: String) throws {
        let run = BehaviourRun([TestEvent("u", 0, "a", ["amount": .double(1), "plan": .string("x")])])
        let error = #expect(throws: EventSQLError.self) {
            try run.run("RETENTION FROM events START 'a' RETURN 'b' EVERY DAY \(clauses)")
        }
        #expect(error?.position != nil, "\(clauses)")
    }
}
