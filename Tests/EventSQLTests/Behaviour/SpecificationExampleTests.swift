import EventSQL
import EventTestSupport
import Foundation
import Testing

/// Goal: the worked examples of SPEC.md 3 are true. Each block holds events on its first line, then statements with the
/// columns to look at behind ` : `, and below each its rows.
struct SpecificationExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var section: String
        var events: String
        var statements: [(sql: String, columns: String, rows: [String])]
        var testDescription: String { "\(section): \(events)" }
    }

    static let examples: [Example] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = (try? String(contentsOf: root.appending(path: "SPEC.md"), encoding: .utf8)) ?? ""
        var examples: [Example] = []
        for section in text.components(separatedBy: "\n### ") where section.hasPrefix("3.") {
            let title = section.prefix { $0 != "\n" }
            for block in section.components(separatedBy: "```example\n").dropFirst() {
                let lines = block.components(separatedBy: "\n").prefix { $0 != "```" }
                examples.append(Self.example(String(title), Array(lines)))
            }
        }
        return examples
    }()

    private static func example(_ section: String, _ lines: [String]) -> Example {
        var example = Example(section: section, events: lines[0], statements: [])
        for line in lines.dropFirst() {
            if let place = line.range(of: " : ") {
                example.statements.append((String(line[..<place.lowerBound]), String(line[place.upperBound...]), []))
            } else {
                example.statements[example.statements.count - 1].rows.append(line)
            }
        }
        return example
    }

    /// What an example of each section must have in some statement: the clauses of SPEC 3.1.
    static let clauses: [(section: String, words: [String])] = [
        (
            "3.2 ",
            [
                "BY ", "WITHIN 1 DAY", "WITHIN 5 SECONDS, 1 MINUTE", "WITHIN SESSION", "STRICT :", "STRICT AMONG STEPS",
                "ANY ORDER", "TIES STRICT", "TIES WITHIN", "ENTRY FIRST", "ENTRY LAST", "ENTRY BEST", "ENTRY EVERY",
                "EXCLUDE", "BETWEEN a AND b", "ON MATCH DROP", "HOLD", "BREAKDOWN", "ATTRIBUTE STEP", "TOP",
                "EVERY DAY", "COUNT SESSIONS", "COUNT TOTALS", "WITH CONFIDENCE", "LIST USERS AT", "DROPPED AFTER",
                "LIST TIMES", "LIST HISTOGRAM", "WHERE", "OPTIONAL", "ANCHORED", "FIRST TIME", "FIRST EVER",
                "OF PREVIOUS", "EVERY DAY ZONE properties.tz ELSE",
            ]
        ),
        (
            "3.3 ",
            [
                "BY ", "PERIODS", "RECURRING", "FIRST EVER", "ON OR AFTER", "ON OR BEFORE", "STREAK", "BRACKETS",
                "CLOCK ROLLING", "VALUE SUM", "VALUE AVG", "MINIMUM", "BREAKDOWN", "TOP", "EVERY WEEK",
                "WEEK STARTS SUNDAY", "ZONE", "WITH CONFIDENCE", "LIST USERS", "ANY EVENT", "WHERE",
            ]
        ),
        (
            "3.4 ",
            [
                "COUNT(", "COUNT(DISTINCT", "DAYS(", "WEEKS(", "MONTHS(", "SUM(", "AVG(", "MIN(", "MAX(", "FIRST DID",
                "LAST DID", "DID NOT", "THEN", "WITHIN",
                "IN LAST", "BETWEEN", "SINCE", "BEFORE", "AS OF", "IN COHORT", "VALUES", "REFRESH", "HISTORY", "DROP",
                "EXPLAIN", "BREAKDOWN user_id IN COHORT",
            ]
        ),
        (
            "3.8 ",
            [
                "BY ", "AFTER", "BEFORE", "BETWEEN", "DEPTH", "WITHIN", "EXCLUDE", "ONLY", "NODE", "REPLACE",
                "KEEP REPEATS", "COUNT SESSIONS", "COUNT TOTALS", "TOP", "MINIMUM", "MAXIMUM", "BREAKDOWN",
                "ATTRIBUTE FIRST", "ATTRIBUTE LAST", "LIST EDGES", "LIST PATHS", "LIST USERS",
            ]
        ),
        (
            "3.9 ",
            [
                "BY ", "COUNT OF", "USERS OF", "SUM(", "AVG(", "MIN(", "MAX(", "MEDIAN(", "QUANTILE(", "OVER",
                "FORMULA",
                "EVERY MONTH", "EVERY QUARTER",
                "WEEK STARTS SUNDAY", "ZONE", "BREAKDOWN", "TOP", "WHERE",
            ]
        ),
        (
            "3.10 ",
            [
                "BY ", "OF 'use'", "EVERY WEEK", "EVERY YEAR", "CUMULATIVE", "MINIMUM", "ATTRIBUTE LAST",
                "ATTRIBUTE ALL TOP",
                "LIST USERS", "WEEK STARTS SUNDAY", "WHERE",
            ]
        ),
        ("3.11 ", ["BY ", "GAP", "USING", "START", "END", "MAXIMUM", "BREAKDOWN", "TIMELINE"]),
    ]

    @Test("every clause has a worked example", arguments: clauses.indices)
    func everyClause(index: Int) {
        let (section, words) = Self.clauses[index]
        let statements = Self.examples.filter { $0.section.hasPrefix(section) }.flatMap(\.statements)
        for word in words {
            #expect(statements.contains { "\($0.sql) :".contains(word) }, "SPEC \(section) has no example of \(word)")
        }
    }

    @Test("functions, virtual events, AS SQL and buyers have examples")
    func sections() {
        let numbers = Set(Self.examples.map { $0.section.prefix { $0 != " " } })
        #expect(numbers.isSuperset(of: ["3.5", "3.6", "3.7", "3.12", "3.13"]), "\(numbers)")
    }

    @Test("a worked example is what the engine answers", arguments: examples)
    func example(example: Example) throws {
        let shop = try ShopDatabase(example.events)
        for statement in example.statements {
            let rows = try shop.rows(statement.sql, statement.columns == "nothing" ? "" : statement.columns)
            #expect(rows == statement.rows, "\(statement.sql)")
        }
    }
}
