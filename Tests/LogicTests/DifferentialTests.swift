import EventBase
import EventColumns
import EventTestSupport
import Foundation
import Testing

/// Goal: queries that EventSQL and SQLite both understand get one answer. Method: random small tables with NULLs and ties,
/// random queries from a grammar that means the same in both; rows are compared sorted. `SLT_SEED` repeats a run.
struct DifferentialTests {
    @Test("random queries agree with SQLite")
    func agree() throws {
        let seed =
            ProcessInfo.processInfo.environment["SLT_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        print("differential seed \(seed)")
        var random = SeededRandom(seed: seed)
        let deadline = ContinuousClock.now + .seconds(8)
        var count = 0
        while ContinuousClock.now < deadline, count < 2000 {
            let table = RandomTable(&random)
            let peer = try table.makeSQLite()
            for _ in 0..<25 {
                let sql = QueryGrammar().makeQuery(&random)
                let own = Result { try table.database.query(sql, threadCount: Int.random(in: 1...2, using: &random)) }
                let other = try peer.query(sql).map { $0.map { $0 ?? "NULL" } }
                count += 1
                switch own {
                case .success(let rows):
                    let (a, b) = (rows.map(Self.line).sorted(), other.map(Self.line).sorted())
                    if a != b {
                        Issue.record("seed \(seed): \(sql)\nEventSQL: \(a.prefix(12))\nSQLite: \(b.prefix(12))")
                        return
                    }
                case .failure(let error):
                    Issue.record("seed \(seed): \(sql)\n\(error)")
                    return
                }
            }
        }
        #expect(count > 100)
    }

    /// Numbers are compared as numbers of 9 digits, so that the text of a fraction does not matter.
    static func line(_ row: [String]) -> String {
        row.map { cell in
            switch cell {
            case "true": "1"
            case "false": "0"
            default: Double(cell).map { $0.isFinite ? String(format: "%.9g", $0 == 0 ? 0 : $0) : cell } ?? cell
            }
        }.joined(separator: "|")
    }
}

/// Rows of (a BIGINT, b BIGINT, d DOUBLE, s VARCHAR, event_name, user_id), most of them with holes.
struct RandomTable {
    var events: [TestEvent] = []

    init(_ random: inout SeededRandom) {
        let names = ["open", "view", "pay", "Quit"]
        let texts = ["", "a", "ab", "b", "abc", "zz", "A"]
        for index in 0..<Int.random(in: 1...60, using: &random) {
            var properties: [String: Value] = [:]
            func maybe(_ path: String, _ value: Value) {
                if Int.random(in: 0..<5, using: &random) > 0 { properties[path] = value }
            }
            maybe("a", .int64(Int64.random(in: -5...5, using: &random)))
            maybe("b", .int64(Int64.random(in: 0...3, using: &random)))
            maybe("d", .double(Double(Int.random(in: -20...20, using: &random)) / 4))
            maybe("s", .string(texts.randomElement(using: &random)!))
            let user = Int.random(in: 0..<6, using: &random)
            events.append(
                TestEvent(
                    user == 0 ? nil : "u\(user)", Int64(index) * 1000, names.randomElement(using: &random), properties))
        }
        // Every column exists, whatever was drawn.
        events.append(
            TestEvent("u9", 9_000_000, "open", ["a": .int64(0), "b": .int64(0), "d": .double(0.5), "s": .string("x")]))
    }

    var database: LogicDatabase {
        let half = events.count / 2
        let snapshot = MemorySnapshot(groups: [Array(events[..<half]), Array(events[half...])])
        return LogicDatabase(snapshot: snapshot, cohortNames: [])
    }

    func makeSQLite() throws -> SQLiteDatabase {
        let peer = SQLiteDatabase()
        _ = try peer.query("CREATE TABLE events (a BIGINT, b BIGINT, d DOUBLE, s TEXT, event_name TEXT, user_id TEXT)")
        func text(_ value: Value?) -> String {
            switch value {
            case .int64(let value): "\(value)"
            case .double(let value): "\(value)"
            case .string(let value): "'\(value)'"
            default: "NULL"
            }
        }
        for event in events {
            let cells =
                ["a", "b", "d", "s"].map { text(event.properties[$0]) }
                + [event.name, event.user].map { text($0.map { .string($0) }) }
            _ = try peer.query("INSERT INTO events VALUES (\(cells.joined(separator: ", ")))")
        }
        return peer
    }
}

/// Writes queries that mean the same to both engines.
struct QueryGrammar {
    private func pick(_ choices: [String], _ random: inout SeededRandom) -> String {
        choices.randomElement(using: &random)!
    }

    private func number(_ depth: Int, _ random: inout SeededRandom) -> String {
        if depth == 0 { return pick(["a", "b", "a", "1", "2", "-3", "NULL"], &random) }
        let (x, y) = (number(depth - 1, &random), number(depth - 1, &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return "(\(x) + \(y))"
        case 1: return "(\(x) - \(y))"
        case 2: return "(\(x) * \(y))"
        case 3: return "abs(\(x))"
        case 4: return "coalesce(\(x), \(y), 0)"
        case 5: return "CASE WHEN \(condition(depth - 1, &random)) THEN \(x) ELSE \(y) END"
        case 6: return "length(\(text(&random)))"
        default: return "nullif(\(x), \(y))"
        }
    }

    private func text(_ random: inout SeededRandom) -> String {
        pick(
            [
                "s", "event_name", "upper(s)", "lower(event_name)", "s || 'x'", "coalesce(s, 'n')", "substr(s, 1, 1)",
                "replace(s, 'a', 'bb')", "trim(s)",
            ], &random)
    }

    private func condition(_ depth: Int, _ random: inout SeededRandom) -> String {
        let sign = pick(["=", "<>", "<", "<=", ">", ">="], &random)
        switch Int.random(in: 0..<(depth > 0 ? 11 : 7), using: &random) {
        case 0, 1: return "\(number(max(0, depth - 1), &random)) \(sign) \(number(max(0, depth - 1), &random))"
        case 2: return "\(text(&random)) \(sign) \(pick(["'a'", "'ab'", "s", "event_name"], &random))"
        case 3: return "\(pick(["a", "s", "d", "user_id"], &random)) IS \(pick(["", "NOT "], &random))NULL"
        case 4: return "event_name \(pick(["", "NOT "], &random))IN ('open', 'pay')"
        case 5: return "a \(pick(["", "NOT "], &random))BETWEEN -2 AND b"
        case 6: return "d \(sign) \(pick(["0.5", "a", "1"], &random))"
        case 7: return "(\(condition(depth - 1, &random)) AND \(condition(depth - 1, &random)))"
        case 8: return "(\(condition(depth - 1, &random)) OR \(condition(depth - 1, &random)))"
        case 9: return "NOT (\(condition(depth - 1, &random)))"
        default:
            return "b \(pick(["", "NOT "], &random))IN (SELECT a FROM events WHERE \(condition(depth - 1, &random)))"
        }
    }

    private func aggregate(_ random: inout SeededRandom) -> String {
        let column = pick(["a", "b", "d"], &random)
        return pick(
            [
                "count(*)", "count(\(column))", "sum(\(column))", "min(\(column))", "max(\(column))", "avg(\(column))",
                "count(DISTINCT \(column))", "min(s)", "max(event_name)", "count(DISTINCT s)", "sum(DISTINCT a)",
                "count(*) FILTER (WHERE a > 0)", "count(DISTINCT user_id)",
            ], &random)
    }

    func makeQuery(_ random: inout SeededRandom) -> String {
        let filter = Bool.random(using: &random) ? " WHERE \(condition(2, &random))" : ""
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return "SELECT \(number(2, &random)), \(text(&random)), d FROM events\(filter)"
        case 1: return "SELECT \(aggregate(&random)), \(aggregate(&random)) FROM events\(filter)"
        case 2:
            let key = pick(["a", "b", "s", "event_name", "user_id", "b + 1", "lower(s)", "a > 0"], &random)
            return "SELECT \(key), \(aggregate(&random)), \(aggregate(&random)) FROM events\(filter) GROUP BY \(key)"
        case 3:
            let having = pick(
                ["", " HAVING count(*) > 1", " HAVING max(a) IS NOT NULL", " HAVING sum(b) > 2"], &random)
            return "SELECT a, s, \(aggregate(&random)) FROM events\(filter) GROUP BY a, s\(having)"
        case 4:
            return
                "SELECT DISTINCT \(pick(["a", "s", "b, s", "a > 0", "user_id, event_name"], &random)) FROM events\(filter)"
        case 5:
            let kind = pick(["JOIN", "LEFT JOIN"], &random)
            let on = pick(["x.a = y.b", "x.s = y.s", "x.a = y.a AND x.b < y.b", "x.a = y.b AND y.s = 'a'"], &random)
            return "SELECT x.a, y.b, x.s FROM events x \(kind) events y ON \(on)"
        case 6:
            let kind = pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"], &random)
            return "SELECT a FROM events\(filter) \(kind) SELECT b FROM events"
        case 7:
            let order = pick(["a, s, d, b, user_id, event_name", "s DESC, a, b, d, event_name, user_id"], &random)
            let nulls = order.replacingOccurrences(of: ",", with: " NULLS LAST,") + " NULLS LAST"
            return
                "SELECT a, s FROM events\(filter) ORDER BY \(nulls) LIMIT \(Int.random(in: 0...9, using: &random)) OFFSET \(Int.random(in: 0...3, using: &random))"
        default:
            let window = pick(["sum(a)", "count(*)", "min(s)", "rank()", "dense_rank()"], &random)
            return "SELECT a, b, \(window) OVER (PARTITION BY b ORDER BY a NULLS LAST) FROM events"
        }
    }
}
