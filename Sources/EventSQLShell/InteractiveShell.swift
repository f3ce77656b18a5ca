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
        while let typed = Self.readLine(prompt: pending.isEmpty ? "eventsql> " : "      ...> ") {
            guard case .line(let line) = typed else {
                pending = ""
                Completer.setPending("")
                continue
            }
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

    private enum Typed {
        /// Without its end.
        case line(String)
        /// Ctrl-C: the statement that was being typed is given up.
        case nothing
    }

    /// nil at the end of input.
    private static func readLine(prompt: String) -> Typed? {
        Terminal.flush()
        var wasDropped: Int32 = 0
        guard let line = unsafe eventsql_read_line(prompt, &wasDropped) else {
            if wasDropped == 0 { return nil }
            Terminal.writeError("^C\n")
            return .nothing
        }
        defer { unsafe free(line) }
        return unsafe .line(String(cString: line))
    }
}
