import EventBase
import EventSyntax
import Foundation
import Testing

/// Goal: the grammar in SPEC.md is the parser's. Its examples are read, and its list of reserved words is the list in use.
struct SpecificationTests {
    private static func section(_ title: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "SPEC.md"), encoding: .utf8)
        let start = try #require(text.range(of: "### \(title)\n"))
        let rest = text[start.upperBound...]
        return String(rest[..<(rest.range(of: #"\n##"#)?.lowerBound ?? rest.endIndex)])
    }

    @Test("every example is read and prints back", arguments: ["2.1 Grammar", "3.1 Grammar"])
    func examples(title: String) throws {
        let blocks = try Self.section(title).components(separatedBy: "```sql\n").dropFirst()
        #expect(!blocks.isEmpty)
        for block in blocks {
            let script = try #require(block.components(separatedBy: "```").first)
            do {
                for parsed in try Parser.parseScript(script) {
                    let again = try Parser.parseStatement(Printer.print(parsed.statement))
                    #expect(Shape.of(again.statement) == Shape.of(parsed.statement))
                }
            } catch {
                Issue.record("\(Diagnostics.render(error, script))")
            }
        }
    }

    @Test("the reserved words are those that cannot name a column")
    func reserved() throws {
        let text = try Self.section("2.1 Grammar")
        let start = try #require(text.range(of: "reserved ones: "))
        let listed = text[start.upperBound...].prefix { $0 != "." }.split { !$0.isLetter && $0 != "_" }.map(String.init)
        let words = Set(
            text.split { !$0.isLetter && $0 != "_" }.map(String.init).filter { $0.count > 1 && $0 == $0.uppercased() })
        for word in words.union(listed) {
            let isName = (try? Parser.parseStatement("SELECT 1 FROM \(word)")) != nil
            #expect(isName != listed.contains(word), "\(word)")
        }
    }
}
