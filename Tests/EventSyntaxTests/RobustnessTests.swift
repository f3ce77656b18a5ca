import EventBase
import EventSyntax
import Testing

/// Goal: no text traps, overflows the stack or leaves an error without a place.
struct RobustnessTests {
    private static func error(_ text: String) throws -> EventSQLError {
        try #require(throws: EventSQLError.self) { try Parser.parseStatement(text) }
    }

    @Test(
        "a hundred thousand of anything that nests is a limit",
        arguments: [
            ("(", "1", ")"), ("NOT ", "a", ""), ("- ", "1", ""), ("CASE WHEN ", "a", " THEN 1 END"), ("f(", "1", ")"),
            ("[", "1", "]"),
            ("(SELECT ", "1", ")"), ("EXISTS (SELECT ", "1", ")"), ("CAST(", "1", " AS INT)"), ("a IN (", "1", ")"),
            ("a[", "1", "]"),
            ("~", "1", ""), ("1 + (", "1", ")"), ("x = ANY (SELECT ", "1", ")"), ("f(1) OVER (ORDER BY ", "1", ")"),
        ])
    func nesting(open: String, middle: String, close: String) throws {
        let text =
            "SELECT " + String(repeating: open, count: 100_000) + middle + String(repeating: close, count: 100_000)
        let error = try Self.error(text)
        #expect(error.kind == .limit)
        #expect(error.message.contains("levels deep"))
    }

    @Test(
        "nesting in other places is a limit too",
        arguments: [
            ("SELECT * FROM ", "(", "t"), ("SELECT * FROM ", "(SELECT * FROM ", "t"), ("", "(", "SELECT 1"),
            ("", "EXPLAIN ", "SELECT 1"),
            ("CREATE COHORT c AS USERS WHERE ", "(", "DID 'a'"),
            ("CREATE COHORT c AS USERS WHERE ", "NOT (", "DID 'a'"),
            ("SELECT a FROM t GROUP BY ", "GROUPING SETS (", "a"), ("", "WITH a AS (", "SELECT 1"),
            ("SELECT * FROM ", "(FUNNEL FROM e STEPS 'a' WHERE x IN (SELECT * FROM ", "t"),
        ])
    func nestingElsewhere(head: String, open: String, tail: String) throws {
        // As many as fit below the size limit, so that it is the nesting that is refused.
        let count = min(100_000, (Limits.statementSizeBytesMax - 100) / open.utf8.count)
        let error = try Self.error(head + String(repeating: open, count: count) + tail)
        #expect(error.kind == .limit)
        #expect(error.message.contains("levels deep"))
    }

    @Test("nesting up to the limit is read, printed and freed")
    func deepEnough() throws {
        for (open, close) in [
            ("(1 + ", ")"), ("f(", ")"), ("(SELECT ", ")"), ("- ", ""), ("CASE WHEN a THEN ", " END"),
        ] {
            let count = Limits.expressionDepthMax / 2 - 2
            let text = "SELECT " + String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            let statement = try Parser.parseStatement(text).statement
            #expect(
                try Parser.parseStatement(Printer.print(statement)).statement
                    == Parser.parseStatement(Printer.print(statement)).statement)
        }
    }

    @Test("a hundred thousand ORs nest as deep as their logarithm", arguments: ["OR", "AND"])
    func longLogic(word: String) throws {
        let text = "SELECT a" + String(repeating: " \(word) b", count: 100_000)
        let statement = try Parser.parseStatement(text).statement
        #expect(Printer.print(statement) == text)
        guard case .query(let query) = statement, case .select(let select) = query.body else { return }
        var depth = 0
        var expression = select.items[0].expression
        while case .binary(_, let left, _, _) = expression { (expression, depth) = (left, depth + 1) }
        #expect(depth <= 17)
        let cohort =
            "CREATE COHORT c AS USERS FROM events WHERE DID 'a'" + String(repeating: " \(word) DID 'b'", count: 100_000)
        #expect(Printer.print(try Parser.parseStatement(cohort).statement) == cohort)
    }

    @Test(
        "other long chains are a limit",
        arguments: [
            "SELECT 1" + String(repeating: " + 1", count: 100_000),
            "SELECT a" + String(repeating: "::int", count: 100_000),
            "SELECT a" + String(repeating: " IS NULL", count: 100_000),
            "SELECT a" + String(repeating: "[1]", count: 100_000),
            "SELECT 1" + String(repeating: " UNION ALL SELECT 1", count: 100_000),
            "SELECT * FROM a" + String(repeating: ", a", count: 100_000),
            "SELECT * FROM a" + String(repeating: " CROSS JOIN a", count: 100_000),
            "SELECT " + String(repeating: "(", count: 60) + "1"
                + String(repeating: String(repeating: " + 1", count: 100) + ")", count: 60),
        ])
    func longChains(text: String) throws {
        #expect(try Self.error(text).kind == .limit)
    }

    @Test("chains up to the limit are read, compared, printed and freed")
    func longEnough() throws {
        let text = "SELECT 1" + String(repeating: " + 1", count: Limits.expressionHeightMax - 2)
        let statement = try Parser.parseStatement(text).statement
        #expect(try Parser.parseStatement(text).statement == statement)
        #expect(Printer.print(statement) == text)
    }

    @Test("wide is fine: long lists, long names, many statements")
    func wide() throws {
        _ = try Parser.parseStatement(
            "SELECT a IN (" + Array(repeating: "1", count: 200_000).joined(separator: ", ") + ")")
        _ = try Parser.parseStatement(
            "INSERT INTO t VALUES " + Array(repeating: "(1, 'x')", count: 50_000).joined(separator: ", "))
        _ = try Parser.parseStatement("SELECT " + Array(repeating: "a", count: 100_000).joined(separator: "."))
        _ = try Parser.parseStatement(
            String(repeating: "/*", count: 100_000) + String(repeating: "*/", count: 100_000) + "SELECT 1")
        #expect(try Parser.parseScript(String(repeating: "SELECT 1;", count: 20_000)).count == 20_000)
    }

    @Test("a statement beyond the size limit is refused, a script of small ones is not")
    func size() throws {
        let blanks = String(repeating: " ", count: Limits.statementSizeBytesMax)
        #expect(try Self.error("SELECT" + blanks + "1").kind == .limit)
        #expect(try Parser.parseScript("SELECT 1;" + blanks + "SELECT 2").count == 2)
    }

    @Test(
        "texts with bytes changed, added and taken away never trap", arguments: [7, 8, UInt64.random(in: 9 ... .max)])
    func mutations(seed: UInt64) throws {
        print("RobustnessTests seed \(seed)")
        var random = SeededRandom(seed: seed)
        let snippets = [
            "(", ")", "'", "\"", ";", ",", "--", "/*", ":", "::", "E'\\", " AND ", " BETWEEN ", "$", "\u{0}", "é", "1e",
            "[", " FROM ", " NOT ",
        ]
        for round in 0..<1500 {
            var bytes = Array(Corpus.statements[round % Corpus.statements.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: snippets.randomElement(using: &random)!.utf8, at: place)
                case 3: bytes.removeSubrange(place...)
                default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
                }
            }
            try check(String(decoding: bytes, as: UTF8.self), seed)
        }
    }

    /// A text parses and prints stably, or fails with a place inside it that can be shown.
    private func check(_ text: String, _ seed: UInt64) throws {
        _ = Parser.isIncomplete(text)
        do throws(EventSQLError) {
            for parsed in try Parser.parseScript(text) {
                let printed = Printer.print(parsed.statement)
                let again: Statement
                do throws(EventSQLError) { again = try Parser.parseStatement(printed).statement } catch {
                    Issue.record("seed \(seed)\n\(parsed.text)\nprints as\n\(Diagnostics.render(error, printed))")
                    continue
                }
                #expect(
                    Shape.of(again) == Shape.of(parsed.statement), "seed \(seed)\n\(parsed.text)\nprints as\n\(printed)"
                )
            }
        } catch {
            let position = try #require(error.position, "seed \(seed): \(error)\n\(text)")
            #expect(error.kind == .syntax || error.kind == .limit)
            #expect(
                position.offsetBytes >= 0 && position.offsetBytes + position.lengthBytes <= text.utf8.count, "\(text)")
            let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(position.line >= 1 && position.line <= lines.count, "\(text)")
            if position.line <= lines.count {
                #expect(position.column <= lines[position.line - 1].count + 1, "\(text)")
            }
            #expect(!Diagnostics.render(error, text).isEmpty)
        }
    }
}
