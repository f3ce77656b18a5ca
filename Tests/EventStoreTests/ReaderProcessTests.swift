import EventIO
import EventStore
import Foundation
import Glibc
import Testing

/// Goal: every snapshot of every reading process is a prefix of what the writing process wrote.
/// Method: one process appends, flushes and compacts; four others read all the while, each batch counted in each snapshot.
/// `CRASH_SECONDS` asks for a longer run.
struct ReaderProcessTests {
    static let seconds = ProcessInfo.processInfo.environment["CRASH_SECONDS"].flatMap { Double($0) }.map { min($0, 60) }

    @Test("four processes read while one writes")
    func readers() throws {
        try ChildProcess.withDirectory { path in
            try EventStore.open(at: path, options: StoreOptions(createIfMissing: true), storage: PosixStorage()).close()
            let writer = try ChildProcess([path, "0"])
            // Somebody must read what the writer prints, or it waits.
            let drain = Thread { _ = try? writer.output() }
            drain.start()
            let readers = try (0..<4).map { _ in try ChildProcess([path, "read", "\(Self.seconds ?? 5)"]) }
            var snapshotCount = 0
            for reader in readers {
                let words = try reader.output().split(whereSeparator: \.isWhitespace)
                let counts = words.compactMap { Int($0) }
                #expect(counts.count == 2 && words.count == 2, "\(words.joined(separator: " "))")
                #expect(counts.last ?? 0 > 0)
                snapshotCount += counts.first ?? 0
            }
            kill(writer.process.processIdentifier, SIGKILL)
            writer.process.waitUntilExit()
            print("snapshots of reading processes: \(snapshotCount)")
        }
    }
}
