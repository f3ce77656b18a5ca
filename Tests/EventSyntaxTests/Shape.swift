import EventSyntax
import Foundation

/// A syntax tree as text without positions and without the source texts kept beside trees.
enum Shape {
    static func of(_ statement: Statement) -> String {
        var text = String(reflecting: statement)
        text.replace(#/EventBase\.SourcePosition\([^)]*\)/#, with: "@")
        text.replace(#/text: "(?:\\.|[^"\\])*"/#, with: "text")
        return text
    }
}

/// Every statement text of these tests.
enum Corpus {
    static let statements =
        QueryTests.readable + BehaviourTests.readable + StatementTests.readable + precedence

    static let precedence = [
        "SELECT a + b * c - d / e % f // g ^ h ^ i",
        "SELECT -a ^ 2, -(-a), - -1, +a, ~a || b, ~(a || b), a - -b, a || ~b, - 9223372036854775808",
        "SELECT NOT a = b AND NOT (a AND b) OR c IS NULL = d",
        "SELECT (a OR b) AND c, a OR (b AND c), (a = b) = c, a = (b = c), NOT (EXISTS (SELECT 1))",
        "SELECT a::int::text, (-a)::int, -a::int, (a + b)::int, x[1][2], (a || b)[1], a.b.c[1]",
        "SELECT a IN (1) IN (2), (a BETWEEN 1 AND 2) BETWEEN 3 AND 4, a BETWEEN b + 1 AND c || d, (a LIKE b) LIKE c",
        "SELECT a IS NULL IS NOT NULL, (a IS DISTINCT FROM b) IS TRUE, a IS DISTINCT FROM (b IS NULL)",
        "SELECT a ->> 'b' = 'c' || 'd' -> 'e', a & b | c << 2 >> 1, a ~ 'x' AND a !~ 'y' OR a !~* 'z'",
        "SELECT ts AT TIME ZONE 'a' AT TIME ZONE 'b' + 1, (ts + 1) AT TIME ZONE 'c'",
        "SELECT 'it''s', E'tab\\t\\u00e9\\x41', \"we\"\"ird\", \"select\", \"array\"[1], \"cast\"(1), \"a.b\".c, 1e20, 1.5, 99999999999999999999",
        "SELECT INTERVAL '1 year 2 months 3 days 04:05:06.5', INTERVAL '-3 hours', INTERVAL '1.5 days', INTERVAL '2' MONTH, INTERVAL -7 DAY",
        "(SELECT 1 LIMIT 1) UNION ALL (SELECT 2 ORDER BY 1) EXCEPT (SELECT 3 UNION SELECT 4) INTERSECT SELECT 5",
        "SELECT 1 UNION (SELECT 2 UNION SELECT 3)", "(WITH a AS (SELECT 1) SELECT * FROM a) UNION SELECT 2",
        "((SELECT 1 LIMIT 2) LIMIT 1)",
        "SELECT * FROM a, b JOIN c ON TRUE, (d CROSS JOIN e) LEFT JOIN (f NATURAL LEFT JOIN g) USING (x)",
        "SELECT sum(x) OVER (w ORDER BY a RANGE UNBOUNDED PRECEDING), nth_value(x, 2) OVER (GROUPS BETWEEN 1 + 1 FOLLOWING AND UNBOUNDED FOLLOWING) FROM t",
        "CREATE COHORT c AS USERS WHERE NOT (NOT DID 'a' OR DID 'b') AND (DID 'c' OR DID 'd' AND DID 'e') AND FIRST DID 'x' WHERE (a AND sum(b) > 1) SINCE '2024-01-01'",
    ]
}
