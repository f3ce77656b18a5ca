import EventBase
import EventColumns
import EventPlan
import Synchronization

/// The groups of a GROUP BY that memory did not hold at once: part by part the groups of rows on disk, and those that were full
/// first. A part's rows may belong to groups that another worker had; those are added there, by one thread at a time.
struct SpilledGroups: BatchSource {
    private let node: AggregateNode
    private let sets: [[Int]]
    private let environment: EvaluationEnvironment
    private let context: QueryContext
    private let full: FullGroups
    private let files: [SpillFile]

    init(
        _ node: AggregateNode, _ sets: [[Int]], _ state: AggregateState, _ files: [SpillFile],
        _ environment: EvaluationEnvironment, _ context: QueryContext
    ) {
        self.node = node
        self.sets = sets
        self.environment = environment
        self.context = context
        self.files = files
        full = FullGroups(state, partCount: sets.count * SpillParts.count)
    }

    /// Below this memory limit parts are finished one after the other: what a second thread takes for itself is too much of it.
    private static let memoryForThreadsBytes = 96 << 20

    private var partCount: Int { sets.count * SpillParts.count }
    var morselCount: Int { context.memoryLimitBytes < Self.memoryForThreadsBytes ? 1 : partCount }

    func makeWorker() -> any BatchWorker { Worker(self) }

    /// Groups that take no new ones, and rows of parts that belong to them.
    private final class FullGroups: Sendable {
        let state: AggregateState
        private let isAdding = Mutex(())
        private let partsLeft: Atomic<Int>

        init(_ state: AggregateState, partCount: Int) {
            self.state = state
            partsLeft = Atomic(partCount)
            state.prepareSearch()
        }

        func add(_ batch: Batch, at rows: [Int], _ numbers: [UInt32], set: Int) throws(EventSQLError) {
            if rows.isEmpty { return }
            try isAdding.withLock { _ throws(EventSQLError) in try state.add(batch, at: rows, numbers, set: set) }
        }

        /// Whether this was the last part, after which the groups are whole.
        func endPart() -> Bool { partsLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
    }

    private final class Worker: BatchWorker {
        private let source: SpilledGroups
        private var wantsMore = true

        init(_ source: SpilledGroups) { self.source = source }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            for part in source.morselCount == 1 ? 0..<source.partCount : morsel..<(morsel + 1) {
                try finish(part: part, of: source.full, source.files, source.sets, firstSet: 0, level: 1, push)
                if source.full.endPart() { try hand(over: source.full.state, push) }
            }
        }

        /// Hands over the groups of one part that are not among those that were full first.
        private func finish(
            part list: Int, of full: FullGroups, _ files: [SpillFile], _ sets: [[Int]], firstSet: Int, level: Int,
            _ push: (Batch) throws(EventSQLError) -> Bool
        ) throws(EventSQLError) {
            if !wantsMore || files.allSatisfy({ $0.batchCount(list) == 0 }) { return }
            let context = source.context
            let spillSize = context.spillSizeBytes(workerCount: context.threadCount)
            let set = list / SpillParts.count
            let part = AggregateState(
                source.node, sets: [sets[set]], firstSet: firstSet + set, source.environment, context, level: level)
            for file in files {
                for index in 0..<file.batchCount(list) {
                    try add(try file.batch(index, of: list), to: part, full, set: set)
                    try part.account(spillSize)
                }
            }
            if let spilled = part.spilled {
                let inner = FullGroups(part, partCount: SpillParts.count)
                for list in 0..<SpillParts.count {
                    try finish(
                        part: list, of: inner, [spilled], [sets[set]], firstSet: firstSet + set, level: level + 1, push)
                }
            }
            try hand(over: part, push)
        }

        private func add(
            _ batch: Batch, to part: AggregateState, _ full: FullGroups, set: Int
        ) throws(EventSQLError) {
            let numbers = full.state.find(try part.keyColumns(batch), count: batch.rowCount, set: set)
            let known = numbers.indices.filter { numbers[$0] != .max }
            try full.add(batch, at: known, numbers, set: set)
            if known.count == batch.rowCount { return }
            try part.add(known.isEmpty ? batch : batch.gather(numbers.indices.filter { numbers[$0] == .max }))
        }

        private func hand(
            over state: AggregateState, _ push: (Batch) throws(EventSQLError) -> Bool
        ) throws(EventSQLError) {
            for batch in try state.finish() where wantsMore { wantsMore = try push(batch) }
            state.release()
        }
    }
}
