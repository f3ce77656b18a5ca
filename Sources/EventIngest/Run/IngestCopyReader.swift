internal import EventBase
public import EventSQL

extension CopyReader {
    /// Reads the files of COPY FROM as `ingest` does: plain, gzip or zstd, on all cores, refused rows to a file of their own.
    public static let ingest = CopyReader(IngestCopyReader())
}

/// One run of ingestion for each COPY FROM.
struct IngestCopyReader: CopyFileReader {
    func read(_ request: CopyRequest, into rows: any CopyRows) throws(EventSQLError) -> CopyOutcome {
        var options = IngestOptions()
        options.format = request.format == .csv ? .csv : .jsonLines
        options.delimiter = request.delimiter
        options.strict = request.isStrict
        options.rejectsPath = request.rejectsPath
        options.copy = request
        let sink = DatabaseSink(rows)
        do throws(EventSQLError) {
            var run = IngestRun(sink: sink, options: options, rejectsFolder: request.rejectsFolder)
            try run.run([.file(request.path)])
            try sink.finish()
            let summary = run.summary
            return CopyOutcome(
                acceptedCount: summary.rowCount, rejectedCount: summary.rejectedCount,
                rejectsPath: summary.rejectsPath)
        } catch {
            try? sink.finish()
            throw error
        }
    }
}
