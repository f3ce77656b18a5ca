import ArgumentParser
import EventIngest
import EventRender
import EventSQL

/// `eventsql DIR`: statements from -c, from -f, from a pipe, or typed.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql",
        abstract: "Ask an event database.",
        discussion: """
            eventsql DIR                 type statements
            eventsql DIR -c "SELECT …"   run statements and leave
            eventsql ingest DIR FILE…    add events from JSON lines or CSV
            eventsql info DIR            what is inside
            eventsql verify DIR          check every byte
            eventsql backup DIR DEST     copy it while it is used
            eventsql compact DIR         merge small files into large ones
            eventsql demo [DIR]          see it at work on real events
            A directory that is called like a subcommand is addressed as ./ingest.
            Exit code: 0, 1 when a statement failed, 64 for wrong usage.
            """)

    @Argument(help: "The database directory; made when missing, unless -c, -f or --readonly is given.")
    var directory: String

    @Option(name: .customShort("c"), help: "Statements to run; may be given several times.")
    var commands: [String] = []

    @Option(name: .customShort("f"), help: "A file of statements; - is standard input.")
    var files: [String] = []

    @Option(help: "How results are printed: table, csv, json, jsonl or markdown.")
    var format: ResultFormat = .table

    @Flag(name: .customLong("readonly"), help: "Never write, never lock.")
    var readOnly = false

    func run() throws {
        let isOneShot = !commands.isEmpty || !files.isEmpty
        var options = DatabaseOptions()
        options.readOnly = readOnly
        options.createIfMissing = !readOnly && !isOneShot
        guard let database = Opening.open(directory, options) else { throw ExitCode(1) }
        defer { database.close() }
        let session = Session(database: database, format: format, showsTime: false)
        if !isOneShot, Terminal.isTerminal(0) {
            InteractiveShell(session).run()
            return
        }
        for command in commands where !session.run(command) { throw ExitCode(1) }
        for file in files + (isOneShot ? [] : ["-"]) {
            do throws(EventSQLError) {
                guard session.run(try Terminal.readText(file)) else { throw EventSQLError(.cancelled, "") }
            } catch {
                if error.kind != .cancelled { Terminal.writeError("\(error)\n") }
                throw ExitCode(1)
            }
        }
    }
}

extension ResultFormat: ExpressibleByArgument {}

/// Opens databases for commands: a reader where the writer's place is taken.
enum Opening {
    static func open(_ path: String, _ options: DatabaseOptions) -> EventDatabase? {
        var options = options
        options.copyReader = .ingest
        do throws(EventSQLError) {
            do throws(EventSQLError) {
                return try EventDatabase.open(at: path, options: options)
            } catch {
                guard error.kind == .conflict, !options.readOnly else { throw error }
                var readOnly = options
                readOnly.readOnly = true
                let database = try EventDatabase.open(at: path, options: readOnly)
                Terminal.writeError("\(error.message); opened for reading only\n")
                return database
            }
        } catch {
            Terminal.writeError("\(error)\n")
            return nil
        }
    }
}
