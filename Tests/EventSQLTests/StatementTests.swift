import EventSQL
import EventTestSupport
import Testing

/// Goal: views, parameters and settings through the public interface.
struct StatementTests {
    private func withDatabase(_ body: (EventDatabase, String) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("db")
        let db = try EventDatabase.open(at: path)
        let start: Int64 = 1_709_251_200_000_000
        try db.append(
            (0..<10).map { (index: Int) -> Event in
                let properties: [String: EventValue] = [
                    "amount": .double(Double(index)), "plan": index < 3 ? "pro" : "free",
                ]
                let time = EventTime(micros: start + Int64(index) * 3_600_000_000)
                return Event(index % 2 == 0 ? "view" : "pay", user: "u\(index % 4)", at: time, properties)
            })
        try body(db, path)
    }

    @Test("queries of a view and of the statement that stand at one place of their texts are told apart")
    func placesInViews() throws {
        try withDatabase { db, _ in
            _ = try db.query(
                "CREATE VIEW v AS WITH a AS (SELECT 1 AS x) SELECT (SELECT max(x) FROM a) AS m, p.x FROM a p, a q")
            let text =
                "WITH b AS (SELECT 2 AS x) SELECT (SELECT max(x) FROM b) AS n, p.x AS x, m, v.x AS y FROM b p, b q, v"
            let found = try db.query(text)
            #expect(
                try [found.int64s("n"), found.int64s("x"), found.int64s("m"), found.int64s("y")] == [
                    [2], [2], [1], [1],
                ])
        }
    }

    @Test("a view answers as its query does, is described, listed, kept over a reopening, replaced and dropped")
    func views() throws {
        try withDatabase { db, path in
            _ = try db.query(
                "CREATE VIEW pays (who, what) AS SELECT user_id, properties.amount FROM events WHERE event_name = 'pay'"
            )
            #expect(try db.query("SELECT sum(what) AS s FROM pays").doubles("s") == [25])
            _ = try db.query(
                "CREATE VIEW big AS WITH c AS (SELECT * FROM pays) SELECT a.who FROM c a JOIN c b ON a.what = b.what WHERE a.what > 4"
            )
            #expect(try db.query("SELECT count(*) AS n FROM big x JOIN pays y USING (who)").int64s("n") == [8])
            #expect(try db.query("DESCRIBE pays").strings("column") == ["who", "what"])
            #expect(try db.query("SHOW VIEWS").strings("view") == ["big", "pays"])
            #expect(throws: EventSQLError.self) { try db.query("CREATE VIEW pays AS SELECT 1") }
            #expect(throws: EventSQLError.self) { try db.query("CREATE VIEW bad AS SELECT nothing FROM events") }
            db.close()
            let again = try EventDatabase.open(at: path)
            #expect(try again.query("SELECT count(*) AS n FROM big").int64s("n") == [3])
            _ = try again.query("CREATE OR REPLACE VIEW pays AS SELECT 1 AS one")
            let error = #expect(throws: EventSQLError.self) { try again.query("SELECT * FROM big") }
            #expect(error?.message.contains("in the view big") == true && error?.position != nil)
            _ = try again.query(
                "CREATE OR REPLACE VIEW pays AS SELECT user_id AS who, properties.amount AS what FROM events")
            _ = try again.query("CREATE OR REPLACE VIEW pays AS SELECT who, 1 AS what FROM big")
            #expect(throws: EventSQLError.self) { try again.query("SELECT * FROM pays") }
            _ = try again.query("DROP VIEW big; ")
            _ = try again.query("DROP VIEW IF EXISTS big")
            #expect(throws: EventSQLError.self) { try again.query("DROP VIEW big") }
        }
    }

    @Test("information_schema knows tables, views and columns; SUMMARIZE tells of each column")
    func catalog() throws {
        try withDatabase { db, _ in
            _ = try db.query("CREATE VIEW v AS SELECT user_id AS u FROM events")
            let tables = try db.query("SELECT table_name, table_type FROM information_schema.tables ORDER BY 1")
            #expect(try tables.strings("table_name") == ["events", "v"])
            let columns = try db.query(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name IN ('events', 'v') AND column_name IN ('properties.amount', 'u') ORDER BY 1"
            )
            #expect(try columns.strings("data_type") == ["DOUBLE", "VARCHAR"])
            let summary = try db.query(
                "SUMMARIZE SELECT properties.amount AS a, properties.plan AS p, NULL AS n FROM events")
            #expect(try summary.strings("column") == ["a", "p", "n"])
            #expect(try summary.int64s("distinct") == [10, 2, 0])
            #expect(summary.value(row: 0, column: 7) == .string("4.5"))
            #expect(summary.value(row: 1, column: 7) == .null)
            #expect(try summary.int64s("nulls") == [0, 0, 10])
        }
    }

    @Test("values take the place of parameters and are never read as SQL")
    func parameters() throws {
        try withDatabase { db, _ in
            let statement = try db.prepare(
                "SELECT count(*) AS n FROM events WHERE event_name = $1 AND properties.amount >= :least")
            #expect(statement.valueCount == 1 && statement.names == ["least"])
            #expect(try statement.run(["pay"], ["least": 5]).int64s("n") == [3])
            #expect(try statement.run(["view"], ["least": 0.5]).int64s("n") == [4])
            #expect(try statement.run(["' OR true --"], ["least": 0]).int64s("n") == [0])
            #expect(try statement.run([nil], ["least": 0]).int64s("n") == [0])
            #expect(
                try db.query("SELECT count(*) AS n FROM events WHERE timestamp < ?", ["2024-03-01 03:00"]).int64s("n")
                    == [3])
            let missing = #expect(throws: EventSQLError.self) { try statement.run(["pay"]) }
            #expect(missing?.position?.column == 81 && missing?.message == "parameter :least has no value")
            let wrong = #expect(throws: EventSQLError.self) { try statement.run(["pay"], ["least": "many"]) }
            #expect(wrong?.kind == .invalidInput && wrong?.position != nil)
            #expect(throws: EventSQLError.self) { try statement.run(["pay", "view"], ["least": 1]) }
            #expect(throws: EventSQLError.self) { try statement.run(["pay"], ["least": 1, "most": 2]) }
            #expect(throws: EventSQLError.self) { try statement.run([["a": 1]], ["least": 1]) }
            #expect(throws: EventSQLError.self) { try db.query("SELECT $1") }
        }
    }

    @Test("settings are shown, set, obeyed and reset")
    func settings() throws {
        try withDatabase { db, _ in
            _ = try db.query("SET threads = 1")
            #expect(try db.query("SHOW threads").strings("value") == ["1"])
            _ = try db.query("SET memory_limit = '1MiB'")
            #expect(try db.query("SHOW memory_limit").strings("value") == ["1048576 bytes"])
            let error = #expect(throws: EventSQLError.self) {
                try db.query(
                    "SELECT a.x, b.y FROM generate_series(1, 2000) AS a (x), generate_series(1, 2000) AS b (y) ORDER BY 1, 2"
                )
            }
            #expect(error?.kind == .limit)
            _ = try db.query("RESET memory_limit")
            _ = try db.query("SET statement_timeout TO '5s'")
            #expect(try db.query("SHOW statement_timeout").strings("value") == ["5000 ms"])
            #expect(
                try db.query("SHOW ALL").strings("setting") == [
                    "memory_limit", "statement_timeout", "threads", "timezone",
                ])
            _ = try db.query("RESET ALL")
            #expect(try db.query("SHOW statement_timeout").strings("value") == ["none"])
            for bad in [
                "SET threads = 0", "SET memory_limit = 'much'", "SET nothing = 1", "RESET nothing", "SHOW nothing",
            ] {
                let error = #expect(throws: EventSQLError.self) { try db.query(bad) }
                #expect(error?.position != nil, "\(bad)")
            }
        }
    }
}
