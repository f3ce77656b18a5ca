import EventSQL
import EventTestSupport
import Testing

/// Goal: the library as an application uses it, through the disk and back.
struct DatabaseTests {
    private static let day: Int64 = 86_400_000_000
    private static let start = EventTime(micros: 1_709_251_200_000_000)  // 2024-03-01T00:00:00Z

    private func sample() -> [Event] {
        (0..<100).map { (index: Int) -> Event in
            let name = index % 2 == 0 ? "page_viewed" : "payment_completed"
            let time = EventTime(micros: Self.start.micros + Int64(index) * Self.day / 10)
            let plan: EventValue = index % 3 == 0 ? "pro" : "free"
            let properties: [String: EventValue] = [
                "amount": .double(Double(index) / 4), "plan": plan, "nested": ["depth": 2],
            ]
            return Event(name, user: "u\(index % 10)", at: time, properties, id: "e\(index)", session: "s\(index / 5)")
        }
    }

    @Test("what was appended is there after the database is opened again, and for a reader beside the writer")
    func appendReopenRead() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("db")
        let db = try EventDatabase.open(at: path)
        try db.append(sample())
        var readOnly = DatabaseOptions()
        readOnly.readOnly = true
        let reader = try EventDatabase.open(at: path, options: readOnly)
        for database in [db, reader] {
            let result = try database.query("SELECT count(*) AS n, count(DISTINCT user_id) AS users FROM events")
            #expect(try result.int64s("n") == [100])
            #expect(try result.int64s("users") == [10])
        }
        db.close()
        let again = try EventDatabase.open(at: path)
        try again.append(sample().map { Event("again", user: $0.user, at: $0.time) })
        let counts = try again.query(
            "SELECT event_name, count(*) AS n FROM events GROUP BY event_name ORDER BY event_name")
        #expect(try counts.strings("event_name") == ["again", "page_viewed", "payment_completed"])
        #expect(try counts.int64s("n") == [100, 50, 50])
        let table = try #require(again.info().tables.first)
        #expect(table.rowCount == 200 && again.info().userCount == 10)
        #expect(table.columns.map(\.name).contains("properties.nested.depth"))
    }

    @Test("a second writer is refused by name, a reader never")
    func secondWriter() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        let error = #expect(throws: EventSQLError.self) { try EventDatabase.open(at: directory.file("db")) }
        #expect(error?.kind == .conflict && error?.hint != nil)
        db.close()
        _ = try EventDatabase.open(at: directory.file("db"))
    }

    @Test("rows decode into structs; a misfit names row and column")
    func decodableRows() throws {
        struct NameCount: Decodable, Equatable {
            var event_name: String
            var n: Int
            var best: Double?
        }
        struct Wrong: Decodable { var event_name: Int }
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.append(sample())
        let result = try db.query(
            "SELECT event_name, count(*) AS n, max(properties.amount) AS best FROM events GROUP BY 1 ORDER BY 1")
        #expect(
            try result.rows(as: NameCount.self) == [
                NameCount(event_name: "page_viewed", n: 50, best: 24.5),
                NameCount(event_name: "payment_completed", n: 50, best: 24.75),
            ])
        let error = #expect(throws: EventSQLError.self) { try result.rows(as: Wrong.self) }
        #expect(error?.description.contains("row 1") == true && error?.description.contains("event_name") == true)
    }

    @Test("an event that cannot be stored leaves nothing of its batch behind")
    func badEvent() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        let bad = Event("x", user: "u", at: Self.start, ["text": .string(String(repeating: "x", count: 1 << 20))])
        #expect(throws: EventSQLError.self) { try db.append(sample() + [bad]) }
        #expect(try db.query("SELECT count(*) AS n FROM events").int64s("n") == [0])
    }

    @Test("funnel, retention and cohort work from the library, alone and in FROM")
    func behaviour() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.append(sample())
        let statement = "FUNNEL FROM events STEPS view: 'page_viewed', pay: 'payment_completed' WITHIN 30 DAYS"
        let funnel = try db.query(statement)
        #expect(funnel.kind == .funnel && !funnel.notes.isEmpty)
        #expect(try funnel.int64s("step") == [1, 2])
        #expect(try funnel.int64s("users") == [5, 0])  // even users view, odd users pay
        let inside = try db.query("SELECT name, users FROM (\(statement)) WHERE users > 0")
        #expect(try inside.strings("name") == ["view"])
        let retention = try db.query("RETENTION FROM events START 'page_viewed' RETURN ANY EVENT EVERY DAY PERIODS 3")
        #expect(retention.kind == .retention)
        #expect(try retention.int64s("size").allSatisfy { $0 == 5 })
        _ = try db.query("CREATE COHORT payers AS USERS WHERE COUNT('payment_completed') >= 10")
        let members = try db.query("SELECT count(DISTINCT user_id) AS n FROM events WHERE user_id IN COHORT payers")
        #expect(try members.int64s("n") == [5])
    }

    @Test("errors carry a position, and read with a caret")
    func errors() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.append(sample())
        let sql = "SELECT count(*)\nFROM events WHERE properties.amonut > 3"
        let error = try #require(#expect(throws: EventSQLError.self) { try db.query(sql) })
        #expect(error.kind == .binding && error.position?.line == 2)
        let text = EventDatabase.describe(error, in: sql)
        #expect(text.contains("^") && text.contains("properties.amount"))
    }

    @Test("a cancelled statement stops with an error that says so")
    func cancellation() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        try db.append(sample())
        let cancellation = Cancellation()
        cancellation.cancel()
        let error = #expect(throws: EventSQLError.self) {
            try db.query("SELECT properties.plan, count(*) FROM events GROUP BY 1", cancellation: cancellation)
        }
        #expect(error?.kind == .cancelled)
    }
}
