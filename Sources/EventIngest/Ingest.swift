public import EventBase
public import EventSQL

/// Reads events from files or standard input into a database (SPEC 4.2).
///
/// ```swift
/// let summary = try EventIngest.ingest(into: database, inputs: [.file("events.jsonl.gz")])
/// print(summary.rowCount, summary.rejected)
/// ```
/// All inputs of a call are committed together: when it returns, every accepted row is durable and visible; when it throws,
/// none is. Rows that cannot be stored go to the rejects file and do not stop the others, unless `options.strict`.
/// - Errors: `.notFound` and `.io` for files, `.invalidInput` for damaged archives, for a CSV header that cannot serve and for
///   refused rows of a strict call, and what the database objects to.
/// - Threads: the call uses one thread per processor and reports progress on the caller's. Other statements may run meanwhile.
/// - Complexity: memory does not grow with the size of the inputs beyond what the database holds for one flush.
@discardableResult
public func ingest(
    into database: EventDatabase, inputs: [IngestInput], options: IngestOptions = IngestOptions(),
    progress: ((IngestProgress) -> Void)? = nil
) throws(EventSQLError) -> IngestSummary {
    let start = ContinuousClock.now
    let session = try database.beginImport(table: options.table)
    let sink = DatabaseSink(session)
    do throws(EventSQLError) {
        var run = IngestRun(
            sink: sink, options: options, rejectsFolder: database.path + "/rejects", report: progress)
        try run.run(inputs)
        try sink.finish()
        let outcome = try session.commit()
        var summary = run.summary
        summary.rowCount = outcome.storedCount
        summary.duplicateCount = outcome.duplicateCount
        summary.forgottenCount = outcome.forgottenCount
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    } catch {
        try? sink.finish()
        session.abort()
        throw error
    }
}
