internal import EventBase

/// What a statement read and held, as EXPLAIN ANALYZE tells it operator by operator. The same statement over the same
/// segments reads the same with any number of threads, unless a LIMIT or a window of persons ends it early.
public struct QueryWork: Sendable, Hashable {
    /// Columns of granules (8192 rows) decoded, whole or in part: three columns of one granule are three.
    public var granulesDecoded = 0
    /// Values decoded, of all columns together.
    public var rowsDecoded = 0
    /// Encoded bytes of those values, without dictionaries: a granule's bytes by the share of its rows that was asked for.
    public var bytesRead = 0
    /// Bitmaps of rows or users taken from segments.
    public var bitmapsRead = 0
    /// Bytes that operators put on disk.
    public var spilledBytes = 0
    /// The most that operators held at once, in bytes, as `memory_limit` counts.
    public var peakMemoryBytes = 0

    public init() {}

    init(_ context: QueryContext) {
        let read = context.readTotals
        granulesDecoded = read.granulesDecoded
        rowsDecoded = read.rowsDecoded
        bytesRead = read.bytesRead
        bitmapsRead = read.bitmapsRead
        spilledBytes = context.spilledBytes
        peakMemoryBytes = context.peakReservedBytes
    }
}
