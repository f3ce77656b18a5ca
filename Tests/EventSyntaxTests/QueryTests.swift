import EventBase
import EventSyntax
import Testing

/// Goal: every clause of SELECT is read, and words that are keywords elsewhere stay names.
struct QueryTests {
    static let readable = [
        "SELECT * EXCLUDE (a, t.b) REPLACE (x + 1 AS c.d) RENAME (e AS \"select\") FROM t ORDER BY ALL DESC NULLS LAST",
        "SELECT t.* EXCLUDE a, COLUMNS(* EXCEPT (b)) + 1, max(COLUMNS('^a')) FROM t", "SELECT rename FROM t",
        "SELECT a < ANY (SELECT 1), (a = b) <> SOME (VALUES (1)), a = ALL (SELECT 2) IS NULL, a = ANY (b), a <> ALL ([1])",
        "DESCRIBE SELECT 1", "DESCRIBE (SELECT 1) UNION SELECT 2", "DESCRIBE WITH a AS (SELECT 1) FROM a",
        "SELECT * FROM t, unnest(t.a) WITH ORDINALITY AS u(x, n), LATERAL range(n) g LEFT JOIN unnest(b) ON TRUE",
        "UPDATE t SET a = 1, b.c = a + (SELECT 2) WHERE d IN (1, 2)", "UPDATE s.t SET \"order\" = NULL",
        "SELECT 1", "select 1;", "SELECT a, b AS c, d e FROM t", "SELECT * FROM events", "SELECT t.*, count(*) FROM t",
        "SELECT day, user, name, timestamp, order_id, count, first, steps, value FROM events",
        "SELECT date_trunc('day', timestamp) AS day FROM events GROUP BY day ORDER BY day",
        "SELECT properties.plan_type, context.\"Weird Name\", properties.order FROM events",
        "SELECT count(DISTINCT user_id) FILTER (WHERE x > 1), sum(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x DESC NULLS LAST) FROM t",
        "SELECT lag(x) IGNORE NULLS OVER w FROM t WINDOW w AS (PARTITION BY u ORDER BY ts)",
        "SELECT a FROM t WHERE b IN (1, 2) AND c NOT IN (SELECT d FROM e) AND user_id IN COHORT power",
        "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4 OR NOT c",
        "SELECT a LIKE 'x%' ESCAPE '!', b NOT ILIKE 'y', c SIMILAR TO 'z', d ~* 'q' FROM t",
        "SELECT CASE WHEN a THEN 1 ELSE 2 END, CASE a WHEN 1 THEN 'x' END FROM t",
        "SELECT CAST(a AS DOUBLE PRECISION), TRY_CAST(b AS INT), c::varchar(20)[], d::timestamp with time zone FROM t",
        "SELECT EXTRACT(hour FROM ts), INTERVAL '7 days', INTERVAL 7 DAY, TIMESTAMP '2024-01-01', DATE '2024-01-01'",
        "SELECT a IS NULL, b IS NOT NULL, c IS TRUE, d IS NOT FALSE, e IS DISTINCT FROM f, g IS NOT DISTINCT FROM h FROM t",
        "SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (y, z) CROSS JOIN d, e NATURAL JOIN f",
        "SELECT * FROM a SEMI JOIN b USING (x) ANTI JOIN c USING (x)",
        "SELECT * FROM (SELECT 1 AS a) t, generate_series(1, 3) AS g(n), (VALUES (1, 'x'), (2, 'y')) v(a, b)",
        "SELECT * FROM ((SELECT 1) UNION (SELECT 2)) u", "SELECT * FROM ((SELECT 1) a CROSS JOIN b)",
        "SELECT a, b FROM t GROUP BY ALL", "SELECT a, b FROM t GROUP BY GROUPING SETS ((a), (b, a), ())",
        "SELECT a, b FROM t GROUP BY ROLLUP (a, b), CUBE (c, (d, e)) HAVING count(*) > 1",
        "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY a) = 1", "SELECT DISTINCT ON (a, b) c FROM t",
        "SELECT a FROM t ORDER BY a DESC NULLS LAST, b LIMIT 10 OFFSET 5",
        "SELECT DISTINCT a FROM t LIMIT $1 OFFSET :skip",
        "WITH a AS (SELECT 1), b (x) AS (SELECT * FROM a) SELECT * FROM b UNION ALL SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4",
        "VALUES (1, 2), (3, 4) ORDER BY 1", "FROM events LIMIT 5", "EXPLAIN ANALYZE SELECT 1", "DESCRIBE events",
        "SHOW TABLES",
        "SELECT /* a /* nested */ comment */ 1 -- rest\n, E'a\\n\\'b' || 'it''s', 1_000, 1.5e-3, .5, 0xFF, a->>'k', a->'b', x[1], ?, ?",
        "SELECT left(a, 2), right(b, 1), position('a' IN b), substring(a FROM 2 FOR 3), trim(BOTH 'x' FROM y), current_date",
        "SELECT (SELECT max(x) FROM t), EXISTS (SELECT 1), NOT EXISTS (SELECT 2), (1, 2), [1, 2], ARRAY[3]",
        "SELECT x = ANY (SELECT 1), y <> ALL (SELECT 2), ts AT TIME ZONE 'Europe/Berlin', -9223372036854775808",
        "SELECT a FROM t WHERE (a, b) IN ((1, 2), (3, 4))",
    ]

    @Test("every clause of SELECT is read", arguments: readable)
    func reads(text: String) throws {
        let parsed = try Parser.parseScript(text)
        #expect(parsed.count == 1)
    }

    @Test("scripts split at semicolons outside strings and comments")
    func script() throws {
        let parsed = try Parser.parseScript("SELECT ';' ; ; -- ;\n SELECT 2 /* ; */;")
        #expect(parsed.map(\.text) == ["SELECT ';'", "SELECT 2"])
    }

    @Test("unfinished input is told from wrong input")
    func incomplete() {
        #expect(Parser.isIncomplete("SELECT 1"))
        #expect(Parser.isIncomplete("SELECT 'a"))
        #expect(Parser.isIncomplete("SELECT 1; SELECT /* "))
        #expect(!Parser.isIncomplete("SELECT 1;"))
        #expect(!Parser.isIncomplete("  "))
        #expect(!Parser.isIncomplete("SELECT 1x;"))
    }
}
