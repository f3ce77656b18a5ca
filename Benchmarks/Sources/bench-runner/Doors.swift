import EventBase
import EventIngest
import EventSQL

// The two doors into the library that everything here goes through.

nonisolated func open(
    _ directory: String, threads: Int, leavesOutDuplicates: Bool = true
) throws(EventSQLError) -> EventDatabase {
    var options = DatabaseOptions()
    options.threadCount = threads
    options.leavesOutDuplicates = leavesOutDuplicates
    return try EventDatabase.open(at: directory, options: options)
}

nonisolated func load(
    _ path: String, _ format: String, threads: Int, into database: EventDatabase
) throws(EventSQLError) -> IngestSummary {
    var options = IngestOptions()
    guard let format = IngestFormat(rawValue: format) else {
        throw EventSQLError(.invalidInput, "no format is called '\(format)'")
    }
    options.format = format
    options.threadCount = threads
    return try ingest(into: database, inputs: [.file(path)], options: options)
}
