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
        let readings = Mutex<ReadCounters?>(nil)
        let scan = Mutex<ScanCounters?>(nil)
        /// Counts the memory that the operator takes.
        let context: QueryContext

        init(line: String, depth: Int, context: QueryContext) {
            self.line = line
            self.depth = depth
            self.context = context
        }
    }

    private struct State {
        var entries: [Entry] = []
        var depth = 0
        var started: [ContinuousClock.Instant] = []
    }

    /// The statement's.
    let context: QueryContext
    private let state = Mutex(State())

    init(_ context: QueryContext) { self.context = context }

    /// Begins an operator; those opened before it is closed lie below it.
    func open(_ plan: LogicalPlan, _ context: QueryContext) -> Entry {
        state.withLock { state in
            let entry = Entry(line: PlanPrinter.line(plan), depth: state.depth, context: context)
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

    /// The reader of stored columns that has just been opened counts here.
    func attach(_ readings: ReadCounters, _ counters: ScanCounters? = nil) {
        let entry = state.withLock { $0.entries[$0.entries.count - 1] }
        entry.readings.withLock { $0 = readings }
        entry.scan.withLock { $0 = counters }
    }

    /// The tree, one operator a line.
    func lines() -> [String] {
        state.withLock { $0.entries }.flatMap { entry -> [String] in
            let indent = String(repeating: "  ", count: entry.depth)
            let time = Self.milliseconds(entry.nanoseconds.load(ordering: .relaxed) / 1000)
            var facts = "rows \(entry.rows.load(ordering: .relaxed)), \(time) ms"
            let memory = entry.context.peakReservedBytes
            if memory > 0 { facts += ", memory \(memory) bytes" }
            let spilled = entry.context.spilledBytes
            if spilled > 0 { facts += ", \(spilled) bytes put on disk" }
            return ["\(indent)\(entry.line)  [\(facts)]"] + Self.readLines(entry).map { indent + "    " + $0 }
        }
    }

    /// With three digits behind the point.
    static func milliseconds(_ microseconds: Int) -> String {
        "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst())"
    }

    private static func readLines(_ entry: Entry) -> [String] {
        guard let read = entry.readings.withLock({ $0?.totals }) else { return [] }
        var lines: [String] = []
        if let scan = entry.scan.withLock({ $0 }) {
            func count(_ counter: borrowing Atomic<Int>) -> Int { counter.load(ordering: .relaxed) }
            lines.append(
                "segments \(count(scan.groupsTotal)): pruned by time \(count(scan.groupsByTime)), by event name \(count(scan.groupsByName)), by user \(count(scan.groupsByUser))"
            )
            lines.append(
                "granules \(count(scan.granulesTotal)): pruned by zone maps \(count(scan.granulesByZone)), by row bitmaps \(count(scan.granulesByRows))"
            )
            lines.append("rows looked at \(count(scan.rowsRead)), kept \(count(scan.rowsKept))")
        }
        let bitmaps = read.bitmapsRead > 0 ? ", bitmaps read \(read.bitmapsRead)" : ""
        lines.append(
            "rows decoded \(read.rowsDecoded) in \(read.granulesDecoded) columns of granules, bytes read \(read.bytesRead)\(bitmaps)"
        )
        return lines
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
