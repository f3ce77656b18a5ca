import EventSQL
import EventTestSupport
import Testing

/// Goal: tables as SQL and the library make, fill, change and describe them. Method: statements with answers worked out by
/// hand; refusals by their whole message.
struct TableStatementTests {
    private func lines(_ result: QueryResult) -> [String] {
        result.rows.map { row in
            row.map { value in
                switch value {
                case .null: "NULL"
                case .bool(let value): "\(value)"
                case .int(let value): "\(value)"
                case .double(let value): "\(value)"
                case .string(let text), .json(let text): text
                case .timestamp(let time): time.description
                case .date(let day): "day \(day)"
                default: "?"
                }
            }.joined(separator: " ")
        }
    }

    private func refusal(_ db: EventDatabase, _ sql: String) -> String {
        do { _ = try db.query(sql) } catch { return "\(error.kind.rawValue): \(error.message)" }
        return "no refusal"
    }

    @Test("UPDATE changes the rows that a condition picks, all or none, with a primary key or without")
    func update() throws {
        let directory = try TemporaryDirectory()
        var db = try EventDatabase.open(at: directory.file("db"))
        try db.execute(
            """
            CREATE TABLE c (id STRING PRIMARY KEY, plan STRING NOT NULL, seats BIGINT, since DATE, address.city STRING);
            INSERT INTO c VALUES ('u1', 'pro', 3, '2024-01-01', 'Berlin'), ('u2', 'free', NULL, NULL, NULL), ('u3', 'free', 1, NULL, 'Rome');
            CREATE TABLE plain AS SELECT 1 AS a;
            """)
        try db.append([
            Event("pay", user: "u1", at: EventTime(micros: 1), ["amount": 5]),
            Event("pay", user: "u3", at: EventTime(micros: 2), ["amount": 7]),
        ])
        #expect(
            try lines(
                db.query("UPDATE c SET seats = seats + 1, plan = upper(plan), since = '2024-05-01' WHERE seats > 0"))
                == ["2"])
        #expect(try lines(db.query("UPDATE c SET Address.City = NULL, seats = 2.5 WHERE id IN ('u2', 'u3')")) == ["2"])
        #expect(
            try lines(
                db.query(
                    "UPDATE c SET seats = (SELECT count(*) FROM events e WHERE e.user_id = c.id) + seats * 10 WHERE id <> 'u2'"
                )
            ) == ["2"])
        #expect(try lines(db.query("UPDATE c SET seats = 0 WHERE id = 'nobody'")) == ["0"])
        let rows = [
            "u1 PRO 41 day 19844 Berlin", "u2 free 2 NULL NULL", "u3 FREE 21 day 19844 NULL",
        ]
        #expect(try lines(db.query("SELECT * FROM c ORDER BY id")) == rows)
        #expect(refusal(db, "UPDATE c SET plan = NULL") == "invalidInput: row 1: column plan is NULL")
        #expect(
            refusal(db, "UPDATE c SET seats = 1 / (seats - 41)") == "invalidInput: division by zero")
        #expect(
            refusal(db, "UPDATE c SET id = 'x'")
                == "binding: column id is part of the primary key, which tells rows apart")
        #expect(refusal(db, "UPDATE c SET a = 1") == "binding: 'c' has no column a")
        #expect(refusal(db, "UPDATE c SET seats = 1, SEATS = 2") == "binding: column SEATS stands twice")
        #expect(
            refusal(db, "UPDATE c SET since = seats") == "binding: column since is DATE, the value is BIGINT")
        #expect(try lines(db.query("INSERT INTO plain VALUES (1), (7)")) == ["2"])
        #expect(try lines(db.query("UPDATE plain SET a = a * 2 WHERE a = (SELECT min(a) FROM plain)")) == ["2"])
        #expect(try lines(db.query("SELECT a FROM plain ORDER BY a")) == ["2", "2", "7"])
        #expect(
            refusal(db, "UPDATE events SET user_id = 'u9'")
                == "binding: 'events' is an event table: what has happened is not changed")
        #expect(refusal(db, "UPDATE nothing SET a = 2") == "notFound: there is no table 'nothing'")
        #expect(
            refusal(db, "UPDATE c SET seats = 1 FROM events WHERE id = user_id")
                == "syntax: expected WHERE, found 'FROM'")
        #expect(try lines(db.query("SELECT * FROM c ORDER BY id")) == rows)
        db.close()
        db = try EventDatabase.open(at: directory.file("db"))
        #expect(try lines(db.query("SELECT * FROM c ORDER BY id")) == rows)
    }

    @Test(
        "a table's life: create, insert, replace, ignore, delete, join, describe, drop, and all of it after reopening")
    func life() throws {
        let directory = try TemporaryDirectory()
        var db = try EventDatabase.open(at: directory.file("db"))
        try db.execute(
            """
            CREATE TABLE customers (id STRING PRIMARY KEY, name STRING NOT NULL, mrr DOUBLE, seats INTEGER, since DATE,
              seen TIMESTAMP, live BOOLEAN, tags JSON);
            CREATE TABLE IF NOT EXISTS customers (other BIGINT PRIMARY KEY);
            INSERT INTO customers VALUES ('u1', 'Ada', 99, 2.5, '2024-03-01', '2024-03-02 10:00:00', TRUE, '["a"]'),
              ('u2', 'Bob', NULL, -3, NULL, DATE '2024-03-05', FALSE, NULL);
            INSERT INTO customers (name, id) SELECT 'Cid', 'u' || 3;
            """)
        #expect(
            try lines(db.query("SELECT * FROM customers ORDER BY id")) == [
                #"u1 Ada 99.0 2 day 19783 2024-03-02 10:00:00 true ["a"]"#,
                "u2 Bob NULL -3 NULL 2024-03-05 00:00:00 false NULL", "u3 Cid NULL NULL NULL NULL NULL NULL",
            ])
        #expect(
            try lines(db.query("INSERT OR REPLACE INTO customers (id, name) VALUES ('u1', 'Ada L'), ('u4', 'Dan')"))
                == ["1 1"])
        #expect(
            try lines(
                db.query("INSERT INTO customers (id, name) VALUES ('u4', 'x'), ('u5', 'Eve') ON CONFLICT DO NOTHING"))
                == ["1 1"])
        try db.append([
            Event("pay", user: "u1", at: EventTime(micros: 1), ["amount": 5]),
            Event("pay", user: "u4", at: EventTime(micros: 2), ["amount": 7]),
            Event("pay", user: "nobody", at: EventTime(micros: 3), ["amount": 9]),
        ])
        #expect(try lines(db.query("DELETE FROM customers WHERE seats < 0 OR id = 'u3'")) == ["2"])
        for _ in 0..<2 {
            #expect(
                try lines(
                    db.query(
                        """
                        SELECT name, sum(properties.amount) FROM events JOIN customers ON user_id = id
                        GROUP BY name ORDER BY name
                        """)) == ["Ada L 5", "Dan 7"])
            #expect(try lines(db.query("SELECT id FROM customers ORDER BY id")) == ["u1", "u4", "u5"])
            #expect(
                try lines(db.query("DESCRIBE SELECT id, count(*) AS n, NULL, now() FROM customers GROUP BY 1"))
                    == ["id VARCHAR", "n BIGINT", "NULL NULL", "now() TIMESTAMP"])
            #expect(
                try lines(db.query("DESCRIBE customers")).prefix(3) == [
                    "id VARCHAR NO PRI", "name VARCHAR NO ", "mrr DOUBLE YES ",
                ])
            #expect(try lines(db.query("SHOW TABLES")) == ["events events", "customers rows"])
            let info = try #require(db.info().tables.first { $0.name == "customers" })
            #expect(info.rowCount == 3 && info.columns.map(\.name).contains("since"))
            db.close()
            db = try EventDatabase.open(at: directory.file("db"))
            _ = try db.compact()
        }
        try db.execute("DROP TABLE customers; DROP TABLE IF EXISTS customers")
        #expect(refusal(db, "SELECT * FROM customers").hasPrefix("binding: there is no table customers"))
    }

    @Test("what does not fit is refused with row and column, and nothing is stored")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.execute(
            "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT NOT NULL, day DATE); INSERT INTO t VALUES (1, 'a', NULL)")
        let expected = [
            "INSERT INTO t VALUES (2, 'b', NULL), (1, 'c', NULL)": "conflict: row 2: 't' has id = 1 already",
            "INSERT INTO t VALUES (2, 'b', NULL), (2, 'c', NULL)": "conflict: row 2: 't' would get id = 2 twice",
            "INSERT INTO t VALUES (2, NULL, NULL)": "invalidInput: row 1: column name is NULL",
            "INSERT INTO t (name) VALUES ('x')": "invalidInput: row 1: column id is NULL",
            "INSERT INTO t VALUES (2, 'b', 'yesterday')": "invalidInput: row 1, column day: 'yesterday' is no DATE",
            "INSERT INTO t VALUES (2, 'b', NULL), ('x', 'b', NULL)": "invalidInput: row 2, column id: 'x' is no BIGINT",
            "INSERT INTO t VALUES (1e30, 'b', NULL)":
                "invalidInput: row 1, column id: 1e+30 is out of range for BIGINT",
            "INSERT INTO t VALUES (TRUE, 'b', NULL)": "binding: row 1, column id is BIGINT, the value is BOOLEAN",
            "INSERT INTO t SELECT name, name, day FROM t": "binding: column id is BIGINT, the value is VARCHAR",
            "INSERT INTO t VALUES (2, 'b')": "binding: row 1 has 2 values for 3 columns",
            "INSERT INTO t SELECT 5": "binding: 1 values for 3 columns",
            "INSERT INTO t (id, nam) VALUES (2, 'b')": "binding: 't' has no column nam",
            "INSERT INTO t (id, ID) VALUES (2, 3)": "binding: column id stands twice",
            "INSERT INTO none VALUES (2)": "notFound: there is no table 'none'",
            "CREATE TABLE t (a BIGINT)": "conflict: there is a table 't' already",
            "CREATE TABLE x (a BIGINT, PRIMARY KEY (b))": "binding: the primary key's column b is not declared",
            "CREATE TABLE x (a INTERVAL)": "binding: column a: an INTERVAL cannot be stored",
            "CREATE TABLE x AS SELECT 1 AS a, 2 AS a": "invalidInput: there are two columns a",
            "CREATE TABLE x (timestamp DATE, user_id TEXT, event_name TEXT)":
                "binding: timestamp of an event table is TIMESTAMP",
            "DROP TABLE events": "invalidInput: every database has the table 'events'",
            "FUNNEL FROM t STEPS 'a', 'b' WITHIN 1 DAY": "binding: t is no event table: it has no user and time column",
            "INSERT INTO events (event_name, timestamp) VALUES ('a', NULL)":
                "invalidInput: row 1, column timestamp: an event needs a time",
        ]
        for (sql, message) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(refusal(db, sql) == message, "\(sql)")
        }
        #expect(try lines(db.query("SELECT * FROM t")) == ["1 a NULL"])
        #expect(try lines(db.query("SELECT count(*) FROM events")) == ["0"])
    }

    @Test("INSERT adds events: with a time or now, with new columns, from queries, into tables of their own")
    func insertEvents() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        let before = EventTime.now
        try db.execute(
            """
            INSERT INTO events (event_name, user_id, timestamp, properties.amount, properties.plan) VALUES
              ('signup', 'u1', '2024-03-01', NULL, 'pro'), ('pay', 'u1', '2024-03-01 12:00:00', 4.5, NULL),
              ('signup', 7, TIMESTAMP '2024-03-02', NULL, NULL);
            INSERT INTO events (event_name, user_id) VALUES ('ping', 'u1');
            CREATE TABLE web (timestamp TIMESTAMP, user_id TEXT, event_name TEXT, path TEXT);
            INSERT INTO web SELECT timestamp, user_id, event_name, '/home' FROM events WHERE event_name <> 'ping';
            """)
        #expect(
            try lines(db.query("FUNNEL FROM web STEPS 'signup', 'pay' WITHIN 1 DAY")).map { $0.prefix(10) } == [
                "1 signup 2", "2 pay 1 0.",
            ])
        #expect(
            try lines(db.query("SELECT user_id, properties.amount, properties.plan FROM events ORDER BY timestamp, 1"))
                .prefix(3) == ["u1 NULL pro", "u1 4.5 NULL", "7 NULL NULL"])
        let ping = try db.query("SELECT timestamp FROM events WHERE event_name = 'ping'")
        guard case .timestamp(let time) = ping.value(row: 0, column: 0) else { throw TestFailure() }
        #expect(time >= before && time <= .now)
        #expect(try lines(db.query("DESCRIBE web")).last == "path VARCHAR YES ")
        try db.execute("DROP TABLE web; CREATE TABLE web (timestamp TIMESTAMP, user_id TEXT, event_name TEXT)")
        #expect(try lines(db.query("SELECT count(*) FROM web")) == ["0"])
    }

    struct TestFailure: Error {}

    @Test("CREATE TABLE AS keeps names, types and rows; OR REPLACE puts another in its place")
    func createTableAs() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        #expect(
            try lines(
                db.query(
                    """
                    CREATE TABLE n AS SELECT x, x % 2 = 0 AS even, x / 2.0 AS half, DATE '2024-03-01' AS day, NULL AS none
                    FROM generate_series(1, 20000) AS g(x)
                    """)) == ["20000"])
        #expect(
            try lines(db.query("SELECT count(*), sum(x), count(none), max(half) FROM n WHERE even"))
                == ["10000 100010000 0 10000.0"])
        #expect(
            try lines(db.query("DESCRIBE n")).map { $0.split(separator: " ")[1] } == [
                "BIGINT", "BOOLEAN", "DOUBLE", "DATE", "VARCHAR",
            ])
        #expect(try lines(db.query("DELETE FROM n WHERE x > 3")) == ["19997"])
        #expect(try lines(db.query("CREATE OR REPLACE TABLE n AS SELECT sum(x) AS s FROM n")) == ["1"])
        #expect(try lines(db.query("SELECT * FROM n")) == ["6"])
        #expect(try lines(db.query("DELETE FROM n")) == ["1"])
        #expect(try lines(db.query("SELECT count(*) FROM n")) == ["0"])
    }

    @Test("rows put in and removed by the library")
    func library() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.execute(
            "CREATE TABLE c (id STRING PRIMARY KEY, mrr DOUBLE, since DATE); CREATE TABLE s (a STRING, n INT, PRIMARY KEY (a, n))"
        )
        let summary = try db.upsert(
            into: "c", [["id": "u1", "mrr": 9], ["id": "u2"], ["id": "u1", "since": "2024-03-01"]])
        #expect(summary.insertedCount == 2 && summary.replacedCount == 1)
        #expect(try lines(db.query("SELECT * FROM c ORDER BY id")) == ["u1 NULL day 19783", "u2 NULL NULL"])
        #expect(try db.delete(from: "c", keys: ["u1", "u1", "u9"]) == 1)
        try db.upsert(into: "s", [["a": "x", "n": 1], ["a": "x", "n": 2]])
        #expect(try db.delete(from: "s", keys: [["a": "x", "n": 2]]) == 1)
        #expect(try lines(db.query("SELECT * FROM s")) == ["x 1"])
        let error = #expect(throws: EventSQLError.self) { try db.upsert(into: "c", [["id": "u1", "mrrr": 9]]) }
        #expect(error?.message == "row 1: there is no column mrrr")
        #expect(throws: EventSQLError.self) { try db.delete(from: "s", keys: ["x"]) }
        #expect(throws: EventSQLError.self) { try db.upsert(into: "events", [["id": "u1"]]) }
        #expect(throws: EventSQLError.self) { try db.upsert(into: "none", [["id": "u1"]]) }
    }
}
