import EventTestSupport
import Foundation
import Testing

/// Goal: the first code a newcomer copies compiles and does what the README says.
struct ReadmeExampleTests {
    @Test("the README's example is the one that is compiled here, and it runs")
    func example() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let source = try String(contentsOf: here.appending(path: "ReadmeExample.swift"), encoding: .utf8)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(source)```"))
        let directory = try TemporaryDirectory()
        let rows = try readmeExample(at: directory.file("mydb"))
        #expect(rows.map(\.event_name) == ["payment_completed", "user_signed_up"] && rows.allSatisfy { $0.n == 1 })
    }
}
