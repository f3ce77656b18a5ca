import ArgumentParser
import Glibc

/// The `eventsql` program: a subcommand by name, anything else is a database directory.
@main
struct EventSQLMain {
    /// Leaves the main actor at once: closures made here would pay a check on every call.
    static func main() { run() }
}

private nonisolated func run() {
    _ = signal(SIGPIPE, SIG_DFL)  // UNSAFE: a reader that goes away ends the program, as it does for any filter.
    let arguments = Array(CommandLine.arguments.dropFirst())
    let subcommands: [String: any ParsableCommand.Type] = [
        "ingest": IngestCommand.self, "info": InfoCommand.self, "demo": DemoCommand.self,
        "verify": VerifyCommand.self, "backup": BackupCommand.self, "compact": CompactCommand.self,
    ]
    if let name = arguments.first, let command = subcommands[name] {
        command.main(Array(arguments.dropFirst()))
    } else if arguments.isEmpty || arguments == ["help"] {
        QueryCommand.main(["--help"])
    } else {
        QueryCommand.main(arguments)
    }
}
