internal import Dispatch
internal import EventBase
internal import Synchronization

/// Decodes blocks on several threads and hands them back in the order they came in.
///
/// At most `depth` blocks are inside, so memory is bounded. What a block gives does not depend on which thread decoded it.
/// - Threads: `submit` and `next` belong to one thread.
struct DecodePipeline: ~Copyable {
    /// One decoder and the queue that alone uses it; the decoder keeps what it has learnt of the input's keys.
    private struct Worker {
        let decoder: any BlockDecoder
        let queue = DispatchQueue(label: "eventsql.ingest")
    }

    /// A block on its way. Its bytes are handed through, never shared, so that they can be used again.
    private final class Work: Sendable {
        private let block: Mutex<InputBlock?>
        private let decoded = Mutex<DecodedBlock?>(nil)
        private let done = DispatchSemaphore(value: 0)

        init(_ block: InputBlock) { self.block = Mutex(block) }

        func run(_ decoder: any BlockDecoder) {
            guard let taken = block.withLock({ $0.take() }) else { fatalError("BUG: a block was decoded twice") }
            let rows = decoder.decode(taken)
            decoded.withLock { $0 = rows }
            block.withLock { $0 = consume taken }
            done.signal()
        }

        func wait() -> (block: InputBlock, decoded: DecodedBlock) {
            done.wait()
            guard let rows = decoded.withLock({ $0.take() }), let taken = block.withLock({ $0.take() }) else {
                fatalError("BUG: a block was not decoded")
            }
            return (taken, rows)
        }
    }

    private let makeDecoder: (ColumnAdmission) -> any BlockDecoder
    private let workers: [Worker]
    private var pending: [Work] = []
    private var submittedCount = 0

    init(threadCount: Int, makeDecoder: @escaping (ColumnAdmission) -> any BlockDecoder) {
        self.makeDecoder = makeDecoder
        workers = (0..<threadCount).map { _ in Worker(decoder: makeDecoder(ColumnAdmission())) }
    }

    /// A block at work and one waiting for each worker.
    var depth: Int { workers.count * 2 }
    var count: Int { pending.count }

    mutating func submit(_ block: InputBlock) {
        let work = Work(block)
        let worker = workers[submittedCount % workers.count]
        submittedCount += 1
        pending.append(work)
        worker.queue.async {
            work.run(worker.decoder)
        }
    }

    /// The oldest block with its rows; nil when none is inside. Waits for it.
    mutating func next() -> (block: InputBlock, decoded: DecodedBlock)? {
        if pending.isEmpty { return nil }
        return pending.removeFirst().wait()
    }

    /// Decodes one block again, knowing the table's columns.
    func decodeAgain(_ block: InputBlock, _ admission: ColumnAdmission) -> DecodedBlock {
        makeDecoder(admission).decode(block)
    }
}
