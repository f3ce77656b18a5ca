import EventBase
import Foundation
import Testing

/// Goal: SQL answers what the scripts under Fixtures/slt say. Method: every record is run with one thread and with two;
/// `SLT_COMPLETE=1` writes what was answered into the files, for review.
struct LogicScriptTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let files: [String] = {
        let base = root.appending(path: "Fixtures/slt")
        guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { return [] }
        return walker.compactMap { $0 as? URL }.filter { $0.pathExtension == "slt" }
            .map { String($0.path(percentEncoded: false).dropFirst(root.path(percentEncoded: false).count)) }.sorted()
    }()

    @Test("scripts answer as written", arguments: files)
    func script(file: String) throws {
        let url = Self.root.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let script = LogicScript(text)
        let database = LogicDatabase.mini
        #expect(!script.records.isEmpty, "\(file) holds nothing")
        if ProcessInfo.processInfo.environment["SLT_COMPLETE"] == "1" {
            try Self.complete(script, database).write(to: url, atomically: true, encoding: .utf8)
            return
        }
        for record in script.records {
            for threadCount in [1, 2] { Self.check(record, database, threadCount, file) }
        }
    }

    static func check(_ record: LogicScript.Record, _ database: LogicDatabase, _ threadCount: Int, _ file: String) {
        let place = "\(file):\(record.line) with \(threadCount) threads"
        do {
            let rows = try database.query(record.sql, threadCount: threadCount).map { $0.joined(separator: "  ") }
            switch record.expectation {
            case .ok: break
            case .error(let wanted): Issue.record("\(place): answered \(rows), expected the error '\(wanted)'")
            case .rows(let isSorted, let wanted):
                let (a, b) = isSorted ? (rows.sorted(), wanted.sorted()) : (rows, wanted)
                if a != b {
                    Issue.record(
                        "\(place)\n\(record.sql)\nexpected:\n\(b.joined(separator: "\n"))\ngot:\n\(a.joined(separator: "\n"))"
                    )
                }
            }
        } catch {
            guard case .error(let wanted) = record.expectation, "\(error)".contains(wanted) else {
                Issue.record("\(place): \(error)\n\(record.sql)")
                return
            }
        }
    }

    /// The script with the answers of this run.
    static func complete(_ script: LogicScript, _ database: LogicDatabase) -> String {
        var text = "load \(script.fixture)\n"
        for record in script.records {
            text += "\n\(record.header)\n\(record.sql)\n"
            guard case .rows(let isSorted, _) = record.expectation else { continue }
            do {
                let rows = try database.query(record.sql).map { $0.joined(separator: "  ") }
                text += "----\n" + (isSorted ? rows.sorted() : rows).map { $0 + "\n" }.joined()
            } catch { text += "----\nERROR \(error)\n" }
        }
        return text
    }
}
