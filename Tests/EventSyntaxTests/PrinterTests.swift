import EventBase
import EventSyntax
import Testing

/// Goal: what the printer writes reads back as the same tree, and is the same however often it is printed.
/// Method: the whole corpus, and statements made at random; trees are compared without positions.
struct PrinterTests {
    private func check(_ text: String) throws {
        let first = try Parser.parseStatement(text).statement
        let printed = Printer.print(first)
        let second: Statement
        do { second = try Parser.parseStatement(printed).statement } catch {
            Issue.record("\(text)\nprints as\n\(Diagnostics.render(error, printed))")
            return
        }
        #expect(Shape.of(first) == Shape.of(second), "\(text)\nprints as\n\(printed)")
        #expect(Printer.print(second) == printed)
    }

    @Test("print then parse gives the same tree", arguments: Corpus.statements)
    func corpus(text: String) throws { try check(text) }

    @Test(
        "print then parse gives the same tree, statements made at random",
        // The long seed once printed NOT (EXISTS (...) % x) without its parentheses.
        arguments: [1, 2, 3, 16_637_416_421_832_786_775, UInt64.random(in: 4 ... .max)])
    func random(seed: UInt64) throws {
        print("PrinterTests seed \(seed)")
        var maker = StatementMaker(seed: seed)
        for _ in 0..<150 {
            let text = maker.statement()
            do { try check(text) } catch {
                Issue.record("seed \(seed): \(error)\n\(text)")
                return
            }
        }
    }

    @Test("parentheses stand only where they are needed")
    func canonical() throws {
        func canonical(_ text: String) throws -> String { Printer.print(try Parser.parseStatement(text).statement) }
        #expect(try canonical("select ((a+b))*c, (a*b)+c, a-(b-c)") == "SELECT (a + b) * c, a * b + c, a - (b - c)")
        #expect(
            try canonical("select a from t where (x = 1) and (y = 2 or z)")
                == "SELECT a FROM t WHERE x = 1 AND (y = 2 OR z)")
        #expect(try canonical("select a b from t c order by 1 asc") == "SELECT a AS b FROM t AS c ORDER BY 1")
        #expect(try canonical("select -2 ^ 2, -(2 ^ 2), not a in (1)") == "SELECT -2 ^ 2, -(2 ^ 2), NOT a IN (1)")
        #expect(
            try canonical("funnel from events steps s: 'a', 'b' where x=1 within 7 days")
                == "FUNNEL FROM events STEPS s: 'a', b: 'b' WHERE x = 1 WITHIN 7 DAYS ORDERED")
        #expect(try canonical("select \"Select\", \"a b\", \"plain\"") == "SELECT \"Select\", \"a b\", plain")
    }

    @Test("precedence is PostgreSQL's")
    func precedence() throws {
        let pairs = [
            ("a OR b AND NOT c = d", "a OR (b AND (NOT (c = d)))"), ("a = b IS NULL", "(a = b) IS NULL"),
            ("a + b || c", "(a + b) || c"), ("a || b IN (c)", "(a || b) IN (c)"), ("a IN (b) = c", "(a IN (b)) = c"),
            ("-a ^ b", "(-a) ^ b"), ("-a::int", "-(a::int)"), ("a ^ b ^ c", "(a ^ b) ^ c"),
            ("a - b - c", "(a - b) - c"),
            ("a < b AND c BETWEEN d AND e AND f", "(a < b) AND (c BETWEEN d AND e) AND f"),
            ("NOT a IS NULL", "NOT (a IS NULL)"), ("a -> b = c", "(a -> b) = c"), ("a LIKE b || c", "a LIKE (b || c)"),
            ("a * b AT TIME ZONE c", "a * (b AT TIME ZONE c)"), ("a NOT LIKE b OR c", "(a NOT LIKE b) OR c"),
        ]
        for (bare, explicit) in pairs {
            let a = try Parser.parseStatement("SELECT " + bare).statement
            let b = try Parser.parseStatement("SELECT " + explicit).statement
            #expect(Shape.of(a) == Shape.of(b), "\(bare)")
        }
    }
}
