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
    /// `CRASH_SECONDS` asks for a longer run.
    static let seconds = ProcessInfo.processInfo.environment["CRASH_SECONDS"].flatMap { Double($0) } ?? 0
    static let killCountMin = 12

    @Test("a process killed at random times loses nothing that it acknowledged")
    func kills() throws {
        try ChildProcess.withDirectory { try kill(in: $0) }
    }

    private func kill(in path: String) throws {
        let seed = RandomCrashTests.seed ?? UInt64.random(in: 0..<1_000_000)
        var random = SeededRandom(seed: seed)
        var next: Int64 = 0
        let end = Date(timeIntervalSinceNow: Self.seconds)
        var killCount = 0
        while killCount < Self.killCountMin || Date() < end {
            let round = killCount
            killCount += 1
            let acknowledged = try runChild(path, first: next, milliseconds: 20 + Int(random.next() % 250))
            let counts = try count(path)
            let last = max(acknowledged ?? -1, next - 1)
            #expect(counts.keys.sorted() == Array(0..<Int64(counts.count)), "seed \(seed), round \(round)")
            #expect(counts.values.allSatisfy { $0 == 5 }, "seed \(seed), round \(round): half an append, or one twice")
            #expect(counts.count > last, "seed \(seed), round \(round): \(counts.count) batches, \(last) acknowledged")
            #expect(Int64(counts.count) <= last + 2, "seed \(seed), round \(round): rows from nowhere")
            next = Int64(counts.count)
        }
        print("processes killed: \(killCount), batches kept: \(next), seed \(seed)")
    }

    /// Starts a child, kills it, and returns the last batch it acknowledged.
    private func runChild(_ path: String, first: Int64, milliseconds: Int) throws -> Int64? {
        let child = try ChildProcess([path, "\(first)"])
        usleep(UInt32(milliseconds) * 1000)
        Glibc.kill(child.process.processIdentifier, SIGKILL)
        let text = try child.output()
        #expect(child.process.terminationReason == .uncaughtSignal)
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
