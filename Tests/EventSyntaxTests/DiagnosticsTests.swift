import EventBase
import EventSyntax
import Testing

/// Goal: an error says what was found, what was expected, where, and what was probably meant.
struct DiagnosticsTests {
    @Test(
        "typical mistakes",
        arguments: [
            ("SELECT * FORM events", "expected FROM, found 'FORM'", 10, "did you mean FROM?"),
            ("SELECT * FROM events WHER x = 1", "expected WHERE, found 'WHER'", 22, "did you mean WHERE?"),
            ("SELCT 1", "expected a statement, found 'SELCT'", 1, "did you mean SELECT?"),
            ("SELECT a, FROM t", "expected another item after ',', found 'FROM'", 9, "remove the trailing comma"),
            (
                "SELECT (1 + (2 * 3) FROM t", "expected ',' or ')', found 'FROM'", 21,
                "the parenthesis of line 1, column 8 is still open"
            ),
            (
                "SELECT (1 + 2", "expected ')', found the end of the statement", 8,
                "the parenthesis that opens here is never closed"
            ),
            ("SELECT a == 1", "expected the end of the statement, found '=='", 10, "equality is written with one ="),
            (
                "SELECT 'abc", "expected the end of the string, found the end of the text", 8,
                "the quote that opens here is never closed"
            ),
            ("SELECT 12abc", "expected a number, found letters right behind its digits", 8, nil),
            ("SELECT a < b < c", "expected the end of the comparison, found '<'", 14, nil),
            (
                "FUNNEL FROM events STEPS 'a', 'b' WITHIN 7",
                "expected a unit such as DAYS after WITHIN 7, found the end of the statement", 43,
                "write WITHIN 7 DAYS; units are SECONDS, MINUTES, HOURS, DAYS, WEEKS"
            ),
            (
                "FUNNEL FROM events STEPS 'a', 'b' WITIN 7 DAYS", "expected the end of the statement, found 'WITIN'",
                35, "did you mean WITHIN?"
            ),
            (
                "FUNNEL FROM events STEPS \"a\", 'b'", "expected an event name or ANY EVENT, found '\"a\"'", 26,
                "strings stand in single quotes: 'a'"
            ),
            (
                "FUNNEL FROM events STEPS 'a', 'b' EVERY DAY EVERY WEEK", "expected one EVERY, found a second one", 45,
                "the first EVERY is at line 1, column 35"
            ),
            (
                "FUNNEL FROM events STEPS a: 'a', b: 'b' EXCLUDE 'x' BETWEEN a AND c",
                "expected the name of a step, found 'c'", 67, "the steps are a, b"
            ),
            (
                "CREATE COHORT c AS USERS WHERE 'a'",
                "expected a condition: DID, COUNT, SUM, IN COHORT, found the string 'a'", 32,
                "write DID before the event"
            ),
            (
                "SELECT user FROM WHERE x", "expected a table name, a function or a subquery, found 'WHERE'", 18,
                "WHERE is reserved; as a name it stands in double quotes"
            ),
            ("", "expected a statement, found the end of the text", 1, nil),
            ("SELECT 1; SELECT 2", "expected one statement, found a second one", 11, nil),
            ("SELECT $0", "expected a parameter $1 to $65535, found '$0'", 8, nil),
            (
                "FUNNEL FROM events WHERE x = 1 STEPS 'a'", "expected STEPS, found 'WHERE'", 20,
                "the steps stand first, then WHERE and other clauses"
            ),
            ("FUNNEL STEPS 'a'", "expected a statement, found 'FUNNEL'", 1, "write FUNNEL FROM events ..."),
        ] as [(String, String, Int, String?)])
    func mistakes(text: String, message: String, column: Int, hint: String?) throws {
        let error = try #require(throws: EventSQLError.self) { try Parser.parseStatement(text) }
        #expect(error.message == message)
        #expect(error.kind == .syntax)
        #expect(error.position?.column == column)
        if let hint { #expect(error.hint == hint) }
    }

    @Test("the mark stands under the run, whatever stands before it")
    func rendering() throws {
        let text = "SELECT 'größe',\n\tä, 'b' == 2\nFROM t"
        let error = try #require(throws: EventSQLError.self) { try Parser.parseStatement(text) }
        #expect(
            Diagnostics.render(error, text) == """
                syntax error: expected the end of the statement, found '==' (line 2, column 9)
                 ä, 'b' == 2
                        ^^
                hint: equality is written with one =
                """)
    }

    @Test("long lines are cut around the mark")
    func longLine() throws {
        let text = "SELECT " + String(repeating: "aaaaaaaa, ", count: 100) + "==" + String(repeating: " x", count: 100)
        let error = try #require(throws: EventSQLError.self) { try Parser.parseStatement(text) }
        let lines = Diagnostics.render(error, text).split(separator: "\n")
        let mark = try #require(lines[2].firstIndex(of: "^"))
        let column = lines[2].distance(from: lines[2].startIndex, to: mark)
        #expect(lines[1].dropFirst(column).hasPrefix("=="))
        #expect(lines[1].count < 120)
    }

    @Test("edit distance finds near words only")
    func distance() {
        #expect(EditDistance.between("form", "FROM") == 1)
        #expect(EditDistance.between("kitten", "sitting") == 3)
        #expect(EditDistance.between("", "ab") == 2)
        #expect(EditDistance.nearest(to: "selct", in: ["select", "set"]) == "select")
        #expect(EditDistance.nearest(to: "x", in: ["a", "b"]) == nil)
    }
}
