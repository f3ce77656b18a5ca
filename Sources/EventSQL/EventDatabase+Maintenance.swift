public import EventBase
internal import EventStore

/// What a compaction did.
public struct CompactionReport: Sendable, Equatable {
    public var segmentsRead = 0
    public var segmentsWritten = 0
    public var bytesRead = 0
    public var bytesWritten = 0

    /// Bytes written for each byte read.
    public var writeAmplification: Double { bytesRead == 0 ? 0 : Double(bytesWritten) / Double(bytesRead) }
}

/// Work on the stored files that no statement asks for.
extension EventDatabase {
    /// Merges small segments into few large ones, without the rows that deletes hide. Queries never wait for it.
    ///
    /// The same happens in the background after appends; this call does all of it now.
    /// - Errors: `.io`, `.conflict` when rows were deleted meanwhile (call again), `.cancelled`; what was merged by then stays.
    @discardableResult
    public func compact(
        cancellation: Cancellation? = nil, progress: FileProgress? = nil
    ) throws(EventSQLError) -> CompactionReport {
        let context = QueryContext(memoryLimitBytes: .max)
        cancellation?.attach(context)
        defer { cancellation?.detach(context) }
        let total = store.info().tables.reduce(0) { $0 + $1.segmentSizeBytes }
        let summary = try store.compact(context: context) { done in progress?(done, max(done, total)) }
        return CompactionReport(
            segmentsRead: summary.segmentsRead, segmentsWritten: summary.segmentsWritten, bytesRead: summary.bytesRead,
            bytesWritten: summary.bytesWritten)
    }

    /// Sees what the writing process has appended and committed since this one was opened read-only. A writer is always up to
    /// date, and results stay as they are.
    public func refresh() throws(EventSQLError) { try store.refresh() }
}
