import EventBase
import EventSyntax
import Foundation
import Testing

/// Goal: what the logic tests and the benchmark ask is read, and reads the same after printing.
struct FixtureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func files(_ folder: String, _ kind: String) throws -> [String] {
        let base = root.appending(path: folder)
        let walker = try #require(FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil))
        return try walker.compactMap { $0 as? URL }.filter { $0.pathExtension == kind }
            .map { try String(contentsOf: $0, encoding: .utf8) }
    }

    private func check(_ text: String) {
        do throws(EventSQLError) {
            for parsed in try Parser.parseScript(text) {
                let printed = Printer.print(parsed.statement)
                let again = try Parser.parseStatement(printed)
                #expect(Shape.of(again.statement) == Shape.of(parsed.statement), "\(text)\nprints as\n\(printed)")
            }
        } catch {
            Issue.record("\(Diagnostics.render(error, text))")
        }
    }

    @Test("queries of the logic tests")
    func logic() throws {
        var count = 0
        for file in try Self.files("Fixtures/slt", "slt") {
            for record in file.components(separatedBy: "\n\n") {
                let lines = record.split(separator: "\n").drop { $0.hasPrefix("#") }
                guard let head = lines.first, head.hasPrefix("query") || head == "statement ok" else { continue }
                check(lines.dropFirst().prefix { $0 != "----" }.joined(separator: "\n"))
                count += 1
            }
        }
        #expect(count > 50)
    }

    @Test("questions of the benchmark")
    func benchmark() throws {
        var count = 0
        for file in try Self.files("Benchmarks/queries", "bench") {
            for section in file.components(separatedBy: "\n[").dropFirst() where section.hasPrefix("eventsql") {
                check(section.split(separator: "\n").dropFirst().joined(separator: "\n"))
                count += 1
            }
        }
        #expect(count > 10)
    }
}
