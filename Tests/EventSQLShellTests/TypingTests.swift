import EventTestSupport
import Foundation
import Glibc
import Testing

/// Goal: the interactive shell as a person types into it, through a pseudo terminal: completion and Ctrl-C.
@Suite(.serialized)
struct TypingTests {
    /// The program behind a pseudo terminal.
    ///
    /// UNSAFE: benefit: a terminal without a person. Soundness: the calls are given live buffers and their lengths.
    private final class Conversation {
        private let process = Process()
        private let terminal: Int32
        private(set) var shown = ""

        init(_ arguments: [String], home: String) throws {
            var (ours, theirs): (Int32, Int32) = (0, 0)
            try #require(unsafe openpty(&ours, &theirs, nil, nil, nil) == 0)
            terminal = ours
            let handle = FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
            process.executableURL = ProgramTests.program
            process.arguments = arguments
            process.environment = ["HOME": home, "TERM": "xterm", "NO_COLOR": "1"]
            process.standardInput = handle
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
        }

        deinit {
            process.terminate()
            close(terminal)
        }

        var identifier: Int32 { process.processIdentifier }

        func type(_ text: String) { _ = unsafe text.withCString { unsafe write(terminal, $0, strlen($0)) } }

        /// Reads until the text is there, behind what was waited for before; nil when the seconds are over.
        func wait(for text: String, seconds: Double = 60) -> String? {
            let end = Date().addingTimeInterval(seconds)
            var buffer = [UInt8](repeating: 0, count: 4096)
            while Date() < end {
                if let range = shown.range(of: text) {
                    let before = String(shown[..<range.upperBound])
                    shown = String(shown[range.upperBound...])
                    return before
                }
                var poll = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
                guard unsafe Glibc.poll(&poll, 1, 100) > 0 else { continue }
                let count = unsafe read(terminal, &buffer, buffer.count)
                if count <= 0 { return nil }
                shown += String(decoding: buffer[..<count], as: UTF8.self)
            }
            return nil
        }
    }

    private static func database(_ directory: TemporaryDirectory, rows: Int = 3) throws -> String {
        let path = directory.file("db")
        let names = ["page_viewed", "payment_completed", "signed_up"]
        let lines = (0..<rows).map { row in
            let name = names[row % 3]
            return
                #"{"timestamp":\#(1_700_000_000 + row),"user_id":"u\#(row % 1000)","event_name":"\#(name)","properties":{"amount":\#(row)}}"#
        }
        let file = directory.file("events.jsonl")
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = ProgramTests.program
        process.arguments = ["ingest", path, file]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return path
    }

    @Test(
        "Tab completes keywords, tables, columns, functions, names of events, commands and files",
        .timeLimit(.minutes(3)))
    func completion() throws {
        let directory = try TemporaryDirectory()
        let path = try Self.database(directory)
        let shell = try Conversation([path], home: directory.path)
        #expect(shell.wait(for: "eventsql> ") != nil)
        // The line editor draws only what is added.
        for (typed, wanted) in [
            ("SEL\t", "ECT "), ("sel\t", "ect "), ("SELECT count(*) FROM eve\t", "nts "),
            ("SELECT properties.am\t", "ount "), ("SELECT json_array_len\t", "gth("),
            ("SELECT * FROM events WHERE event_name = 'pay\t", "ment_completed'"), (".sch\t", "ema "),
            ("FUNNEL FROM events STEPS 'sig\t", "ned_up'"),
            (".read \(directory.path)/eve\t", "nts.jsonl"),
            ("COPY events FROM '\(directory.path)/eve\t", "nts.jsonl"),
        ] {
            shell.type(typed)
            #expect(shell.wait(for: wanted, seconds: 20) != nil, "\(typed) gave \(shell.shown)")
            shell.type("\u{15}")
        }
    }

    @Test("Ctrl-C ends each statement of a session, and drops a line that is being typed", .timeLimit(.minutes(3)))
    func interrupts() throws {
        let directory = try TemporaryDirectory()
        let path = try Self.database(directory)
        let shell = try Conversation([path], home: directory.path)
        #expect(shell.wait(for: "eventsql> ") != nil)
        for round in 1...3 {
            shell.type("SELECT count(*) FROM generate_series(1, 4000000000) t(x);\r")
            #expect(shell.wait(for: "\n") != nil)
            Thread.sleep(forTimeInterval: 0.3)
            // The terminal is not the test's own, so the signal is sent instead of typed.
            kill(shell.identifier, SIGINT)
            #expect(shell.wait(for: "cancelled", seconds: 20) != nil, "round \(round): \(shell.shown)")
            #expect(shell.wait(for: "eventsql> ") != nil)
            shell.type("SELECT 'never'\u{3}")
            #expect(shell.wait(for: "eventsql> ", seconds: 20) != nil, "round \(round): \(shell.shown)")
            shell.type("SELECT 40 + \(round);\r")
            #expect(shell.wait(for: " \(40 + round) ") != nil, "round \(round): \(shell.shown)")
            #expect(shell.wait(for: "eventsql> ") != nil)
        }
    }
}
