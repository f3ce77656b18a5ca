import EventSQL
import EventTestSupport
import Foundation
import Testing

/// Goal: a statement whose rows are held in memory stops soon after it is cancelled from another thread, whatever operator is at
/// work, and the database answers the next one.
///
/// Method: each operator runs over rows that it cannot finish soon, and is cancelled after a while.
@Suite(.serialized)
struct CancellationTests {
    private static let rows = """
        (SELECT a.x * 3000 + b.y AS n, a.x * 48271 % 65537 AS k, 'text ' || (b.y * 69621 % 65537) AS s
         FROM generate_series(1, 3000) a(x), generate_series(1, 3000) b(y)) t
        """

    @Test(
        "cancelled while rows are in memory", .timeLimit(.minutes(5)),
        arguments: [
            "SELECT n FROM \(rows) ORDER BY s, n OFFSET 1",
            "SELECT n FROM \(rows) ORDER BY NULLIF(k, 3), NULLIF(n, 5) DESC, s OFFSET 1",
            "SELECT n, count(*), max(s) FROM \(rows) GROUP BY n", "SELECT DISTINCT n, s FROM \(rows)",
            "SELECT n, sum(k) OVER (PARTITION BY s ORDER BY n) FROM \(rows)",
            "SELECT row_number() OVER (ORDER BY k, n) FROM \(rows)",
            "SELECT count(*) FROM \(rows) JOIN (SELECT n + 1 AS m FROM \(rows)) u ON t.n = u.m",
            "SELECT count(*) FROM (SELECT n FROM \(rows) INTERSECT SELECT n + 1 FROM \(rows))",
            "SELECT median(n), quantile_cont(k, 0.9) FROM \(rows)",
            "SELECT mode(k), quantile_disc(n, 0.5) FROM \(rows)",
            "SELECT length(string_agg(s, ',' ORDER BY n DESC)) FROM \(rows)",
            "SELECT max(length(l)) FROM (SELECT k, array_agg(s ORDER BY n DESC)::VARCHAR AS l FROM \(rows) GROUP BY k)",
            "SELECT count(*) FROM \(rows) WHERE regexp_replace(s || n, '(t|e)+x', '\\1', 'g') ~ '[a-f]*9$'",
            "SELECT sum(u.x) FROM \(rows), unnest([n, k, n]) u(x)",
            "SELECT count(*) FROM generate_series(1, 4000000000) a(x)",
            "SELECT count(*) FROM generate_series(1, 100000) a(x), generate_series(1, 100000) b(y) WHERE x < y",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000000) SELECT max(n) FROM r",
        ])
    func cancelled(sql: String) throws {
        let directory = try TemporaryDirectory()
        let database = try EventDatabase.open(at: directory.file("db"))
        defer { database.close() }
        try CancellationProbe.check(sql, in: database, afterSeconds: [0.4, 0.8])
        #expect(try database.query("SELECT 1").rowCount == 1)
    }
}
