import EventBase
import Foundation
import Testing

/// A way to run a script that must not change what it answers.
struct LogicSetting: Sendable {
    var name: String
    var database = LogicDatabase.mini
    var threadCount = 1
    var memoryLimitBytes = Int.max
    var batchRowCountMax = Limits.granuleRowCount
    var hashesCollide = false
    var spillSizeBytes: Int?

    static let all = [
        LogicSetting(name: "one thread"),
        LogicSetting(name: "four threads", threadCount: 4),
        LogicSetting(name: "batches of 7 rows, row groups of 3", database: .scattered, batchRowCountMax: 7),
        LogicSetting(name: "batches of 1 row", batchRowCountMax: 1),
        LogicSetting(name: "hashes that collide", database: .scattered, threadCount: 4, hashesCollide: true),
        LogicSetting(name: "rows on disk", database: .scattered, batchRowCountMax: 7, spillSizeBytes: 1),
        LogicSetting(name: "rows on disk, four threads", threadCount: 4, batchRowCountMax: 3, spillSizeBytes: 100),
        LogicSetting(name: "little memory", threadCount: 4, memoryLimitBytes: 600, batchRowCountMax: 7),
    ]

    func run(_ sql: String) throws -> [[String]] {
        var tuning = ExecutionTuning()
        tuning.batchRowCountMax = batchRowCountMax
        tuning.hashesCollide = hashesCollide
        tuning.spillSizeBytes = spillSizeBytes
        let context = QueryContext(
            memoryLimitBytes: memoryLimitBytes, threadCount: threadCount, tuning: tuning,
            spillFolder: spillSizeBytes == nil ? nil : "/tmp")
        return try database.query(sql, context)
    }
}

/// Goal: SQL answers what the scripts under Fixtures/slt say. Method: every record is run in each `LogicSetting`; where
/// memory is little, a refusal of kind `.limit` will do. `SLT_COMPLETE=1` writes what was answered into the files, for
/// review.
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
        #expect(!script.records.isEmpty, "\(file) holds nothing")
        if ProcessInfo.processInfo.environment["SLT_COMPLETE"] == "1" {
            try Self.complete(script, .mini).write(to: url, atomically: true, encoding: .utf8)
            return
        }
        for record in script.records {
            for setting in LogicSetting.all { Self.check(record, setting, file) }
        }
    }

    static func check(_ record: LogicScript.Record, _ setting: LogicSetting, _ file: String) {
        let place = "\(file):\(record.line) with \(setting.name)"
        do {
            let rows = try setting.run(record.sql).map { $0.joined(separator: "  ") }
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
            if setting.memoryLimitBytes < .max, (error as? EventSQLError)?.kind == .limit { return }
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
            text += "\n" + record.comments.map { $0 + "\n" }.joined() + "\(record.header)\n\(record.sql)\n"
            guard case .rows(let isSorted, _) = record.expectation else { continue }
            do {
                let rows = try database.query(record.sql).map { $0.joined(separator: "  ") }
                text += "----\n" + (isSorted ? rows.sorted() : rows).map { $0 + "\n" }.joined()
            } catch { text += "----\nERROR \(error)\n" }
        }
        return text
    }
}
