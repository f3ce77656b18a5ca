import ArgumentParser
import EventRender
import EventSQL

/// `eventsql info DIR`: what a database holds and what it costs.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql info", abstract: "What a database holds: tables, people, bytes, damage.")

    @Argument(help: "The database directory.")
    var directory: String

    func run() throws {
        var options = DatabaseOptions()
        options.readOnly = true
        guard let database = Opening.open(directory, options) else { throw ExitCode(1) }
        let info = database.info()
        for table in info.tables {
            Terminal.write("table \(table.name)\n")
            Terminal.write("  rows      \(Units.grouped(table.rowCount))\n")
            if let range = table.timeRange {
                Terminal.write("  time      \(range.lowerBound) to \(range.upperBound) UTC\n")
            }
            Terminal.write("  segments  \(Units.grouped(table.segmentCount)), \(Units.bytes(table.sizeBytes))")
            if table.rowCount > 0 {
                Terminal.write(", \(Units.decimal(Double(table.sizeBytes) / Double(table.rowCount), 1)) bytes/event")
            }
            Terminal.write("\n  columns   \(table.columns.count)\n")
            let width = table.columns.map { DisplayText.width($0.name) }.max() ?? 0
            for column in table.columns {
                Terminal.write("    \(DisplayText.fit(column.name, width))  \(column.type.rawValue)\n")
            }
        }
        Terminal.write("users \(Units.grouped(info.userCount)), \(Units.bytes(info.userSizeBytes))\n")
        Terminal.write("cohorts \(Units.grouped(info.cohortCount))\n")
        if let amplification = info.writeAmplification {
            Terminal.write("compaction wrote \(Units.decimal(amplification, 2)) bytes for each byte ingested\n")
        }
        for report in info.reports { Terminal.writeError("note: \(report)\n") }
        Terminal.flush()
    }
}
