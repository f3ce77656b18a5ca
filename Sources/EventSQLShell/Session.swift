import EventRender
import EventSQL

/// One open database and how its results are shown.
final class Session {
    let database: EventDatabase
    var format: ResultFormat
    var showsTime: Bool

    init(database: EventDatabase, format: ResultFormat, showsTime: Bool) {
        self.database = database
        self.format = format
        self.showsTime = showsTime
    }

    /// Runs every statement of a script and prints the results; false after the first that fails.
    func run(_ script: String, cancellation: Cancellation? = nil) -> Bool {
        do throws(EventSQLError) {
            try database.execute(script, cancellation: cancellation) { (result) throws(EventSQLError) in show(result) }
            Terminal.flush()
            return true
        } catch {
            let text = EventDatabase.describe(error, in: script)
            Terminal.writeError(text.hasSuffix("\n") ? text : text + "\n")
            return false
        }
    }

    private func show(_ result: QueryResult) {
        if result.kind == .effect, format == .table {
            let values = result.rows.first { _ in true } ?? []
            let facts = zip(result.columns, values).map { "\($0.name) \($1.text ?? "NULL")" }
            Terminal.write(facts.isEmpty ? "done\n" : facts.joined(separator: ", ") + "\n")
        } else {
            format.print(result, style: Terminal.style) { Terminal.write($0) }
        }
        if format == .table {
            for note in result.notes { Terminal.write("  \(note)\n") }
        }
        if showsTime { Terminal.writeError("time: \(Units.seconds(result.elapsed / .seconds(1)))\n") }
    }
}
