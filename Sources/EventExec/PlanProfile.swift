import EventBase
import EventColumns
import EventPlan
import Synchronization

/// What EXPLAIN ANALYZE measures: per operator its rows and time, per scan what was passed over.
final class PlanProfile: Sendable {
    /// One operator of the plan.
    final class Entry: Sendable {
        let line: String
        let depth: Int
        let rows = Atomic<Int>(0)
        let nanoseconds = Atomic<Int>(0)
        let scan = Mutex<ScanCounters?>(nil)

        init(line: String, depth: Int) {
            self.line = line
            self.depth = depth
        }
    }

    private struct State {
        var entries: [Entry] = []
        var depth = 0
        var started: [ContinuousClock.Instant] = []
    }

    private let state = Mutex(State())

    /// Begins an operator; those opened before it is closed lie below it.
    func open(_ plan: LogicalPlan) -> Entry {
        state.withLock { state in
            let entry = Entry(line: PlanPrinter.line(plan), depth: state.depth)
            state.entries.append(entry)
            state.depth += 1
            state.started.append(.now)
            return entry
        }
    }

    /// Ends it: what has run until now counts as its time, its inputs' time included.
    func close(_ entry: Entry) {
        state.withLock { state in
            state.depth -= 1
            let spent = ContinuousClock.now - state.started.removeLast()
            entry.nanoseconds.add(Int(spent / .nanoseconds(1)), ordering: .relaxed)
        }
    }

    /// The scan that has just been opened counts here.
    func attach(_ counters: ScanCounters) {
        state.withLock { $0.entries[$0.entries.count - 1] }.scan.withLock { $0 = counters }
    }

    /// The tree, one operator a line.
    func lines() -> [String] {
        state.withLock { $0.entries }.flatMap { entry -> [String] in
            let indent = String(repeating: "  ", count: entry.depth)
            let microseconds = entry.nanoseconds.load(ordering: .relaxed) / 1000
            let time = "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst()) ms"
            let head = "\(indent)\(entry.line)  [rows \(entry.rows.load(ordering: .relaxed)), \(time)]"
            return [head] + Self.scanLines(entry).map { indent + "    " + $0 }
        }
    }

    private static func scanLines(_ entry: Entry) -> [String] {
        guard let scan = entry.scan.withLock({ $0 }) else { return [] }
        let groups =
            "segments \(scan.groupsTotal.load(ordering: .relaxed)): pruned by time \(scan.groupsByTime.load(ordering: .relaxed)), by event name \(scan.groupsByName.load(ordering: .relaxed)), by user \(scan.groupsByUser.load(ordering: .relaxed))"
        let granules =
            "granules \(scan.granulesTotal.load(ordering: .relaxed)): pruned by zone maps \(scan.granulesByZone.load(ordering: .relaxed)), by row bitmaps \(scan.granulesByRows.load(ordering: .relaxed))"
        let rows =
            "rows looked at \(scan.rowsRead.load(ordering: .relaxed)), kept \(scan.rowsKept.load(ordering: .relaxed))"
        return [groups, granules, rows]
    }
}

/// Counts the rows and the time of an operator as its batches pass.
struct MeasuredSource: BatchSource {
    let input: any BatchSource
    let entry: PlanProfile.Entry

    var morselCount: Int { input.morselCount }

    func makeWorker() throws(EventSQLError) -> any BatchWorker { Worker(try input.makeWorker(), entry) }

    private final class Worker: BatchWorker {
        private let input: any BatchWorker
        private let entry: PlanProfile.Entry

        init(_ input: any BatchWorker, _ entry: PlanProfile.Entry) {
            self.input = input
            self.entry = entry
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            let start = ContinuousClock.now
            var above = Duration.zero
            try input.run(morsel: morsel) { batch throws(EventSQLError) in
                entry.rows.add(batch.rowCount, ordering: .relaxed)
                let pushed = ContinuousClock.now
                let goesOn = try push(batch)
                above += ContinuousClock.now - pushed
                return goesOn
            }
            entry.nanoseconds.add(Int((ContinuousClock.now - start - above) / .nanoseconds(1)), ordering: .relaxed)
        }
    }
}
