internal import Dispatch
internal import EventBase
internal import EventColumns
internal import EventSQL
internal import Synchronization

/// Rows into a database's import, on a thread of its own: while the database sorts and writes, reading and decoding go on.
///
/// - Threads: `add` and `finish` belong to one thread. `finish` must be called before the import is committed or aborted.
final class DatabaseSink: EventSink, Sendable {
    /// Blocks that may wait. While rows are sorted and encoded no block is taken, and not all of that work keeps all cores
    /// busy; a block is about half a megabyte in memory.
    private static let waitingCountMax = 64

    private let session: any CopyRows
    private let queue = DispatchQueue(label: "eventsql.ingest.store")
    private let room = DispatchSemaphore(value: waitingCountMax)
    /// The first failure; every later block is dropped.
    private let failure = Mutex<EventSQLError?>(nil)

    init(_ session: any CopyRows) { self.session = session }

    var knownColumns: [String] { session.knownColumns }

    /// Takes a block over.
    /// - Errors: those of an earlier block.
    func add(_ buffer: EventBuffer) throws(EventSQLError) {
        try check()
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            if failure.withLock({ $0 != nil }) { return }
            do throws(EventSQLError) {
                try session.add(buffer)
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }

    /// Waits until all blocks are stored.
    func finish() throws(EventSQLError) {
        queue.sync {}
        try check()
    }

    private func check() throws(EventSQLError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
