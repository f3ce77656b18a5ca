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

    @Test("there are examples for funnels, retention, cohorts, functions, virtual events and AS SQL")
    func sections() {
        let numbers = Set(Self.examples.map { $0.section.prefix(3) })
        #expect(numbers.isSuperset(of: ["3.2", "3.3", "3.4", "3.5", "3.6", "3.7"]), "\(numbers)")
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
