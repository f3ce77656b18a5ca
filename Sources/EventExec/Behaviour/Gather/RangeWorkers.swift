package import EventBase
import Dispatch
import Synchronization

/// Runs the pieces of one statement on `context.threadCount` threads, each with a state of its own.
package enum RangeWorkers {
    /// Calls `body` once for every index below `count`, in no order, and answers the workers' states.
    ///
    /// The first error stops the others at their next piece and is thrown. The caller's thread takes part.
    package static func run<State: Sendable>(
        count: Int, context: QueryContext, makeState: @Sendable () -> State,
        body: @Sendable (inout State, Int) throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> [State] {
        let workers = max(1, min(context.threadCount, count))
        let next = Atomic<Int>(0)
        let outcome = Mutex<(states: [State], error: EventSQLError?)>(([], nil))
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            var state = makeState()
            do throws(EventSQLError) {
                while true {
                    let index = next.add(1, ordering: .relaxed).oldValue
                    if index >= count { break }
                    try context.check()
                    try body(&state, index)
                }
            } catch {
                next.store(count, ordering: .relaxed)
                outcome.withLock { if $0.error == nil { $0.error = error } }
            }
            outcome.withLock { $0.states.append(state) }
        }
        return try outcome.withLock { value throws(EventSQLError) in
            if let error = value.error { throw error }
            return value.states
        }
    }

    /// The answers of `body` for every index below `count`, each on a thread of its own as far as there are cores.
    static func map<Answer: Sendable>(
        count: Int, _ body: @Sendable (Int) throws(EventSQLError) -> Answer
    ) throws(EventSQLError) -> [Answer] {
        if count == 1 { return [try body(0)] }
        let answers = Mutex<[(index: Int, answer: Result<Answer, EventSQLError>)]>([])
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let answer = Result { () throws(EventSQLError) in try body(index) }
            answers.withLock { $0.append((index, answer)) }
        }
        let sorted = answers.withLock { $0.sorted { $0.index < $1.index } }
        return try sorted.map { entry throws(EventSQLError) in try entry.answer.get() }
    }
}
