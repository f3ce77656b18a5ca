import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: gaps, anchors, sessions, keys, first-time steps and the ways of counting answer what trying everything answers.
struct FunnelOptionTests {
    /// One random statement and the same question put to the reference.
    private struct Setting {
        var text = ""
        var reference = ReferenceFunnel(steps: [], windowMicros: 0)
        var window: Int64 = 0
        var occurrences: [String] = []
        var names: [String] = []
        var sessions = false
        var byKey = false
        var counting = "users"
        /// TIES WITHIN, in seconds.
        var slot: Int64?
        /// ENTRY FIRST or LAST.
        var only = ""
    }

    @Test("random options give the reference's counts and mean times", arguments: 0..<4)
    func equalsReference(part: UInt64) throws {
        for seed in UInt64(1)...250 {
            var random = SeededRandom(seed: seed &* 104_729 &+ part)
            let stream = RandomEvents(seed: seed &* 5 &+ part)
            let setting = Self.randomSetting(&random)
            let result = try BehaviourRun(stream.snapshot).run(setting.text)
            let found = result.rows.map { "\(Self.integer($0[2])) \(Self.seconds($0[6]))" }
            let attempts = Self.persons(setting, stream).flatMap { Self.attempts(setting, $0) }
            let expected = setting.reference.steps.indices.map { step in
                let reached = attempts.filter { $0.count > step }
                let gaps = step == 0 ? [] : reached.map { $0[step] - $0[step - 1] }
                let mean: Value = gaps.isEmpty ? .null : .double(Double(gaps.reduce(0, +)) / Double(gaps.count) / 1e6)
                return "\(reached.count) \(Self.seconds(mean))"
            }
            #expect(found == expected, "part \(part) seed \(seed): \(setting.text)")
            if found != expected { return }
            try Self.checkTimes(setting, stream, attempts)
        }
    }

    /// LIST TIMES lists the same conversions.
    private static func checkTimes(_ setting: Setting, _ stream: RandomEvents, _ attempts: [[Int64]]) throws {
        let result = try BehaviourRun(stream.snapshot).run(setting.text + " LIST TIMES")
        let found = result.rows.map { row in row.dropFirst().map { "\($0)" }.joined(separator: " ") }.sorted()
        let full = attempts.filter { $0.count == setting.reference.steps.count }
        let expected = full.map { times in times.map { "\(Value.timestamp($0))" }.joined(separator: " ") }.sorted()
        #expect(found == expected, "\(setting.text) LIST TIMES")
    }

    private static func randomSetting(_ random: inout SeededRandom) -> Setting {
        var setting = Setting()
        setting.names = Array(
            ["a", "b", "c", "d"].shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)))
        if setting.names.count > 2, Bool.random(using: &random) { setting.names[2] = setting.names[0] }
        setting.window = Int64.random(in: 1...9, using: &random) * 10 * RandomEvents.second
        setting.reference = ReferenceFunnel(
            steps: setting.names.map { name in { $0.name == name } }, windowMicros: setting.window)
        setting.reference.tiesAreStrict = Bool.random(using: &random)
        let kind = Int.random(in: 0..<3, using: &random)
        setting.reference.order = kind == 2 ? .any : .ordered
        setting.occurrences = setting.names.map { _ in "" }
        var steps: [String] = []
        for (index, name) in setting.names.enumerated() {
            var step = "s\(index): '\(name)'"
            setting.reference.gaps.append(nil)
            if kind == 0, index > 0, Bool.random(using: &random) {
                let gap = Int64.random(in: 0...3, using: &random) * 10
                step += " WITHIN \(gap) SECONDS OF PREVIOUS"
                setting.reference.gaps[index] = gap * RandomEvents.second
            }
            if kind == 2, Bool.random(using: &random) {
                step += " ANCHORED"
                setting.reference.anchored.insert(index)
            }
            if kind == 1, Bool.random(using: &random) {
                setting.occurrences[index] = Bool.random(using: &random) ? "FIRST TIME" : "FIRST EVER"
                step = "s\(index): '\(name)' WHERE n <> 2 \(setting.occurrences[index])"
            }
            steps.append(step)
        }
        addCounting(&setting, &random)
        if !setting.reference.tiesAreStrict, Bool.random(using: &random) {
            setting.slot = [7, 25, 30].randomElement(using: &random)
        }
        if setting.counting == "users", !setting.sessions, setting.reference.order == .ordered {
            setting.only = ["", "FIRST", "LAST"].randomElement(using: &random)!
        }
        let ties = setting.slot.map { "WITHIN \($0) SECONDS" } ?? (setting.reference.tiesAreStrict ? "STRICT" : "ANY")
        setting.text =
            "FUNNEL FROM events \(setting.byKey ? "BY n " : "")STEPS \(steps.joined(separator: ", ")) "
            + "WITHIN \(setting.window / RandomEvents.second) SECONDS TIES \(ties)"
            + (setting.only.isEmpty ? "" : " ENTRY \(setting.only)")
            + (setting.reference.order == .any ? " ANY ORDER" : "")
            + (setting.counting == "entries" ? " ENTRY EVERY" : "")
            + (setting.counting == "totals" ? " COUNT TOTALS" : "")
            + (setting.sessions ? " COUNT SESSIONS" : "")
        return setting
    }

    private static func addCounting(_ setting: inout Setting, _ random: inout SeededRandom) {
        setting.byKey = Int.random(in: 0..<4, using: &random) == 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: setting.counting = "entries"
        case 1: setting.counting = "totals"
        case 2: setting.sessions = true
        default: break
        }
    }

    /// The rows of each person or key, by time.
    private static func persons(_ setting: Setting, _ stream: RandomEvents) -> [[TestEvent]] {
        let groups =
            setting.byKey
            ? Dictionary(grouping: stream.groups.joined()) { "\($0.properties["n"] ?? .null)" } : stream.persons
        return groups.values.map { rows in
            let slot = (setting.slot ?? 0) * RandomEvents.second
            let slotted = rows.map { row in
                var row = row
                if slot > 0 { row.time = row.time / slot * slot }
                return row
            }
            return slotted.sorted { $0.time < $1.time }
        }
    }

    /// The attempts of one person that are counted.
    private static func attempts(_ setting: Setting, _ rows: [TestEvent]) -> [[Int64]] {
        var reference = setting.reference
        for (index, occurrence) in setting.occurrences.enumerated() where !occurrence.isEmpty {
            let name = setting.names[index]
            let among = rows.filter {
                $0.name == name && (occurrence == "FIRST EVER" || $0.properties["n"] != .int64(2))
            }
            let first = among.map(\.time).min()
            reference.steps[index] = { $0.name == name && $0.properties["n"] != .int64(2) && $0.time == first }
        }
        // Streams have no session column, and span less than the gap: a person's rows are one session.
        switch setting.counting {
        case "entries":
            return entries(reference, rows).map { reference.attempt(of: rows, startingAt: $0) }.filter { !$0.isEmpty }
        case "totals":
            var found: [[Int64]] = []
            var free = Int64.min
            for start in entries(reference, rows) where start >= free {
                let attempt = reference.attempt(of: rows, startingAt: start)
                if attempt.isEmpty { continue }
                found.append(attempt)
                let isFull = attempt.count == reference.steps.count
                free = (isFull ? attempt.last ?? start : start + setting.window) + 1
            }
            return found
        default:
            let opening = rows.filter(reference.steps[0]).map(\.time)
            if let start = setting.only == "LAST" ? opening.max() : opening.min(), !setting.only.isEmpty {
                return [reference.attempt(of: rows, startingAt: start)]
            }
            let attempt = reference.attempt(of: rows)
            return attempt.isEmpty ? [] : [attempt]
        }
    }

    /// Instants of the rows that may open an attempt, one for each row.
    private static func entries(_ reference: ReferenceFunnel, _ rows: [TestEvent]) -> [Int64] {
        rows.filter { row in
            reference.order == .any ? reference.steps.contains { $0(row) } : reference.steps[0](row)
        }.map(\.time).sorted()
    }

    private static func integer(_ value: Value) -> Int64 { if case .int64(let number) = value { number } else { -1 } }

    private static func seconds(_ value: Value) -> String {
        if case .double(let seconds) = value { "\((seconds * 1e6).rounded() / 1e6)" } else { "-" }
    }
}
