import Foundation

/// Seeds of random tests: new in each run and printed, or given again by `EVENTSQL_SEED`.
enum TestSeed {
    static func make() -> UInt64 {
        let given = ProcessInfo.processInfo.environment["EVENTSQL_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        return seed
    }
}
