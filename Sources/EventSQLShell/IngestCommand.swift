public import ArgumentParser
public import EventIngest
import EventRender
import EventSQL

/// `eventsql ingest DIR FILE…`: all rows of all files, or none.
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql ingest", abstract: "Add events from JSON lines or CSV; plain, .gz or .zst.",
        discussion: "Exit code: 0, 1 when nothing was stored, 2 when some rows were refused and the rest stored.")

    @Argument(help: "The database directory; made when missing.")
    var directory: String

    @Argument(help: "Files; - is standard input.")
    var files: [String]

    @Option(help: "jsonl or csv; told from the name and the first bytes when absent.")
    var format: IngestFormat = .automatic

    @Option(help: "The event table.")
    var table = "events"

    @Option(
        name: .customLong("map"), parsing: .upToNextOption,
        help: "column=path, e.g. timestamp=time user_id=actor.login, or column==text for a constant.")
    var mapping: [String] = []

    @Flag(help: "Store nothing when any row is refused.")
    var strict = false

    @Flag(help: "Store events also when their event_id is stored already in the same month.")
    var keepDuplicates = false

    func validate() throws {
        if files.isEmpty { throw ValidationError("name at least one file, or - for standard input") }
    }

    func run() throws {
        Heap.returnLargeBlocks()
        var refusedCount = 0
        do throws(EventSQLError) {
            var databaseOptions = DatabaseOptions()
            databaseOptions.leavesOutDuplicates = !keepDuplicates
            let database = try EventDatabase.open(at: directory, options: databaseOptions)
            defer { database.close() }
            var options = IngestOptions()
            options.format = format
            options.table = table
            options.strict = strict
            options.mapping = try ColumnMapping(mapping)
            let summary = try EventIngest.ingest(
                into: database, inputs: files.map { IngestInput(argument: $0) }, options: options,
                progress: ProgressLine.reporter())
            ProgressLine.clear()
            Self.report(summary)
            refusedCount = summary.rejectedCount
        } catch {
            ProgressLine.clear()
            Terminal.writeError("\(error)\n")
            throw ExitCode(1)
        }
        if refusedCount > 0 { throw ExitCode(2) }
    }

    static func report(_ summary: IngestSummary) {
        var text = "stored \(Units.grouped(summary.rowCount)) rows in \(Units.seconds(summary.seconds))"
        text += ", \(Units.grouped(Int(summary.rowsPerSecond))) rows/s\n"
        if summary.duplicateCount > 0 {
            text += "left out \(Units.grouped(summary.duplicateCount)) events whose event_id is stored already\n"
        }
        if summary.forgottenCount > 0 {
            text += "left out \(Units.grouped(summary.forgottenCount)) events of forgotten users\n"
        }
        if summary.rejectedCount > 0 {
            text += "rejected \(Units.grouped(summary.rejectedCount)) rows:\n"
            for (reason, count) in summary.rejected.sorted(by: {
                ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
            }) {
                text += "  \(reason.rawValue) \(Units.grouped(count))\n"
            }
            if let path = summary.rejectsPath { text += "  see \(path)\n" }
        }
        Terminal.writeError(text)
    }
}

extension IngestFormat: ExpressibleByArgument {}

/// The progress line of a long import, on a terminal only.
enum ProgressLine {
    static func reporter() -> ((IngestProgress) -> Void)? {
        guard Terminal.isTerminal(2) else { return nil }
        return { progress in
            let share = progress.totalSizeBytes.map { total in
                total > 0 ? " " + Units.percent(Double(progress.inputSizeBytes) / Double(total)) : ""
            }
            let refused = progress.rejectedCount > 0 ? ", \(Units.grouped(progress.rejectedCount)) rejected" : ""
            Terminal.writeError(
                "\r\u{1b}[K\(progress.inputName):\(share ?? "") \(Units.grouped(progress.rowCount)) rows\(refused)")
        }
    }

    static func clear() {
        if Terminal.isTerminal(2) { Terminal.writeError("\r\u{1b}[K") }
    }
}
