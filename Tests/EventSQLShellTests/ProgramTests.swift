import EventTestSupport
import Foundation
import Testing

/// Goal: the program as a person or a script uses it: the built binary, its two streams and its exit code.
struct ProgramTests {
    private struct Outcome {
        var code: Int32
        var output: String
        var errors: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let fixture = root.appending(path: "Fixtures/datasets/grocery-households.events.jsonl.gz").path()

    /// The program lies beside the test bundle.
    static var program: URL {
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let places =
            [bundle, Bundle.main.bundleURL] + ["debug", "release"].map { root.appending(path: ".build/\($0)") }
        return places.map { $0.appending(path: "eventsql") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path()) } ?? places[0].appending(path: "eventsql")
    }

    private func run(_ arguments: [String], input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        let directory = try TemporaryDirectory()
        let files = ["in", "out", "err"].map { directory.file($0) }
        try input.write(toFile: files[0], atomically: true, encoding: .utf8)
        for file in files[1...] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: try String(contentsOfFile: files[1], encoding: .utf8),
            errors: try String(contentsOfFile: files[2], encoding: .utf8))
    }

    @Test("real events in, a funnel out, as CSV; a second ingest adds", .timeLimit(.minutes(3)))
    func ingestAndAsk() throws {
        let directory = try TemporaryDirectory()
        let db = directory.file("db")
        let ingest = try run(["ingest", db, Self.fixture])
        #expect(ingest.code == 0 && ingest.output.isEmpty && ingest.errors.contains("stored 119,907 rows"))
        let funnel = """
            FUNNEL FROM events STEPS 'campaign_received', 'coupon_redeemed', 'item_purchased' WITHIN 30 DAYS
            """
        let asked = try run([db, "-c", "SELECT step, name, users FROM (\(funnel))", "--format", "csv", "--readonly"])
        #expect(asked.code == 0 && asked.errors.isEmpty)
        #expect(
            asked.output
                == "step,name,users\n1,campaign_received,137\n2,coupon_redeemed,30\n3,item_purchased,30\n")
        let lines = #"{"timestamp":"2018-01-02T00:00:00Z","user_id":"new","event_name":"x"}"# + "\nnot json\n"
        let more = try run(["ingest", db, "-"], input: lines)
        #expect(more.code == 2 && more.errors.contains("rejected 1 rows") && more.errors.contains("not_json 1"))
        let count = try run([db, "--format", "jsonl", "-c", "SELECT count(*) AS n FROM events"])
        #expect(count.output == "{\"n\":119908}\n")
        let info = try run(["info", db])
        #expect(info.code == 0 && info.output.contains("rows      119,908"))
    }

    @Test("a strict ingest stores nothing when a row is refused")
    func strict() throws {
        let directory = try TemporaryDirectory()
        let db = directory.file("db")
        let lines = #"{"timestamp":"2018-01-02T00:00:00Z","user_id":"a","event_name":"x"}"# + "\n{}\n"
        #expect(try run(["ingest", db, "-", "--strict"], input: lines).code == 1)
        let count = try run([db, "--format", "csv", "-c", "SELECT count(*) AS n FROM events"])
        #expect(count.output == "n\n0\n")
    }

    @Test("a failed statement ends the run with 1 and a caret; statements before it stay, later ones do not run")
    func failure() throws {
        let directory = try TemporaryDirectory()
        let db = directory.file("db")
        _ = try run(["ingest", db, "-"], input: #"{"timestamp":1,"user_id":"a","event_name":"x"}"#)
        let outcome = try run([db, "-c", "SELECT 1 AS a; SELECT usr_id FROM events; SELECT 2", "--format", "csv"])
        #expect(outcome.code == 1 && outcome.output == "a\n1\n")
        #expect(outcome.errors.contains("^") && outcome.errors.contains("user_id"))
        let script = try run([db, "--format", "csv"], input: "SELECT 1 AS a;\nSELECT 2 AS b;\n")
        #expect(script.code == 0 && script.output == "a\n1\nb\n2\n")
    }

    @Test("wrong usage is 64; a missing or foreign directory is one clear error")
    func usage() throws {
        let directory = try TemporaryDirectory()
        #expect(try run(["ingest"]).code == 64)
        #expect(try run([directory.path, "--format", "xml"]).code == 64)
        let missing = try run([directory.file("none"), "-c", "SELECT 1"])
        #expect(missing.code == 1 && missing.errors.contains("none"))
        try "hello".write(toFile: directory.file("letter.txt"), atomically: true, encoding: .utf8)
        let foreign = try run([directory.path, "-c", "SELECT 1"])
        #expect(foreign.code == 1 && foreign.errors.contains("letter.txt"))
    }
}
