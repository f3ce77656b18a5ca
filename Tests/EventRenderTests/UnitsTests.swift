import EventRender
import EventSQL
import EventTestSupport
import Testing

struct UnitsTests {
    @Test("numbers read as people write them")
    func numbers() {
        #expect(Units.grouped(1_234_567) == "1,234,567" && Units.grouped(-999) == "-999" && Units.grouped(0) == "0")
        #expect(Units.bytes(999) == "999 B" && Units.bytes(1_500_000) == "1.5 MB")
        #expect(
            Units.seconds(0.0305) == "30.5 ms" && Units.seconds(7200) == "2.0 h" && Units.seconds(200_000) == "2.3 days"
        )
        #expect(
            Units.decimal(0.999, 1) == "1.0" && Units.decimal(-0.04, 1) == "0.0" && Units.percent(0.1234) == "12.3 %")
    }

    @Test("text fits cells: wide characters are two, cuts are marked, control characters cannot act")
    func cells() {
        #expect(DisplayText.width("日本") == 4 && DisplayText.width("e\u{301}") == 1)
        #expect(DisplayText.fit("日本語", 4) == "日… " && DisplayText.fit("ab", 4, right: true) == "  ab")
        #expect(DisplayText.printable("a\n\u{1b}[0m") == "a\\n\\x1b[0m")
    }

    @Test("every format prints NULL, quotes and line breaks so that they can be read back")
    func formats() throws {
        let directory = try TemporaryDirectory()
        let db = try EventDatabase.open(at: directory.file("db"))
        let result = try db.query(
            "SELECT 1 AS a, 'x,\"y\"\n' AS \"b c\", NULL AS n, 2.5 AS d, DATE '2024-02-29' AS day")
        func text(_ format: ResultFormat) -> String {
            var output = ""
            format.print(result, style: RenderStyle()) { output += $0 }
            return output
        }
        #expect(text(.csv) == "a,b c,n,d,day\n1,\"x,\"\"y\"\"\n\",,2.5,2024-02-29\n")
        #expect(text(.jsonl) == #"{"a":1,"b c":"x,\"y\"\n","n":null,"d":2.5,"day":"2024-02-29"}"# + "\n")
        #expect(text(.markdown).hasPrefix("| a | b c | n | d | day |\n|---:|---|"))
        #expect(text(.table).contains("NULL") && text(.table).hasSuffix("1 row\n"))
    }
}
