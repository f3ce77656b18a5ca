import EventSQL
import EventTestSupport
import Testing

/// Goal: aggregates and picks over window frames see exactly the rows of the frame, whether frames only grow, move, are long or have
/// holes. Method: random rows, functions and frames; the frame of each row is found by looking at every other row.
struct WindowFrameTests {
    private struct Row {
        var id: Int
        var part: Int
        var key: Int?
        var whole: Int?
        var broken: Double?
        var text: String?
        /// Place in its partition, and the number of its run of equal keys.
        var place = 0
        var group = 0
    }

    /// An edge: nil is UNBOUNDED, else how far behind the row.
    private struct Frame {
        var unit: String
        var start: Int?
        var end: Int?
        var exclusion: String

        init(_ random: inout SeededRandom, reach: Int) {
            unit = ["ROWS", "RANGE", "GROUPS"].randomElement(using: &random)!
            let edges = [
                Int.random(in: -reach...reach, using: &random), Int.random(in: -reach...reach, using: &random), 0,
            ]
            let (a, b) = (edges.randomElement(using: &random)!, edges.randomElement(using: &random)!)
            start = Int.random(in: 0..<4, using: &random) == 0 ? nil : min(a, b)
            end = Int.random(in: 0..<6, using: &random) == 0 ? nil : max(a, b)
            exclusion = ["", "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"].randomElement(
                using: &random)!
        }

        var text: String {
            func edge(_ edge: Int?, _ unbounded: String) -> String {
                guard let edge else { return unbounded }
                return edge == 0 ? "CURRENT ROW" : edge < 0 ? "\(-edge) PRECEDING" : "\(edge) FOLLOWING"
            }
            return
                "\(unit) BETWEEN \(edge(start, "UNBOUNDED PRECEDING")) AND \(edge(end, "UNBOUNDED FOLLOWING"))\(exclusion)"
        }

        func holds(_ other: Row, of row: Row) -> Bool {
            if other.part != row.part { return false }
            let isPeer = unit == "ROWS" ? other.id == row.id : other.group == row.group
            switch exclusion {
            case " EXCLUDE CURRENT ROW" where other.id == row.id: return false
            case " EXCLUDE GROUP" where isPeer: return false
            case " EXCLUDE TIES" where isPeer && other.id != row.id: return false
            default: break
            }
            switch unit {
            case "ROWS":
                return (start.map { other.place >= row.place + $0 } ?? true)
                    && (end.map { other.place <= row.place + $0 } ?? true)
            case "GROUPS":
                return (start.map { other.group >= row.group + $0 } ?? true)
                    && (end.map { other.group <= row.group + $0 } ?? true)
            default:
                // NULL stands behind all keys, and nowhere near any.
                guard let key = row.key else { return start == nil || other.key == nil }
                guard let own = other.key else { return end == nil }
                return (start.map { own >= key + $0 } ?? true) && (end.map { own <= key + $0 } ?? true)
            }
        }
    }

    private static func rows(_ random: inout SeededRandom, count: Int) -> [Row] {
        let parts = [1, 1, 3, 40].randomElement(using: &random)!
        func some<T>(_ value: T, _ random: inout SeededRandom) -> T? {
            Int.random(in: 0..<7, using: &random) == 0 ? nil : value
        }
        let rows = (0..<count).map { id in
            let number = Int.random(in: -50...50, using: &random)
            return Row(
                id: id, part: Int.random(in: 0..<parts, using: &random),
                key: some(Int.random(in: 0..<(count / 3), using: &random), &random), whole: some(number, &random),
                broken: some(Double(number) / 4, &random), text: some("t\(number)", &random))
        }
        return rows
    }

    /// Numbers rows as ORDER BY does.
    private static func placed(_ rows: [Row], byIdToo: Bool) -> [Row] {
        var sorted = rows.sorted { a, b in
            (a.part, a.key ?? .max, a.id) < (b.part, b.key ?? .max, b.id)
        }
        for index in sorted.indices.dropFirst() where sorted[index].part == sorted[index - 1].part {
            let before = sorted[index - 1]
            sorted[index].place = before.place + 1
            sorted[index].group = before.group + (byIdToo || sorted[index].key != before.key ? 1 : 0)
        }
        return sorted
    }

    /// Sums in another order may differ in their last digits.
    private static func isSame(_ a: EventValue?, _ b: EventValue) -> Bool {
        guard case .double(let a)? = a, case .double(let b) = b else { return a == b }
        return abs(a - b) <= 1e-9 * max(1, abs(b))
    }

    /// What a function answers over the rows of a frame, in order.
    private static func answer(_ function: String, _ frame: [Row]) -> EventValue {
        let wholes = frame.compactMap(\.whole)
        let brokens = frame.compactMap(\.broken)
        func number(_ value: Int?) -> EventValue { value.map { .int(Int64($0)) } ?? .null }
        func double(_ value: Double?) -> EventValue { value.map { .double($0) } ?? .null }
        switch function {
        case "count(*)": return number(frame.count)
        case "count(whole)": return number(wholes.count)
        case "sum(whole)": return number(wholes.isEmpty ? nil : wholes.reduce(0, +))
        case "sum(whole) FILTER (WHERE id % 3 <> 0)":
            let kept = frame.filter { $0.id % 3 != 0 }.compactMap(\.whole)
            return number(kept.isEmpty ? nil : kept.reduce(0, +))
        case "min(whole)": return number(wholes.min())
        case "max(whole)": return number(wholes.max())
        case "bit_xor(whole)": return number(wholes.isEmpty ? nil : wholes.reduce(0, ^))
        case "count(DISTINCT whole)": return number(Set(wholes).count)
        case "sum(broken)": return double(brokens.isEmpty ? nil : brokens.reduce(0, +))
        case "avg(broken)": return double(brokens.isEmpty ? nil : brokens.reduce(0, +) / Double(brokens.count))
        case "min(broken)": return double(brokens.min())
        case "max(broken)": return double(brokens.max())
        case "var_pop(broken)":
            if brokens.isEmpty { return .null }
            let mean = brokens.reduce(0, +) / Double(brokens.count)
            return double(brokens.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(brokens.count))
        case "median(broken)":
            let sorted = brokens.sorted()
            if sorted.isEmpty { return .null }
            return double((sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2)
        case "bool_or(whole > 40)": return wholes.isEmpty ? .null : .bool(wholes.contains { $0 > 40 })
        case "max(text)": return frame.compactMap(\.text).max().map { .string($0) } ?? .null
        case "first_value(id)": return number(frame.first?.id)
        case "last_value(whole)": return number(frame.last?.whole)
        case "last_value(whole IGNORE NULLS)": return number(wholes.last)
        case "nth_value(id, 3)": return number(frame.count < 3 ? nil : frame[2].id)
        case "string_agg(text, ',')":
            let texts = frame.compactMap(\.text)
            return texts.isEmpty ? .null : .string(texts.joined(separator: ","))
        default: preconditionFailure("no such function: \(function)")
        }
    }

    private static let functions = [
        "count(*)", "count(whole)", "sum(whole)", "sum(whole) FILTER (WHERE id % 3 <> 0)", "min(whole)", "max(whole)",
        "bit_xor(whole)", "count(DISTINCT whole)", "sum(broken)", "avg(broken)", "min(broken)", "max(broken)",
        "var_pop(broken)",
        "median(broken)", "bool_or(whole > 40)", "max(text)", "first_value(id)", "last_value(whole)",
        "last_value(whole IGNORE NULLS)", "nth_value(id, 3)", "string_agg(text, ',')",
    ]

    @Test("every row's frame is what looking at all rows finds", arguments: UInt64(1)...24)
    func frames(seed: UInt64) throws {
        var random = SeededRandom(seed: seed &* 6_364_136_223)
        let count = [5, 60, 60, 400].randomElement(using: &random)!
        let rows = Self.rows(&random, count: count)
        let directory = try TemporaryDirectory()
        let database = try EventDatabase.open(at: directory.file("db"))
        defer { database.close() }
        func literal(_ value: Any?) -> String { value.map { $0 is String ? "'\($0)'" : "\($0)" } ?? "NULL" }
        let values = rows.map {
            "(\($0.id), \($0.part), \(literal($0.key)), \(literal($0.whole)), \(literal($0.broken)), \(literal($0.text)))"
        }
        let table = "(VALUES \(values.joined(separator: ", "))) t(id, part, key, whole, broken, text)"
        for _ in 0..<5 {
            let frame = Frame(&random, reach: [2, 20, 300].randomElement(using: &random)!)
            // Ties have no order of their own, so where order matters the id decides.
            let byIdToo = frame.unit == "ROWS"
            let placed = Self.placed(rows, byIdToo: byIdToo)
            let functions = Self.functions.filter { byIdToo || !($0.contains("_value") || $0.contains("string_agg")) }
            let window = "OVER (PARTITION BY part ORDER BY key\(byIdToo ? ", id" : "") \(frame.text))"
            let calls = functions.map { "\($0) \(window)" }
            let result = try database.query("SELECT id, \(calls.joined(separator: ", ")) FROM \(table) ORDER BY id")
            var found: [Int: [EventValue]] = [:]
            for row in result.rows {
                guard case .int(let id) = row[0] else { continue }
                found[Int(id)] = Array(row.dropFirst())
            }
            for row in placed {
                let inside = placed.filter { frame.holds($0, of: row) }
                for (place, function) in functions.enumerated() {
                    let (answer, expected) = (found[row.id]?[place], Self.answer(function, inside))
                    if !Self.isSame(answer, expected) {
                        Issue.record(
                            "seed \(seed), row \(row.id): \(function) \(window): \(answer ?? .null), expected \(expected)"
                        )
                        return
                    }
                }
            }
        }
    }
}
