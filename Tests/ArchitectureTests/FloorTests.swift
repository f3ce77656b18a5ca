import Foundation
import Testing

/// Goal: the floors stay floors. SwiftPM lets a target import a sibling it never declared whenever the build order
/// happens to allow it, so the import lines themselves are read and held against `ImportTable`.
struct FloorTests {
    @Test("every import is in the table")
    func imports() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            let allowed = try #require(
                ImportTable.allowed[file.target], "\(file.path): target \(file.target) has no row in ImportTable")
            for module in Self.imports(in: file.text) where !ImportTable.everywhere.contains(module) {
                #expect(allowed.contains(module), "\(file.path) imports \(module), which \(file.target) may not")
            }
        }
    }

    @Test("an upward import would be found")
    func detectsUpwardImport() {
        let text =
            "// story\npackage import EventStore\n@preconcurrency internal import EventSQL\nimport struct Foo.Bar\n"
        #expect(Self.imports(in: text) == ["EventStore", "EventSQL", "Foo"])
        #expect(ImportTable.allowed["EventColumns"]?.contains("EventStore") == false)
    }

    @Test("the table has no cycle")
    func noCycle() {
        var done: Set<String> = []
        var progress = true
        while progress {
            progress = false
            for (target, imports) in ImportTable.allowed where !done.contains(target) {
                if imports.allSatisfy({ done.contains($0) || ImportTable.allowed[$0] == nil }) {
                    done.insert(target)
                    progress = true
                }
            }
        }
        #expect(done == Set(ImportTable.allowed.keys))
    }

    /// The modules that a file's import lines name, in order.
    static func imports(in text: String) -> [String] {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return text.split(separator: "\n").compactMap { line in
            let code = line.prefix { $0 != "/" }
            var words = code.split(separator: " ").drop { $0.hasPrefix("@") }
            if let first = words.first, ["public", "package", "internal", "fileprivate", "private"].contains(first) {
                words = words.dropFirst()
            }
            guard words.first == "import", let name = words.dropFirst().first(where: { !kinds.contains($0) }) else {
                return nil
            }
            return String(name.prefix { $0 != "." })
        }
    }
}
