import ArgumentParser
import EventIngest
import EventRender
import EventSQL
import Foundation

/// `eventsql demo [DIR]`: real events in; a funnel, a retention triangle and a cohort out.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventsql demo", abstract: "Load real shopping events and ask them a few questions.")

    @Argument(help: "The database directory; an earlier demo in it is replaced.")
    var directory = "demo.db"

    @Option(help: "The events to load.")
    var dataset = "Fixtures/datasets/grocery-households.events.jsonl.gz"

    private static let marker = "made-by-eventsql-demo"

    func run() throws {
        do throws(EventSQLError) {
            try clear()
            let database = try EventDatabase.open(at: directory)
            defer { database.close() }
            _ = FileManager.default.createFile(atPath: "\(directory).\(Self.marker)", contents: nil)
            let summary = try EventIngest.ingest(
                into: database, inputs: [.file(dataset)], progress: ProgressLine.reporter())
            ProgressLine.clear()
            try show(database, summary)
        } catch {
            Terminal.writeError("\(error)\n")
            throw ExitCode(1)
        }
    }

    /// Removes an earlier demo, and nothing that something else made.
    private func clear() throws(EventSQLError) {
        let files = FileManager.default
        guard files.fileExists(atPath: directory) else { return }
        guard files.fileExists(atPath: "\(directory).\(Self.marker)") else {
            throw EventSQLError(
                .conflict, "'\(directory)' exists and was not made by the demo", hint: "name another directory",
                path: directory)
        }
        do { try files.removeItem(atPath: directory) } catch {
            throw EventSQLError(.io, "cannot replace the earlier demo: \(error)", path: directory)
        }
    }

    private func show(_ database: EventDatabase, _ summary: IngestSummary) throws(EventSQLError) {
        var milliseconds: [String] = []
        func ask(_ title: String, _ sql: String) throws(EventSQLError) {
            Terminal.write("\n\(title)\n")
            Terminal.write(sql.split(separator: "\n").map { "  \($0)\n" }.joined() + "\n")
            let result = try database.query(sql)
            ResultFormat.table.print(result, style: Terminal.style) { Terminal.write($0) }
            milliseconds.append(Units.seconds(result.elapsed / .seconds(1)))
        }
        Terminal.write("Real events: 225 households, a year of shopping (Fixtures/datasets/README.md)\n")
        for question in Self.questions { try ask(question.title, question.sql) }
        let table = database.info().tables[0]
        let perEvent = Units.decimal(Double(table.sizeBytes) / Double(max(1, table.rowCount)), 1)
        Terminal.write(
            "\nIn: \(Units.grouped(summary.rowCount)) events, \(Units.grouped(Int(summary.rowsPerSecond))) rows/s. "
                + "On disk: \(Units.bytes(table.sizeBytes)), \(perEvent) bytes/event. "
                + "Questions: \(milliseconds.joined(separator: ", ")).\n")
        Terminal.write("\nOpen the shell on it:  \(CommandLine.arguments[0]) \(directory)\n")
        Terminal.flush()
    }

    private static let questions: [(title: String, sql: String)] = [
        (
            "What is there",
            """
            SELECT event_name, count(*) AS events, count(DISTINCT user_id) AS households
            FROM events GROUP BY event_name ORDER BY events DESC
            """
        ),
        (
            "From campaign to coupon to purchase within 30 days",
            """
            FUNNEL FROM events
              STEPS received: 'campaign_received', redeemed: 'coupon_redeemed', bought: 'item_purchased'
              WITHIN 30 DAYS
            """
        ),
        (
            "Do buyers come back? Weeks after the first purchase",
            "RETENTION FROM events START 'item_purchased' RETURN 'item_purchased' EVERY WEEK PERIODS 12"
        ),
        (
            "A cohort: heavy buyers who use coupons",
            """
            CREATE COHORT coupon_lovers AS USERS
            WHERE COUNT('item_purchased') >= 500 AND DID 'coupon_redeemed'
            """
        ),
        (
            "What its members buy",
            """
            SELECT properties.department AS department, count(*) AS items, round(sum(properties.sales_value), 2) AS sales
            FROM events WHERE event_name = 'item_purchased' AND user_id IN COHORT coupon_lovers
            GROUP BY 1 ORDER BY sales DESC LIMIT 8
            """
        ),
    ]
}
