import Foundation
import Testing

/// Goal: the tree stays a place to live in. Bounds on files and functions, no leftovers, `unsafe` fenced.
struct TidyTests {
    static let lineCountMax = 800
    static let functionLineCountMax = 60

    @Test("no file is too long to hold in a head", arguments: ["Sources", "Tests"])
    func fileLength(folder: String) throws {
        for file in try SourceTree.swiftFiles(under: folder) {
            #expect(file.lines.count <= Self.lineCountMax, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("no function is longer than a screen")
    func functionLength() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (name, line, length) in Self.functions(in: file) where length > Self.functionLineCountMax {
                Issue.record("\(file.path):\(line) \(name) has \(length) lines")
            }
        }
    }

    @Test("nothing is left behind", arguments: ["Sources", "Tests"])
    func leftovers(folder: String) throws {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        for file in try SourceTree.swiftFiles(under: folder) {
            for (index, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter }
                #expect(!words.contains { marks.contains(String($0)) }, "\(file.path):\(index + 1) \(line)")
            }
        }
    }

    @Test("a file that says unsafe says why")
    func unsafeIsFenced() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            let code = file.lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            let uses = code.contains { $0.split { !$0.isLetter && $0 != "_" }.contains("unsafe") }
            #expect(!uses || ImportTable.mayBeUnsafe(file.text), "\(file.path) says unsafe without an UNSAFE: comment")
        }
    }

    @Test("no word of how the work was organised")
    func noMachinePaths() throws {
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.swiftFiles(under: folder) {
                #expect(!file.text.contains("/wo" + "rk/"), "\(file.path) holds a path of a machine")
            }
        }
    }

    /// Functions by indentation: a line with `func` or `init` that opens a brace, up to the brace at its own indent.
    static func functions(in file: SourceFile) -> [(name: String, line: Int, length: Int)] {
        var result: [(String, Int, Int)] = []
        let lines = file.lines
        for (index, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }
            let code = line.dropFirst(indent.count)
            guard !code.hasPrefix("//"), code.contains("func ") || code.hasPrefix("init") || code.contains(" init(")
            else { continue }
            // All of it on one line.
            if code.hasSuffix("}") { continue }
            guard let opening = lines[index...].prefix(8).firstIndex(where: { $0.hasSuffix("{") }) else { continue }
            guard let end = lines[opening...].dropFirst().firstIndex(where: { $0 == "\(indent)}" }) else { continue }
            result.append((String(code.prefix(60)), index + 1, end - index + 1))
        }
        return result
    }
}
