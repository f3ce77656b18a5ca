import EventBase
import EventSQL
import EventTestSupport
import Foundation
import Testing

/// Goal: tables that SQL changes hold what SQLite holds after the same statements. Method: random streams of INSERT, UPDATE, DELETE,
/// CREATE TABLE AS and DROP against both, compared after each, through compaction and reopening; joins with events between
/// them. `SLT_SEED` repeats a run.
struct KeyedDifferentialTests {
    /// One database on disk beside one in SQLite.
    private final class Pair {
        let path: String
        var own: EventDatabase
        /// A reading process beside the writer.
        let reader: EventDatabase
        let peer = SQLiteDatabase()
        var log: [String] = []

        init(path: String) throws {
            self.path = path
            own = try EventDatabase.open(at: path)
            var options = DatabaseOptions()
            options.readOnly = true
            reader = try EventDatabase.open(at: path, options: options)
            _ = try peer.query(
                #"CREATE TABLE events (user_id TEXT, event_name TEXT, "properties.amount" REAL, timestamp TEXT)"#)
            try change(
                #"INSERT INTO events (user_id, event_name, "properties.amount", timestamp) VALUES "#
                    + "('u1', 'e1', 1.5, '2024-03-01')")
        }

        /// Both do it, or both refuse.
        func change(_ sql: String, peerSQL: String? = nil) throws {
            log.append(sql)
            let other = Result { try peer.query(peerSQL ?? sql) }
            var refusal: EventSQLError?
            do { _ = try own.query(sql) } catch { refusal = error }
            switch other {
            case .success: #expect(refusal == nil, "\(sql)\n\(String(describing: refusal))")
            case .failure(let error): #expect(refusal?.kind == .conflict, "\(sql)\n\(error)")
            }
        }

        func compare(_ sql: String, _ what: String, asReader: Bool = false) throws {
            if asReader { try reader.refresh() }
            let database = asReader ? reader : own
            let theirs = try peer.query(sql).map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }.sorted()
            let ours = try database.query(sql).rows.map { $0.map(Self.text).joined(separator: "|") }.sorted()
            #expect(ours == theirs, "\(what): \(sql)\n\(log.suffix(8).joined(separator: "\n"))")
        }

        func reopen() throws {
            own.close()
            own = try EventDatabase.open(at: path)
        }

        private static func text(_ value: EventValue) -> String {
            switch value {
            case .null: "NULL"
            case .int(let value): "\(value)"
            case .double(let value): "\(value)"
            case .string(let text): text
            default: "\(value)"
            }
        }
    }

    @Test("random changes of tables leave what SQLite has", arguments: 0..<4)
    func changes(shard: UInt64) throws {
        let seed = DifferentialTests.seed &+ shard
        print("keyed differential seed \(seed)")
        var random = SeededRandom(seed: seed)
        let directory = try TemporaryDirectory()
        let pair = try Pair(path: directory.file("db"))
        try pair.change(
            "CREATE TABLE t (id TEXT PRIMARY KEY, a BIGINT, b DOUBLE, c TEXT)",
            peerSQL: "CREATE TABLE t (id TEXT PRIMARY KEY, a INTEGER, b REAL, c TEXT)")
        try pair.change(
            "CREATE TABLE seats (account TEXT, number BIGINT, owner TEXT, PRIMARY KEY (account, number))",
            peerSQL: "CREATE TABLE seats (account TEXT, number INTEGER, owner TEXT, PRIMARY KEY (account, number))")
        for step in 0..<150 {
            let what = "SLT_SEED=\(DifferentialTests.seed), shard \(shard), step \(step)"
            try pair.change(statement(&random))
            if random.next() % 10 == 0 { try copyAndDrop(pair, &random, what) }
            if random.next() % 12 == 0 { _ = try pair.own.compact() }
            if random.next() % 12 == 0 { try pair.reopen() }
            try pair.compare("SELECT * FROM t", what)
            try pair.compare("SELECT * FROM seats", what)
            if step % 4 == 0 { try pair.compare("SELECT * FROM t", "reader, \(what)", asReader: true) }
            if step % 5 == 0 { for sql in Self.questions { try pair.compare(sql, what) } }
        }
    }

    private static let questions = [
        "SELECT e.user_id, e.event_name, t.a, t.c FROM events e JOIN t ON e.user_id = t.id",
        "SELECT t.id, count(e.user_id) FROM t LEFT JOIN events e ON t.id = e.user_id GROUP BY t.id",
        #"SELECT t.c, count(*), sum(e."properties.amount") FROM events e JOIN t ON t.id = e.user_id WHERE t.a > 3 GROUP BY t.c"#,
        "SELECT count(*) FROM events WHERE user_id IN (SELECT id FROM t WHERE a IS NULL OR a < 5)",
        "SELECT s.account, t.id, s.owner FROM seats s JOIN t ON s.owner = t.id AND s.number = t.a",
        "SELECT a, count(*), min(b), max(c) FROM t GROUP BY a ORDER BY a",
        "SELECT id FROM t WHERE id NOT IN (SELECT user_id FROM events WHERE user_id IS NOT NULL)",
        "SELECT max(a) - min(a), count(b), count(DISTINCT c) FROM t",
    ]

    private func pick(_ random: inout SeededRandom, _ choices: [String]) -> String {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    private func statement(_ random: inout SeededRandom) -> String {
        func id() -> String { "'u\(random.next() % 25)'" }
        func number() -> String { random.next() % 5 == 0 ? "NULL" : "\(Int(random.next() % 20) - 5)" }
        func row() -> String {
            let b = random.next() % 4 == 0 ? "NULL" : "\(Double(random.next() % 64) / 4)"
            return "(\(id()), \(number()), \(b), \(random.next() % 4 == 0 ? "NULL" : "'c\(random.next() % 3)'"))"
        }
        func rows(_ make: () -> String) -> String {
            (0..<(1 + random.next() % 4)).map { _ in make() }.joined(separator: ", ")
        }
        func seat() -> String { "('acc\(random.next() % 3)', \(random.next() % 5), \(id()))" }
        switch random.next() % 17 {
        case 14:
            return "UPDATE t SET a = a + 1, c = \(pick(&random, ["'c0'", "NULL", "c || '!'", "id"])) WHERE id < \(id())"
        case 15:
            return "UPDATE t SET b = (SELECT count(*) FROM seats s WHERE s.owner = t.id) WHERE a > \(random.next() % 9)"
        case 16: return "UPDATE seats SET owner = \(id()) WHERE number = \(random.next() % 5)"
        case 0, 1, 2: return "INSERT OR REPLACE INTO t VALUES \(rows(row))"
        case 3: return "INSERT OR IGNORE INTO t VALUES \(rows(row))"
        case 4: return "INSERT INTO t VALUES \(rows(row))"
        case 5: return "INSERT INTO t (a, id) VALUES (\(number()), \(id())) ON CONFLICT DO NOTHING"
        case 6: return "INSERT OR REPLACE INTO t SELECT id || 'x', a + 1, b * 2, c FROM t WHERE a = \(number())"
        case 7:
            return
                "INSERT OR IGNORE INTO t (id, c) SELECT DISTINCT user_id, 'seen' FROM events WHERE user_id IS NOT NULL"
        case 8: return "DELETE FROM t WHERE id = \(id()) OR a = \(number())"
        case 9: return "DELETE FROM t WHERE id LIKE '%xx' OR id IN (SELECT owner FROM seats WHERE number = 3)"
        case 10: return "INSERT OR REPLACE INTO seats VALUES \(rows(seat))"
        case 11: return "INSERT INTO seats VALUES \(seat())"
        case 12: return "DELETE FROM seats WHERE number > 1 AND account = 'acc\(random.next() % 3)'"
        default:
            return #"INSERT INTO events (user_id, event_name, "properties.amount", timestamp) VALUES "#
                + rows {
                    let user = random.next() % 6 == 0 ? "NULL" : id()
                    return "(\(user), 'e\(random.next() % 3)', \(Double(random.next() % 40) / 4), '2024-03-01')"
                }
        }
    }

    /// Tables without a key: made from a query, added to, thinned out, dropped.
    private func copyAndDrop(_ pair: Pair, _ random: inout SeededRandom, _ what: String) throws {
        try pair.change("CREATE TABLE copy AS SELECT a, c, count(*) AS n FROM t GROUP BY a, c")
        try pair.compare("SELECT * FROM copy", what)
        try pair.change("INSERT INTO copy SELECT a, c, n FROM copy WHERE a > 2")
        try pair.change("INSERT INTO copy (n) VALUES (7), (7), (NULL)")
        if random.next() & 1 == 0 { _ = try pair.own.compact() }
        try pair.change("DELETE FROM copy WHERE n = \(1 + random.next() % 2) OR a IS NULL AND c = 'c1'")
        try pair.compare("SELECT * FROM copy", what)
        if random.next() & 1 == 0 { try pair.reopen() }
        try pair.compare("SELECT c, count(*), sum(n) FROM copy GROUP BY c", what)
        try pair.change("DROP TABLE copy")
    }
}
