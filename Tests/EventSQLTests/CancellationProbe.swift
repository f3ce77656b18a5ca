import EventSQL
import Foundation
import Synchronization
import Testing

/// Cancels a statement from another thread and tells how soon it ended.
enum CancellationProbe {
    private final class Instant: Sendable {
        let value = Mutex<ContinuousClock.Instant?>(nil)
    }

    /// How soon a statement must end. The promise of 100 ms is the optimised build's; rows take some ten times as long in a
    /// debug build, and it runs beside other tests.
    #if DEBUG
    private static let patience = Duration.seconds(2)
    #else
    private static let patience = Duration.milliseconds(100)
    #endif

    /// Runs a statement that takes long and cancels it after a while, once for each wait until it ends soon enough. Tests share
    /// the machine's cores, so the best try counts.
    static func check(_ sql: String, in database: EventDatabase, afterSeconds waits: [Double]) throws {
        var best = Duration.seconds(60)
        for wait in waits where best > patience {
            let cancellation = Cancellation()
            let asked = Instant()
            // A thread of its own: the statement and other tests may keep all threads of the shared queues.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: wait)
                asked.value.withLock { $0 = .now }
                cancellation.cancel()
            }
            do {
                _ = try database.query(sql, cancellation: cancellation)
                Issue.record("finished before it was cancelled: \(sql)")
                return
            } catch {
                #expect(error.kind == .cancelled, "\(error)")
                let since = try #require(asked.value.withLock { $0 })
                best = min(best, ContinuousClock.now - since)
            }
        }
        #expect(best < patience, "\(sql) stopped after \(best)")
    }
}
