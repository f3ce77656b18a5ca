package import EventBase

/// The rows of a segment to be, sorted by (user ordinal, timestamp, ingest order): what the segment writer encodes.
/// Both ingestion and compaction make it, so they share every byte of the encoder.
package struct SegmentContent: Sendable {
    /// User ordinals, 0 for none; ascending.
    package var users: [UInt32]
    /// Microseconds since 1970 UTC; ascending inside a user.
    package var times: [Int64]
    /// Codes of `names`, `EventBuffer.noCode` for none.
    package var nameCodes: [UInt32]
    package var names: any StringPool

    package init(users: [UInt32], times: [Int64], nameCodes: [UInt32], names: any StringPool) {
        precondition(users.count == times.count && users.count == nameCodes.count, "BUG: columns differ in length")
        self.users = users
        self.times = times
        self.nameCodes = nameCodes
        self.names = names
    }

    package var rowCount: Int { users.count }
}

/// One property column of a segment to be: the values of each stored type with their rows in segment order.
package struct SegmentColumn: Sendable {
    package var path: String
    package var bools = SparseValues<Bool>()
    package var integers = SparseValues<Int64>()
    package var doubles = SparseValues<Double>()
    /// Codes of `stringPool`; not every code of the pool need occur.
    package var strings = SparseValues<UInt32>()
    package var stringPool: any StringPool = HeapStringPool([])
    /// Strings that are UUIDs; where there are any, all strings are.
    package var uuids = SparseValues<PackedUUID>()
    /// Codes of `jsonPool`.
    package var jsons = SparseValues<UInt32>()
    package var jsonPool: any StringPool = HeapStringPool([])

    package init(path: String) { self.path = path }
}
