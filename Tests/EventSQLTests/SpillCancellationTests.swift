import EventSQL
import EventTestSupport
import Foundation
import Testing

/// Goal: a statement that works on disk stops within 100 ms of being cancelled, whatever it is doing, and leaves no file.
///
/// Method: each operator runs with little memory over rows that it cannot finish soon, and is cancelled after a while. Tests share
/// the machine's cores, so the best of three tries counts.
@Suite(.serialized)
struct SpillCancellationTests {
    private static let rows = """
        (SELECT a.x * 2000 + b.y AS n, a.x * 48271 % 65537 AS k, 'text ' || (b.y * 69621 % 65537) AS s
         FROM generate_series(1, 2000) a(x), generate_series(1, 2000) b(y)) t
        """

    @Test(
        "cancelled while rows are on disk", .timeLimit(.minutes(5)),
        arguments: [
            "SELECT n FROM \(rows) ORDER BY s, n OFFSET 1", "SELECT n, count(*), max(s) FROM \(rows) GROUP BY n",
            "SELECT DISTINCT n, s FROM \(rows)", "SELECT DISTINCT ON (n) n, s FROM \(rows)",
            "SELECT n, sum(k) OVER (PARTITION BY s ORDER BY n) FROM \(rows)",
            "SELECT count(*) FROM \(rows) WHERE n NOT IN (SELECT n + 1 FROM \(rows))",
            "SELECT count(*) FROM (SELECT n FROM \(rows) EXCEPT SELECT n + 1 FROM \(rows))",
        ])
    func cancelled(sql: String) throws {
        let directory = try TemporaryDirectory()
        let database = try EventDatabase.open(at: directory.file("db"))
        defer { database.close() }
        _ = try database.query("SET memory_limit = '4MB'")
        try CancellationProbe.check(sql, in: database, afterSeconds: [0.3, 0.7, 1.1])
        let left = try FileManager.default.subpathsOfDirectory(atPath: directory.file("db")).filter {
            $0.contains("spill")
        }
        #expect(left == [])
    }

    @Test("statement_timeout ends what works on disk", .timeLimit(.minutes(2)))
    func timeout() throws {
        let directory = try TemporaryDirectory()
        let database = try EventDatabase.open(at: directory.file("db"))
        defer { database.close() }
        _ = try database.query("SET memory_limit = '4MB'")
        _ = try database.query("SET statement_timeout = '400ms'")
        let start = ContinuousClock.now
        let error = #expect(throws: EventSQLError.self) {
            try database.query("SELECT n FROM \(Self.rows) ORDER BY s, n OFFSET 1")
        }
        #expect(error?.kind == .limit && error?.message.contains("400 ms") == true)
        #expect(ContinuousClock.now - start < .seconds(3))
    }
}
