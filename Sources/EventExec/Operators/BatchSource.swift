import EventBase
import EventColumns

/// A relation as batches, cut into morsels that workers may take in any order.
protocol BatchSource: Sendable {
    var morselCount: Int { get }
    /// A worker with its own state.
    func makeWorker() throws(EventSQLError) -> any BatchWorker
}

/// Produces the batches of morsels, one worker at a time.
protocol BatchWorker: AnyObject {
    /// Pushes the morsel's batches in order; stops early when `push` answers false.
    func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError)
}

/// Batches that are already there.
struct StoredSource: BatchSource {
    let batches: [Batch]

    var morselCount: Int { batches.count }

    func makeWorker() -> any BatchWorker {
        Worker(batches)
    }

    private final class Worker: BatchWorker {
        private let batches: [Batch]
        init(_ batches: [Batch]) { self.batches = batches }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            _ = try push(batches[morsel])
        }
    }
}

/// Some of a source's morsels.
struct MorselRange: BatchSource {
    let input: any BatchSource
    let morsels: Range<Int>

    var morselCount: Int { morsels.count }

    func makeWorker() throws(EventSQLError) -> any BatchWorker {
        Worker(input: try input.makeWorker(), first: morsels.lowerBound)
    }

    private final class Worker: BatchWorker {
        private let input: any BatchWorker
        private let first: Int

        init(input: any BatchWorker, first: Int) {
            self.input = input
            self.first = first
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            try input.run(morsel: first + morsel, push)
        }
    }
}

/// A source whose batches each pass through one stage.
struct StagedSource: BatchSource {
    let input: any BatchSource
    /// Makes the stage of one worker: a batch in, any number out.
    let makeStage: @Sendable () throws(EventSQLError) -> any BatchStage

    var morselCount: Int { input.morselCount }

    func makeWorker() throws(EventSQLError) -> any BatchWorker {
        Worker(input: try input.makeWorker(), stage: try makeStage())
    }

    private final class Worker: BatchWorker {
        private let input: any BatchWorker
        private let stage: any BatchStage

        init(input: any BatchWorker, stage: any BatchStage) {
            self.input = input
            self.stage = stage
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            try input.run(morsel: morsel) { batch throws(EventSQLError) in
                try stage.apply(batch) { result throws(EventSQLError) in
                    result.rowCount == 0 ? true : try push(result)
                }
            }
        }
    }
}

/// One worker's share of a streaming operator.
protocol BatchStage: AnyObject {
    /// Pushes what the batch gives, as it comes.
    /// - Returns: whether more is wanted: what `push` answered last, true where it was not called.
    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool
}

/// Runs a source to its end.
enum SourceRunner {
    /// Hands every batch to the state of the worker that made it; answers all states.
    static func run<State: Sendable>(
        _ source: any BatchSource, context: QueryContext, threadCount: Int? = nil,
        makeState: @escaping @Sendable () throws(EventSQLError) -> State,
        push: @escaping @Sendable (inout State, Batch, Int) throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> [State] {
        if source.morselCount == 0 { return [] }
        if threadCount == 1 || context.threadCount == 1 || source.morselCount == 1 {
            let worker = try source.makeWorker()
            var state = try makeState()
            for morsel in 0..<source.morselCount {
                try context.check()
                try worker.run(morsel: morsel) { batch throws(EventSQLError) in
                    try push(&state, batch, morsel)
                    return true
                }
            }
            return [state]
        }
        let slots = try RangeWorkers.run(
            count: source.morselCount, context: context, makeState: { WorkerSlot<State>() }
        ) {
            slot, morsel throws(EventSQLError) in
            if slot.worker == nil {
                slot.worker = try source.makeWorker()
                slot.state = try makeState()
            }
            var state = slot.state!
            slot.state = nil
            try slot.worker!.run(morsel: morsel) { batch throws(EventSQLError) in
                try push(&state, batch, morsel)
                return true
            }
            slot.state = state
        }
        return slots.compactMap(\.state)
    }

    /// All batches, in the order of morsels.
    /// - Parameter purpose: what the memory limit is to be charged for; nil: the rows are not kept.
    static func collect(
        _ source: any BatchSource, context: QueryContext, reserving purpose: String? = nil
    ) throws(EventSQLError) -> [Batch] {
        if let stored = source as? StoredSource {
            if let purpose {
                try context.reserve(bytes: stored.batches.reduce(0) { $0 + $1.sizeBytes }, for: purpose)
            }
            return stored.batches
        }
        let states = try run(source, context: context, makeState: { [(Int, Batch)]() }) {
            state, batch, morsel throws(EventSQLError) in
            state.append((morsel, batch))
            if let purpose { try context.reserve(bytes: batch.sizeBytes, for: purpose) }
        }
        return states.joined().enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(
            \.element.1)
    }
}

/// A worker and its state; used by one thread at a time.
private struct WorkerSlot<State>: @unchecked Sendable {
    var state: State?
    var worker: (any BatchWorker)?
}
