internal import EventBase
internal import EventColumns
internal import EventFormat

/// Rows of several buffers with their users numbered, waiting to become segments.
struct RowBatch: Sendable {
    /// One buffer and the ordinals of its rows.
    struct Part: Sendable {
        let buffer: EventBuffer
        let ordinals: [UInt32]
    }

    private(set) var parts: [Part] = []
    private(set) var rowCount = 0
    private(set) var sizeBytes = 0

    mutating func append(_ buffer: EventBuffer, ordinals: [UInt32]) {
        precondition(buffer.rowCount == ordinals.count, "BUG: every row needs an ordinal")
        if buffer.rowCount == 0 { return }
        parts.append(Part(buffer: buffer, ordinals: ordinals))
        rowCount += buffer.rowCount
        sizeBytes += buffer.sizeBytes + 4 * buffer.rowCount
    }

    /// Leaves rows out; `rows` has the ascending rows of each part.
    func removing(_ rows: [[UInt32]]) -> RowBatch {
        var batch = RowBatch()
        for (part, gone) in zip(parts, rows) {
            if gone.isEmpty {
                batch.append(part.buffer, ordinals: part.ordinals)
            } else {
                batch.append(part.buffer.removing(gone), ordinals: part.ordinals.removing(gone))
            }
        }
        return batch
    }

    /// The stored types of every path.
    var storedTypes: [String: StoredTypes] {
        var types: [String: StoredTypes] = [:]
        for part in parts {
            for column in part.buffer.columns { types[column.path, default: []].formUnion(column.storedTypes) }
        }
        return types.filter { $0.value != [] }
    }
}

/// The rows of one segment to be.
struct SegmentDraft: Sendable {
    /// The day of the partition's start, for the file's directory.
    var firstDay: Int32
    var content: SegmentContent
}

/// A draft and its bytes, which lack the end until the segment gets a name.
struct EncodedDraft: Sendable {
    var firstDay: Int32
    var rowCount: Int
    var timeRange: ClosedRange<Int64>
    var userRange: ClosedRange<UInt32>
    var segment: OpenSegment

    init(draft: SegmentDraft, segment: OpenSegment) {
        let content = draft.content
        firstDay = draft.firstDay
        rowCount = content.rowCount
        timeRange = (content.times.min() ?? 0)...(content.times.max() ?? 0)
        userRange = (content.users.first ?? 0)...(content.users.last ?? 0)
        self.segment = segment
    }
}

/// How rows are divided into segments.
enum Partitioning: Sendable {
    /// By UTC month, and by day where a month has more rows than a segment may.
    case byMonth
    /// One run, for rows in memory.
    case single
}
