import EventBase
import EventColumns
import EventTestSupport
import Testing

/// Goal: what memory does not hold goes to disk and the answers stay. Method: the same queries over a few thousand rows with
/// plenty of memory and with next to none, told apart by whether anything was put on disk.
struct SpillTests {
    private static let database: LogicDatabase = {
        var random = SeededRandom(seed: 4711)
        let events = (0..<6000).map { index -> TestEvent in
            var properties: [String: Value] = ["n": .int64(Int64.random(in: 0..<900, using: &random))]
            if index % 3 != 0 { properties["x"] = .double(Double(Int.random(in: -500..<500, using: &random)) / 8) }
            if index % 5 != 0 { properties["s"] = .string("text \(Int.random(in: 0..<1500, using: &random))") }
            if index % 7 == 0 { properties["b"] = .bool(index % 2 == 0) }
            return TestEvent(
                index % 11 == 0 ? nil : "u\(Int.random(in: 0..<2000, using: &random))", Int64(index) * 1_000_000,
                ["a", "b", nil][index % 3], properties)
        }
        let groups = stride(from: 0, to: events.count, by: 700).map { Array(events[$0..<min($0 + 700, events.count)]) }
        return LogicDatabase([MemorySnapshot(groups: groups)])
    }()

    private static let grouped = [
        "SELECT user_id, count(*), sum(n), avg(x), min(s), max(s) FROM events GROUP BY user_id",
        "SELECT s, event_name, count(DISTINCT n), median(x), array_agg(n ORDER BY timestamp) FROM events GROUP BY 1, 2",
        "SELECT n, event_name, count(*) FILTER (WHERE b), string_agg(s, ',' ORDER BY s) FROM events GROUP BY CUBE (n, event_name)",
        "SELECT count(*), sum(n) FROM events",
        "SELECT x, first(s), last(n), mode(event_name) FROM events GROUP BY x",
        "SELECT DISTINCT user_id, n % 50, x > 0 FROM events",
        "SELECT user_id, n FROM events UNION SELECT s, n FROM events",
        "SELECT user_id, n % 9 FROM events EXCEPT SELECT user_id, n % 7 FROM events",
        "SELECT s, n % 9 FROM events INTERSECT ALL SELECT s, n % 7 FROM events",
        "SELECT user_id FROM events EXCEPT ALL SELECT user_id FROM events WHERE n < 500",
    ]

    private static let joined = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"].map { join in
        let columns = join.contains("SEMI") || join.contains("ANTI") ? "l.s, l.n" : "l.s, l.n, r.n, r.x"
        return """
            SELECT \(columns) FROM (SELECT s, n, x FROM events WHERE n < 600) l \(join)
            (SELECT s, n, x FROM events WHERE n > 300) r ON l.s = r.s AND l.n < r.n
            """
    }

    /// IN (query) where it is no join: its values are joined once they are too many to hold.
    private static let members = [
        "SELECT n, s FROM events WHERE x > 50 OR s IN (SELECT s FROM events WHERE n < 400)",
        "SELECT n, s FROM events WHERE x > 50 OR s NOT IN (SELECT s FROM events WHERE n < 400)",
        "SELECT n, s FROM events WHERE x > 50 OR s NOT IN (SELECT s FROM events WHERE n < 400 AND s IS NOT NULL)",
        "SELECT n, s IN (SELECT s FROM events WHERE n < 400 AND s IS NOT NULL), s NOT IN (SELECT user_id FROM events) FROM events",
        "SELECT n, s IN (SELECT s FROM events WHERE n < 400), n IN (SELECT n * 7 FROM events WHERE n > 3) FROM events",
        "SELECT s IN (SELECT s FROM events WHERE n < 400), count(*) FROM events GROUP BY 1",
        "SELECT n FROM events e WHERE NOT (x > 0 AND s IN (SELECT s FROM events WHERE user_id > 'u5')) ORDER BY n LIMIT 40",
    ]

    @Test("grouping, sets, joins and IN of a query", arguments: grouped + joined + members)
    func unordered(sql: String) throws {
        for (threads, hashesCollide) in [(1, false), (3, false), (2, true)] {
            let (plain, disk) = try answers(sql, threads: threads, hashesCollide: hashesCollide)
            #expect(plain.sorted() == disk.sorted(), "\(threads) threads: \(sql)")
        }
    }

    @Test(
        "sorting", arguments: ["", " LIMIT 3000", " LIMIT 2000 OFFSET 500"])
    func ordered(limit: String) throws {
        for order in ["x DESC NULLS LAST, s, n, timestamp", "s NULLS FIRST", "event_name, b, x", "n DESC, timestamp"] {
            let sql = "SELECT user_id, s, n, x, b, event_name FROM events ORDER BY \(order)\(limit)"
            for threads in [1, 3] {
                let (plain, disk) = try answers(sql, threads: threads)
                // Rows that ORDER BY does not tell apart come in the order of storage either way.
                #expect(plain == disk, "\(threads) threads: \(sql)")
            }
        }
    }

    /// Rows as lines, with memory enough and with hardly any.
    private func answers(
        _ sql: String, threads: Int, hashesCollide: Bool = false
    ) throws -> (plain: [String], disk: [String]) {
        let plain = QueryContext(threadCount: threads)
        var tuning = ExecutionTuning()
        tuning.spillSizeBytes = 12_000
        tuning.batchRowCountMax = 256
        tuning.hashesCollide = hashesCollide
        let disk = QueryContext(threadCount: threads, tuning: tuning, spillFolder: "/tmp")
        let found = try Self.database.query(sql, plain).map { $0.joined(separator: "|") }
        let spilled = try Self.database.query(sql, disk).map { $0.joined(separator: "|") }
        if !sql.hasPrefix("SELECT count(*), sum") { #expect(disk.spilledBytes > 0, "\(sql)") }
        #expect(plain.spilledBytes == 0)
        return (found, spilled)
    }

    @Test("a refusal says what was needed, the limit and what to change")
    func refusal() {
        let context = QueryContext(memoryLimitBytes: 50_000, threadCount: 1, spillFolder: "/tmp")
        let error = #expect(throws: EventSQLError.self) {
            try Self.database.query("SELECT a.n, b.n FROM events a, events b", context)
        }
        #expect(error?.kind == .limit && error?.message.contains("50000") == true)
        #expect(error?.hint?.contains("memory_limit") == true)
    }
}
