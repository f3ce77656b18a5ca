internal import EventBase
internal import Synchronization

/// Stops a running statement from another thread: hand it to `query`, then call `cancel()`.
///
/// A cancelled statement throws an error of kind `.cancelled` within a granule's worth of work.
/// - Threads: all members may be called from any thread, also from a signal-handling thread.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var running: [QueryContext] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Stops what runs now and refuses what comes later with this object.
    public func cancel() {
        let running = state.withLock { state in
            state.isCancelled = true
            return state.running
        }
        for context in running { context.cancel() }
    }

    func attach(_ context: QueryContext) {
        let isCancelled = state.withLock { state in
            state.running.append(context)
            return state.isCancelled
        }
        if isCancelled { context.cancel() }
    }

    func detach(_ context: QueryContext) {
        state.withLock { state in state.running.removeAll { $0 === context } }
    }
}
