internal import EventBase
internal import EventColumns
internal import EventFormat

/// Rows of one table that are in the WAL and not yet in a segment, in order of arrival.
///
/// A snapshot sees them as row groups in memory, encoded by the same writer as segments when it first asks and kept;
/// small groups are merged with later rows, so a row is encoded O(log n) times.
struct Memtable: Sendable {
    private struct Group: Sendable {
        var parts: Range<Int>
        var reader: any RowGroup
    }

    /// Rows of a group beyond which it is left as it is.
    private static let groupRowCountMax = 1 << 16

    private var parts: [RowBatch.Part] = []
    private var groups: [Group] = []
    /// No group spans this part: rows before it are being flushed.
    private var barrier = 0
    private(set) var rowCount = 0
    private(set) var sizeBytes = 0
    /// Paths and types that the rows brought, in order of first sight.
    private(set) var schemaParts: [(path: String, types: StoredTypes)] = []

    var isEmpty: Bool { parts.isEmpty }
    var buffers: [EventBuffer] { parts.map(\.buffer) }

    mutating func append(_ buffer: EventBuffer, ordinals: [UInt32]) {
        if buffer.rowCount == 0 { return }
        parts.append(RowBatch.Part(buffer: buffer, ordinals: ordinals))
        rowCount += buffer.rowCount
        sizeBytes += buffer.sizeBytes
        for column in buffer.columns where column.storedTypes != [] {
            if let index = schemaParts.firstIndex(where: { $0.path == column.path }) {
                schemaParts[index].types.formUnion(column.storedTypes)
            } else {
                schemaParts.append((column.path, column.storedTypes))
            }
        }
    }

    /// All rows so far, for a flush; `drop` forgets them once they are in segments.
    mutating func freeze() -> (batch: RowBatch, partCount: Int) {
        barrier = parts.count
        return (batch(0..<parts.count), parts.count)
    }

    /// Forgets the first `partCount` parts.
    mutating func drop(partCount: Int) {
        parts.removeFirst(partCount)
        groups.removeAll { $0.parts.upperBound <= partCount }
        for index in groups.indices {
            let range = groups[index].parts
            groups[index].parts = (range.lowerBound - partCount)..<(range.upperBound - partCount)
        }
        barrier = max(0, barrier - partCount)
        rowCount = parts.reduce(0) { $0 + $1.buffer.rowCount }
        sizeBytes = parts.reduce(0) { $0 + $1.buffer.sizeBytes }
        if parts.isEmpty { schemaParts = [] }
    }

    /// The rows as row groups; encodes what came since the last call.
    mutating func rowGroups() throws(EventSQLError) -> [any RowGroup] {
        let encodedEnd = groups.last?.parts.upperBound ?? 0
        try encode(encodedEnd..<min(max(barrier, encodedEnd), parts.count))
        try encode((groups.last?.parts.upperBound ?? 0)..<parts.count)
        return groups.map(\.reader)
    }

    private mutating func encode(_ range: Range<Int>) throws(EventSQLError) {
        if range.isEmpty { return }
        var range = range
        var count = rows(range)
        while let last = groups.last, last.parts.lowerBound >= barrier || range.upperBound <= barrier,
            last.reader.rowCount <= 2 * count, last.reader.rowCount + count <= Self.groupRowCountMax
        {
            range = last.parts.lowerBound..<range.upperBound
            count += last.reader.rowCount
            groups.removeLast()
        }
        for draft in DraftBuilder.encode(batch(range), partitioning: .single, threadCount: 1) {
            let bytes = SharedBytes(draft.segment.whole())
            let reader = try SegmentReader(bytes: bytes, label: "memtable", users: UnnamedUsers())
            groups.append(Group(parts: range, reader: reader))
        }
    }

    /// Whether any row belongs to a user.
    func contains(user ordinal: UInt32) -> Bool { parts.contains { $0.ordinals.contains(ordinal) } }

    private func rows(_ range: Range<Int>) -> Int { parts[range].reduce(0) { $0 + $1.buffer.rowCount } }

    private func batch(_ range: Range<Int>) -> RowBatch {
        var batch = RowBatch()
        for part in parts[range] { batch.append(part.buffer, ordinals: part.ordinals) }
        return batch
    }
}
