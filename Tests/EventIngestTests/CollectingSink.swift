import EventBase
import EventColumns

@testable import EventIngest

/// A sink that keeps every row, boxed.
struct CollectingSink: EventSink {
    var knownColumns: [String] = []
    var rows: [DecodedRow] = []
    var blockCount = 0

    mutating func add(_ buffer: EventBuffer) throws(EventSQLError) {
        rows += buffer.rows
        blockCount += 1
    }
}

enum Ingest {
    /// Runs inputs into memory.
    static func collect(
        _ paths: [String], _ options: IngestOptions = IngestOptions(), rejectsFolder: String? = nil,
        knownColumns: [String] = [], blockSizeBytes: Int = BlockReader.blockSizeBytes
    ) throws -> (rows: [DecodedRow], summary: IngestSummary) {
        var run = IngestRun(
            sink: CollectingSink(knownColumns: knownColumns), options: options, rejectsFolder: rejectsFolder,
            blockSizeBytes: blockSizeBytes)
        try run.run(paths.map { IngestInput(argument: $0) })
        return (run.sink.rows, run.summary)
    }
}
