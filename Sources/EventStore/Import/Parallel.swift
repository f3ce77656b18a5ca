internal import Dispatch
internal import Synchronization

/// Independent pieces of work on a bounded number of threads.
enum Parallel {
    /// Calls `work` once for each index below `count`, on at most `threadCount` threads, and waits for all.
    static func forEach(count: Int, threadCount: Int, _ work: @Sendable (Int) -> Void) {
        if count <= 1 || threadCount <= 1 {
            for index in 0..<count { work(index) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(count, threadCount)) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                if index >= count { return }
                work(index)
            }
        }
    }

    /// The results of independent pieces of work, in order.
    static func map<Result: Sendable>(
        count: Int, threadCount: Int, _ work: @Sendable (Int) -> Result
    ) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: count))
        forEach(count: count, threadCount: threadCount) { index in
            let result = work(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }.map {
            guard let result = $0 else { preconditionFailure("BUG: a piece of work was left out") }
            return result
        }
    }
}
