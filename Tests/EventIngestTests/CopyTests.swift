import EventIngest
import EventSQL
import Foundation
import Testing

/// Goal: what COPY writes, COPY reads back as it was, and rows that do not fit are told of. Method: awkward values through
/// files of both formats and back, compared by SQL; files written by hand.
struct CopyTests {
    let folder: TemporaryFolder
    let db: EventDatabase

    init() throws {
        folder = try TemporaryFolder()
        var options = DatabaseOptions()
        options.copyReader = .ingest
        db = try EventDatabase.open(at: folder.path("db"), options: options)
    }

    private static let columns = """
        (k BIGINT PRIMARY KEY, s VARCHAR, d DOUBLE, b BOOLEAN, at TIMESTAMP, day DATE, j JSON, address.city VARCHAR)
        """

    private func count(_ sql: String) throws -> Int64 { try db.query(sql).int64s("n")[0] }

    private func awkward() throws {
        try db.execute("CREATE TABLE t \(Self.columns)")
        let texts = [
            "''", "NULL", "'a,b\"c;d'", "E'line\\nbreak\\r\\n\\ttab\\\\'", "' sp '", "'007'", "'NULL'", "'\\N'",
            "'true'", "'1e5'", "'ä€😀'", "E'\\x01'", "'\"'", "'{}'", "'NaN'",
        ]
        let doubles = ["NULL", "'NaN'", "'Infinity'", "'-Infinity'", "-0.0", "1e300", "5e-324", "0.1", "3.0"]
        let times = ["NULL", "'0001-01-01'", "'9999-12-31 23:59:59.999999'", "'2024-02-29 12:00:00.5'"]
        let days = ["NULL", "'0001-01-01'", "'9999-12-31'", "'2024-02-29'"]
        let documents = ["NULL", "'{\"a\":[1,2,{\"b\":null}]}'", "'\"x\"'", "'1'", "'[]'", "'true'", "'\"\"'"]
        for index in 0..<60 {
            let row = [
                "\(index)", texts[index % texts.count], doubles[index % doubles.count],
                ["true", "false", "NULL"][index % 3],
                times[index % times.count], days[index % days.count], documents[index % documents.count],
                texts[(index * 7 + 3) % texts.count],
            ]
            try db.execute("INSERT INTO t VALUES (\(row.joined(separator: ", ")))")
        }
    }

    @Test(
        "awkward values come back as they were",
        arguments: [
            ("a.csv", ""), ("a.jsonl", ""), ("a.txt", "(FORMAT csv, HEADER false)"),
            ("b.csv", "(DELIMITER ';', NULL '\\N')"), ("c.csv", "(HEADER, DELIMITER E'\\t', NULL 'NULL')"),
            ("d.out", "(FORMAT json)"),
        ])
    func roundTrip(name: String, options: String) throws {
        try awkward()
        let path = folder.path(name)
        #expect(try db.query("COPY t TO '\(path)' \(options)").int64s("copied") == [60])
        try db.execute("CREATE TABLE u \(Self.columns)")
        let result = try db.query("COPY u FROM '\(path)' \(options)")
        #expect(try result.int64s("copied") == [60])
        #expect(result.notes == [])
        let text = "k, s, d::VARCHAR AS d, b, at, day, j::VARCHAR AS j, address.city"
        let difference = "(SELECT \(text) FROM t EXCEPT SELECT \(text) FROM u)"
        #expect(try count("SELECT count(*) AS n FROM \(difference)") == 0)
        #expect(folder.files(in: ".").contains { $0.hasSuffix(".tmp") } == false)
    }

    @Test("events copied out and in are the same events", arguments: ["e.csv", "e.jsonl"])
    func events(name: String) throws {
        let lines = (0..<500).map { index in
            #"{"timestamp":\#(1_700_000_000 + index),"user_id":"\#(index % 7)","event_name":"e\#(index % 3)","n":\#(index),"#
                + #""deep":{"s":"x,\#(index % 5)\"\n","d":\#(Double(index) / 8 + 0.0625)},"list":[1,"a"]}"#
        }
        let source = try folder.write("source.jsonl", lines.joined(separator: "\n"))
        try db.execute("CREATE TABLE copied (timestamp TIMESTAMP, user_id VARCHAR, event_name VARCHAR)")
        try EventIngest.ingest(into: db, inputs: [.file(source)])
        let path = folder.path(name)
        try db.execute("COPY events TO '\(path)'")
        try db.execute("COPY copied FROM '\(path)'")
        let text = "timestamp, user_id, event_name, n, deep.s, deep.d, list::VARCHAR AS list"
        #expect(try count("SELECT count(*) AS n FROM copied") == 500)
        let difference = "(SELECT \(text) FROM events EXCEPT ALL SELECT \(text) FROM copied)"
        #expect(try count("SELECT count(*) AS n FROM \(difference)") == 0)
    }

    @Test("rows that do not fit go to the rejects file with line and reason, and the others are stored")
    func rejects() throws {
        try db.execute("CREATE TABLE t (k BIGINT PRIMARY KEY, name VARCHAR NOT NULL)")
        let csv = try folder.write("in.csv", "k,name\n1,one\nzwei,two\n3,\n4,\"a\nb\"\n5,x,y\n6,six\n")
        let rejects = folder.path("rejected.jsonl")
        let result = try db.query("COPY t FROM '\(csv)' (REJECTS '\(rejects)')")
        #expect(try result.int64s("copied") == [3])
        #expect(result.notes == ["3 rows were refused; they are in \(rejects)"])
        let lines = try String(contentsOfFile: rejects, encoding: .utf8).split(separator: "\n")
        #expect(
            lines.map { $0.prefix(35) } == [
                #"{"line":3,"reason":"bad_value","det"#, #"{"line":4,"reason":"missing_value","#,
                #"{"line":7,"reason":"field_count","d"#,
            ])
        #expect(lines[0].contains("'zwei' is no BIGINT"))
        let json = try folder.write("in.jsonl", #"{"k":7,"name":"seven"}"# + "\n" + #"{"k":8,"name":"x","extra":1}"#)
        #expect(try db.query("COPY t FROM '\(json)'").int64s("copied") == [1])
        #expect(try count("SELECT count(*) AS n FROM t") == 4)
    }

    @Test("a strict copy stores nothing and names file and line")
    func strict() throws {
        try db.execute("CREATE TABLE t (k BIGINT PRIMARY KEY)")
        let csv = try folder.write("in.csv", "k\n1\nx\n")
        for option in ["STRICT", "ON_ERROR stop", "IGNORE_ERRORS false"] {
            let error = try #require(throws: EventSQLError.self) { try db.query("COPY t FROM '\(csv)' (\(option))") }
            #expect(error.message.contains("line 3: bad_value") && error.path == csv)
        }
        #expect(try count("SELECT count(*) AS n FROM t") == 0)
    }

    @Test("keys that the table has fail, stay or give way, as ON_CONFLICT says")
    func conflicts() throws {
        try db.execute("CREATE TABLE t (k BIGINT PRIMARY KEY, v BIGINT); INSERT INTO t VALUES (1, 1)")
        let csv = try folder.write("in.csv", "k,v\n1,10\n2,20\n")
        #expect(throws: EventSQLError.self) { try db.query("COPY t FROM '\(csv)'") }
        #expect(try count("SELECT sum(v) AS n FROM t") == 1)
        try db.execute("COPY t FROM '\(csv)' (ON_CONFLICT ignore)")
        #expect(try count("SELECT sum(v) AS n FROM t") == 21)
        try db.execute("COPY t FROM '\(csv)' (ON_CONFLICT replace)")
        #expect(try count("SELECT sum(v) AS n FROM t") == 30)
    }

    @Test("columns can be chosen both ways, and a query that fails leaves no file")
    func columns() throws {
        try db.execute(
            "CREATE TABLE t (a BIGINT, b VARCHAR, c VARCHAR); INSERT INTO t VALUES (1, 'x', 'y'), (2, NULL, '')")
        let path = folder.path("ba.csv")
        try db.execute("COPY t (b, a) TO '\(path)' (NULL '-')")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "b,a\nx,1\n-,2\n")
        try db.execute("CREATE TABLE u (a BIGINT, b VARCHAR, c VARCHAR); COPY u (c, a) FROM '\(path)' (NULL '-')")
        #expect(try count("SELECT count(*) AS n FROM u WHERE b IS NULL AND (c = 'x' OR a = 2)") == 2)
        #expect(throws: EventSQLError.self) { try db.query("COPY (SELECT 1 / (a - 2) FROM t) TO '\(path).2'") }
        #expect(folder.files(in: ".").filter { $0.hasPrefix("ba.csv") } == ["ba.csv"])
        let twice = #expect(throws: EventSQLError.self) { try db.query("COPY (SELECT a, a FROM t) TO '\(path).jsonl'") }
        #expect(twice?.message.contains("two members") == true)
    }

    @Test("a mistaken option is refused at its place")
    func options() throws {
        try db.execute("CREATE TABLE t (a BIGINT)")
        for (options, part) in [
            ("(HEDER)", "no option heder"), ("(FORMAT xml)", "csv or jsonl"), ("(DELIMITER ';;')", "one ASCII"),
            ("(FORMAT jsonl, HEADER)", "for FORMAT csv"), ("(STRICT)", "for COPY FROM"),
            ("(HEADER 7)", "true or false"),
        ] {
            let error = try #require(throws: EventSQLError.self) {
                try db.query("COPY t TO '\(folder.path("x"))' \(options)")
            }
            #expect(error.message.contains(part) && error.position != nil, "\(options): \(error)")
        }
        #expect(throws: EventSQLError.self) { try db.query("COPY t TO '\(folder.path("db"))'") }
        #expect(throws: EventSQLError.self) { try db.query("COPY nothing FROM '\(folder.path("x"))'") }
        #expect(throws: EventSQLError.self) { try db.query("COPY t FROM '\(folder.path("missing.csv"))'") }
        let other = try EventDatabase.open(at: folder.path("other"))
        #expect(throws: EventSQLError.self) { try other.query("COPY t FROM 'x.csv'") }
    }
}
