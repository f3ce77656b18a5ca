import ArgumentParser
import EventRender
import EventSQL

/// `eventsql verify DIR`: every checksum, order, index and cross-reference.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql verify", abstract: "Check every byte of a database that something depends on.",
        discussion: "Exit code: 0 when all is well, 1 when something is damaged or cannot be read.")

    @Argument(help: "The database directory; others may read and write it meanwhile.")
    var directory: String

    func run() throws {
        var options = DatabaseOptions()
        options.readOnly = true
        guard let database = Opening.open(directory, options) else { throw ExitCode(1) }
        let findings = try FileProgressLine.attempt { (cancellation) throws(EventSQLError) in
            try database.verify(cancellation: cancellation, progress: FileProgressLine.reporter("verified"))
        }
        for report in database.info().reports { Terminal.write("opening: \(report)\n") }
        for finding in findings { Terminal.write("\(finding.isHarmless ? "note" : "damaged"): \(finding)\n") }
        let damaged = findings.count { !$0.isHarmless }
        let isWhole = damaged == 0 && database.info().reports.isEmpty
        Terminal.write(isWhole ? "no damage\n" : "\(Units.grouped(damaged)) findings of damage\n")
        Terminal.flush()
        if !isWhole { throw ExitCode(1) }
    }
}

/// `eventsql backup DIR DEST`: a consistent copy of a database in use.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql backup", abstract: "Copy a database while others read and write it.",
        discussion: "Exit code: 0, or 1 when there is no backup; what was written then does not open as a database.")

    @Argument(help: "The database directory.")
    var directory: String

    @Argument(help: "An empty or new directory.")
    var destination: String

    @Flag(help: "Copy every byte, also where hard links in the same file system would do.")
    var copy = false

    func run() throws {
        var options = DatabaseOptions()
        options.readOnly = true
        guard let database = Opening.open(directory, options) else { throw ExitCode(1) }
        let report = try FileProgressLine.attempt { (cancellation) throws(EventSQLError) in
            try database.backup(
                to: destination, sharesBytes: !copy, cancellation: cancellation,
                progress: FileProgressLine.reporter("copied"))
        }
        let linked = report.linkedCount > 0 ? ", \(Units.grouped(report.linkedCount)) of them hard links" : ""
        Terminal.writeError("\(Units.grouped(report.fileCount)) files, \(Units.bytes(report.sizeBytes))\(linked)\n")
    }
}

/// `eventsql compact DIR`: small segments into large ones, hidden rows left behind.
struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql compact", abstract: "Merge small segments into large ones, without deleted rows.",
        discussion: "Exit code: 0, or 1 when it was stopped or failed; what was merged by then stays merged.")

    @Argument(help: "The database directory; nobody else may write to it meanwhile.")
    var directory: String

    func run() throws {
        Heap.returnLargeBlocks()
        var options = DatabaseOptions()
        options.createIfMissing = false
        let database: EventDatabase
        do throws(EventSQLError) {
            database = try EventDatabase.open(at: directory, options: options)
        } catch {
            Terminal.writeError("\(error)\n")
            throw ExitCode(1)
        }
        defer { database.close() }
        let report = try FileProgressLine.attempt { (cancellation) throws(EventSQLError) in
            try database.compact(cancellation: cancellation, progress: FileProgressLine.reporter("merged"))
        }
        Terminal.writeError(
            "\(Units.grouped(report.segmentsRead)) segments became \(Units.grouped(report.segmentsWritten)), "
                + "\(Units.bytes(report.bytesRead)) became \(Units.bytes(report.bytesWritten))\n")
    }
}

/// One line on a terminal that says how far work on files has come, and what Ctrl-C does to it.
enum FileProgressLine {
    static func reporter(_ verb: String) -> FileProgress? {
        guard Terminal.isTerminal(2) else { return nil }
        return { done, total in
            let share = total > 0 ? " (\(Units.percent(Double(done) / Double(total))))" : ""
            Terminal.writeError("\r\u{1b}[K\(verb) \(Units.bytes(done)) of \(Units.bytes(total))\(share)")
        }
    }

    /// Runs work that Ctrl-C cancels; an error is printed and ends the program with 1.
    static func attempt<Result>(
        _ work: (Cancellation) throws(EventSQLError) -> Result
    ) throws(ExitCode) -> Result {
        let outcome = Interrupt.whileRunning { cancellation -> Swift.Result<Result, EventSQLError> in
            do throws(EventSQLError) {
                return .success(try work(cancellation))
            } catch { return .failure(error) }
        }
        ProgressLine.clear()
        switch outcome {
        case .success(let result): return result
        case .failure(let error):
            Terminal.writeError("\(error)\n")
            throw ExitCode(1)
        }
    }
}
