import Dispatch
import EventSQL
import Glibc
import Synchronization

/// Ctrl-C while a statement runs cancels the statement, not the program.
///
/// SIGINT is blocked in every thread and waited for by one, so each press is taken exactly once, however many statements a session
/// has run. Without a statement it ends the program, as it does where nothing is installed.
enum Interrupt {
    private static let running = Mutex<Cancellation?>(nil)

    static func whileRunning<Result>(_ body: (Cancellation) -> Result) -> Result {
        _ = watcher
        let cancellation = Cancellation()
        running.withLock { $0 = cancellation }
        defer { running.withLock { $0 = nil } }
        return body(cancellation)
    }

    /// Made with the first statement. Threads made later inherit the blocked signal; those of Dispatch block it by themselves.
    ///
    /// UNSAFE: benefit: signals as the system has them. Soundness: the set is a local value, filled before it is read.
    private static let watcher: Void = {
        var signals = sigset_t()
        _ = unsafe sigemptyset(&signals)
        _ = unsafe sigaddset(&signals, SIGINT)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        DispatchQueue(label: "eventsql.interrupt").async { waitForever() }
    }()

    private static func waitForever() {
        var signals = sigset_t()
        _ = unsafe sigemptyset(&signals)
        _ = unsafe sigaddset(&signals, SIGINT)
        var number: Int32 = 0
        while true {
            guard unsafe sigwait(&signals, &number) == 0 else { continue }
            guard let cancellation = running.withLock({ $0 }) else { _exit(128 + SIGINT) }
            cancellation.cancel()
        }
    }
}
