import EventBase
import EventColumns
import EventIO
import EventStore
import EventTestSupport
import Foundation
import Glibc
import Testing

/// Goal: what a process acknowledged before SIGKILL is there for the next one, once, and nothing is half there.
/// Method: a child process appends, flushes and compacts as fast as it can and is killed after a random while; the
/// directory is opened in this process and counted; then the next child goes on in it.
struct KillTests {
    /// `EVENTSQL_KILLS` asks for a longer run.
    static let killCount = ProcessInfo.processInfo.environment["EVENTSQL_KILLS"].flatMap { Int($0) } ?? 12

    @Test("a process killed at random times loses nothing that it acknowledged")
    func kills() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eventsql-kill-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.path(percentEncoded: false)
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SeededRandom(seed: seed)
        var next: Int64 = 0
        for round in 0..<Self.killCount {
            let acknowledged = try runChild(path, first: next, milliseconds: 20 + Int(random.next() % 250))
            let counts = try count(path)
            let last = max(acknowledged ?? -1, next - 1)
            #expect(counts.keys.sorted() == Array(0..<Int64(counts.count)), "seed \(seed), round \(round)")
            #expect(counts.values.allSatisfy { $0 == 5 }, "seed \(seed), round \(round): half an append, or one twice")
            #expect(counts.count > last, "seed \(seed), round \(round): \(counts.count) batches, \(last) acknowledged")
            #expect(Int64(counts.count) <= last + 2, "seed \(seed), round \(round): rows from nowhere")
            next = Int64(counts.count)
        }
        print("processes killed: \(Self.killCount), batches kept: \(next), seed \(seed)")
    }

    /// Starts a child, kills it, and returns the last batch it acknowledged.
    private func runChild(_ path: String, first: Int64, milliseconds: Int) throws -> Int64? {
        let runner = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let child = Process()
        child.executableURL = runner.appending(path: "EventCrashChild")
        child.arguments = [path, "\(first)"]
        let pipe = Pipe()
        child.standardOutput = pipe
        try child.run()
        usleep(UInt32(milliseconds) * 1000)
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        #expect(child.terminationReason == .uncaughtSignal)
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").last.flatMap { Int64($0) }
    }

    /// Rows by batch, as the next writer finds them.
    private func count(_ path: String) throws -> [Int64: Int] {
        let store = try EventStore.open(
            at: path, options: StoreOptions(createIfMissing: true), storage: PosixStorage())
        defer { store.close() }
        var counts: [Int64: Int] = [:]
        for event in try store.snapshot(ofTable: "events").testEvents() {
            if case .int64(let batch) = event.properties["properties.batch"] { counts[batch, default: 0] += 1 }
        }
        return counts
    }
}
