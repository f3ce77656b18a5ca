import CEdit
import EventRender
import EventSQL
import Glibc

/// Statements typed by a person: line editing and history by libedit, statements over several lines until `;`.
struct InteractiveShell {
    private let session: Session

    init(_ session: Session) { self.session = session }

    func run() {
        let historyPath = Terminal.environment("HOME").map { $0 + "/.eventsql_history" }
        // UNSAFE: benefit: libedit's own history. Soundness: it copies the strings it is given before returning.
        using_history()
        if let historyPath { _ = unsafe read_history(historyPath) }
        Completer.install(session.database)
        Terminal.writeError("EventSQL on \(session.database.path). Statements end with ;   .help lists commands.\n")
        var pending = ""
        while let line = Self.readLine(prompt: pending.isEmpty ? "eventsql> " : "      ...> ") {
            if pending.isEmpty, let command = DotCommand(line) {
                if command.run(session) == .quit { break }
                continue
            }
            pending += pending.isEmpty ? line : "\n" + line
            defer { Completer.setPending(pending) }
            let text = pending.filter { !$0.isWhitespace }
            if text.isEmpty { pending = "" }
            guard text.hasSuffix(";"), !EventDatabase.isIncomplete(pending) else { continue }
            unsafe add_history(pending)
            if let historyPath { _ = unsafe write_history(historyPath) }
            _ = Interrupt.whileRunning { session.run(pending, cancellation: $0) }
            pending = ""
        }
        Terminal.write("\n")
        Terminal.flush()
    }

    /// One line without its end; nil at the end of input.
    private static func readLine(prompt: String) -> String? {
        Terminal.flush()
        guard let line = unsafe readline(prompt) else { return nil }
        defer { unsafe free(line) }
        return unsafe String(cString: line)
    }
}
