import EventBase
import EventSyntax
import Testing

/// Goal: statements that change the store and its settings are read.
struct StatementTests {
    static let readable = [
        "DELETE FROM events WHERE user_id = 'u1'", "DELETE FROM events", "FORGET USER 'u1'", "FORGET USER $1", "PURGE",
        "PURGE events",
        "ALTER TABLE events SET TTL 400 DAYS", "ALTER TABLE events SET TTL NONE", "IDENTIFY 'anon-1' AS 'u1'",
        "UNIDENTIFY 'anon-1'",
        "CREATE TABLE customers (id STRING PRIMARY KEY, plan VARCHAR(20) NOT NULL, amount DOUBLE PRECISION, address.city TEXT NULL)",
        "CREATE TABLE IF NOT EXISTS t (a BIGINT, b BIGINT, PRIMARY KEY (a, b))",
        "CREATE OR REPLACE TABLE t AS SELECT 1 AS a",
        "INSERT INTO customers VALUES ('a', 1), ('b', 2)",
        "INSERT INTO customers (id, address.city) SELECT a, b FROM t",
        "INSERT OR REPLACE INTO customers (id) VALUES ($1)", "INSERT INTO t (SELECT 1)",
        "INSERT OR IGNORE INTO t VALUES (1)",
        "INSERT INTO t VALUES (1) ON CONFLICT (id) DO REPLACE", "INSERT INTO t SELECT * FROM s ON CONFLICT DO NOTHING",
        "CREATE VIEW v (a, b) AS SELECT 1, 2", "CREATE OR REPLACE VIEW v AS FROM t", "DROP TABLE IF EXISTS t",
        "DROP VIEW v",
        "DROP VIRTUAL EVENT activated", "COPY events FROM 'in.csv' (FORMAT csv, HEADER, DELIMITER ';')",
        "COPY events TO 'out.jsonl'",
        "COPY (SELECT 1) TO 'out.csv' WITH (FORMAT csv, HEADER true)", "COPY t (a, b) FROM 'in.jsonl'",
        "SET memory_limit = '512MB'",
        "SET threads TO 4", "SET durability = interval", "RESET memory_limit", "RESET ALL", "SHOW memory_limit",
        "SHOW VIRTUAL EVENTS",
        "SUMMARIZE events", "SUMMARIZE SELECT a FROM t", "REFRESH COHORT power",
        "EXPLAIN DELETE FROM events WHERE a = 1",
    ]

    @Test("every statement is read", arguments: readable)
    func reads(text: String) throws {
        _ = try Parser.parseStatement(text)
    }

    @Test("a key inside and behind the columns is one key too many")
    func twoKeys() throws {
        let error = try #require(throws: EventSQLError.self) {
            try Parser.parseStatement("CREATE TABLE t (a INT PRIMARY KEY, PRIMARY KEY (a))")
        }
        #expect(error.message == "expected one PRIMARY KEY, found a second one")
        #expect(error.position?.column == 36)
    }

    @Test("upserts replace whole rows")
    func upsert() throws {
        guard case .insert(let insert) = try Parser.parseStatement(Self.readable[18]).statement else {
            throw EventSQLError(.internal, "no insert")
        }
        #expect(insert.conflict == .replace)
        let error = try #require(throws: EventSQLError.self) {
            try Parser.parseStatement("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1")
        }
        #expect(error.hint == "rows are replaced whole: write ON CONFLICT DO REPLACE")
    }
}
