/// How a database is opened and what its statements may use.
public struct DatabaseOptions: Sendable {
    /// Never writes, never locks: any number of processes may open the same directory so.
    public var readOnly = false
    /// Makes the directory where there is none; otherwise a missing one is an error.
    public var createIfMissing = true
    /// Bytes one statement may hold for its intermediate results; nil: a quarter of the machine's memory.
    public var memoryLimitBytes: Int?
    /// Worker threads a statement may use; nil: one for each core.
    public var threadCount: Int?
    /// Milliseconds a statement may run; nil: as long as it takes.
    public var statementTimeoutMilliseconds: Int?

    /// Leaves out events whose id is stored already in the same UTC month, so that retries are harmless.
    public var leavesOutDuplicates = true

    /// What reads the files of COPY FROM: `.ingest` of the module EventIngest. nil: the statement is refused.
    public var copyReader: CopyReader?

    public init() {}
}
