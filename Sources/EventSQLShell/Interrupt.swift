import Dispatch
import EventSQL
import Glibc

/// Ctrl-C while a statement runs cancels the statement, not the program.
enum Interrupt {
    static func whileRunning<Result>(_ body: (Cancellation) -> Result) -> Result {
        let cancellation = Cancellation()
        // UNSAFE: benefit: the only way to keep the default handler from ending the program. Soundness: SIG_IGN and
        // SIG_DFL are constants of the system; the source below takes the signal.
        _ = signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { cancellation.cancel() }
        source.resume()
        defer {
            source.cancel()
            _ = signal(SIGINT, SIG_DFL)
        }
        return body(cancellation)
    }
}
