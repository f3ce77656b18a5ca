import EventRender
import EventSQL

/// `.tables` and its kin, with psql's spellings where they are one word.
struct DotCommand {
    enum Outcome { case goOn, quit }

    static let names = [".exit", ".help", ".mode", ".quit", ".read", ".schema", ".tables", ".timer"]
    private static let aliases = [
        "\\q": ".quit", "\\dt": ".tables", "\\d": ".schema", "\\timing": ".timer", "\\?": ".help", "\\i": ".read",
    ]
    private let words: [String]

    /// nil for a line that is no command.
    init?(_ line: String) {
        var words = line.split(separator: " ").map { $0.hasSuffix(";") ? String($0.dropLast()) : String($0) }
        guard let first = words.first, first.hasPrefix(".") || first.hasPrefix("\\") else { return nil }
        words[0] = Self.aliases[first] ?? first
        self.words = words
    }

    func run(_ session: Session) -> Outcome {
        let matches = Self.names.filter { $0.hasPrefix(words[0]) }
        guard let name = matches.contains(words[0]) ? words[0] : matches.count == 1 ? matches[0] : nil else {
            Terminal.writeError("no command \(words[0]); .help lists them\n")
            return .goOn
        }
        let argument = words.count > 1 ? words[1] : nil
        switch name {
        case ".quit", ".exit": return .quit
        case ".tables": for table in session.database.info().tables { Terminal.write(table.name + "\n") }
        case ".read": read(session, argument)
        case ".schema": schema(session, argument)
        case ".mode": mode(session, argument)
        case ".timer":
            session.showsTime = argument.map { $0 == "on" } ?? !session.showsTime
            Terminal.write("timer \(session.showsTime ? "on" : "off")\n")
        default: Terminal.write(Self.help)
        }
        return .goOn
    }

    private func read(_ session: Session, _ path: String?) {
        guard let path else {
            Terminal.writeError(".read takes a file of statements\n")
            return
        }
        do throws(EventSQLError) {
            let text = try Terminal.readText(path)
            _ = Interrupt.whileRunning { session.run(text, cancellation: $0) }
        } catch { Terminal.writeError("\(error)\n") }
    }

    private func schema(_ session: Session, _ wanted: String?) {
        for table in session.database.info().tables where wanted == nil || table.name == wanted {
            Terminal.write("\(table.name)\n")
            for column in table.columns { Terminal.write("  \(column.name) \(column.type.rawValue)\n") }
        }
    }

    private func mode(_ session: Session, _ wanted: String?) {
        if let wanted {
            guard let format = ResultFormat(rawValue: wanted) else {
                let all = ResultFormat.allCases.map(\.rawValue).joined(separator: ", ")
                Terminal.writeError("no mode '\(wanted)'; there are \(all)\n")
                return
            }
            session.format = format
        }
        Terminal.write("mode \(session.format.rawValue)\n")
    }

    private static let help = """
        .help            this list              \\?
        .mode [FORMAT]   table, csv, json, jsonl, markdown
        .quit            leave                  \\q, Ctrl-D
        .read FILE       a file of statements   \\i
        .schema [TABLE]  columns and types      \\d
        .tables          names of tables        \\dt
        .timer [on|off]  time of each statement \\timing
        Beginnings that are unambiguous do. Statements end with ; and may span lines. Ctrl-C stops a running one.

        """
}
