import Dispatch
import EventSQL
import Glibc
import Synchronization

/// Appenders that each add one event at a time and ask for it at once: how long from the call until a query has seen it.
///
/// Every fourth append is checked by a query, so that queries run beside appends as they do in an application.
enum AppendLatency {
    static func measure(_ database: EventDatabase, appenders: Int, seconds: Double) throws(EventSQLError) -> String {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int64(seconds * 1000))
        let found = Mutex<(appends: [Double], visible: [Double], failure: EventSQLError?)>(([], [], nil))
        DispatchQueue.concurrentPerform(iterations: appenders) { appender in
            var (appends, visible): ([Double], [Double]) = ([], [])
            var number = 0
            do throws(EventSQLError) {
                while clock.now < end {
                    number += 1
                    let start = clock.now
                    let id = "\(appender)-\(number)"
                    try database.append([
                        Event("tick", user: "u\(number % 50)", at: .now, ["n": .int(Int64(number))], id: id)
                    ])
                    appends.append((clock.now - start) / .milliseconds(1))
                    if number % 4 != 0 { continue }
                    let rows = try database.query("SELECT count(*) AS n FROM events WHERE event_id = '\(id)'")
                    guard try rows.int64s("n") == [1] else {
                        throw EventSQLError(.corruption, "the event \(id) is not visible after its append")
                    }
                    visible.append((clock.now - start) / .milliseconds(1))
                }
            } catch {
                found.withLock { $0.failure = error }
            }
            found.withLock { found in
                found.appends += appends
                found.visible += visible
            }
        }
        let result = found.withLock { $0 }
        if let failure = result.failure { throw failure }
        return "\(appenders) appenders, \(result.appends.count) appends in \(seconds) s\n"
            + line("append to durable", result.appends) + line("append to seen by a query", result.visible)
    }

    private static func line(_ title: String, _ values: [Double]) -> String {
        let sorted = values.sorted()
        func quantile(_ share: Double) -> String {
            let value = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
            return "\((value * 100).rounded() / 100)"
        }
        return "\(title): p50 \(quantile(0.5)) ms, p95 \(quantile(0.95)) ms, p99 \(quantile(0.99)) ms\n"
    }
}
