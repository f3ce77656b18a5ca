internal import EventBase
internal import EventColumns

/// The bytes of one part, made without knowing where in the file they will lie: dictionary, chunks and presence as they
/// follow each other, each at a multiple of the writer's alignment.
struct EncodedPart: Sendable {
    /// One chunk: its place counts from the part's start.
    typealias Encoder = (Range<Int>, inout ByteWriter) -> (low: UInt64, high: UInt64)

    private(set) var record: PartRecord
    private(set) var bytes = ByteWriter()
    private(set) var dictionary = ByteRef()
    private(set) var presence = ByteRef()
    private(set) var chunks: [ChunkEntry] = []

    init(path: String, type: StoredTypes, form: PartForm, valueCount: Int) {
        record = PartRecord(path: path, type: type, form: form, valueCount: valueCount)
    }

    /// Makes room for chunks of so many bytes.
    mutating func reserve(sizeBytes: Int) { bytes.reserve(sizeBytes) }

    /// Comes before the chunks.
    mutating func add(dictionary bytes: [UInt8]) { dictionary = append(bytes) }

    /// Encodes all values, 8192 a chunk. `encode` appends one chunk and answers its bounds.
    mutating func addChunks(_ encode: Encoder) {
        for start in stride(from: 0, to: record.valueCount, by: Limits.granuleRowCount) {
            var chunk = ByteWriter()
            let (low, high) = encode(start..<min(start + Limits.granuleRowCount, record.valueCount), &chunk)
            chunks.append(ChunkEntry(bytes: append(chunk.bytes), low: low, high: high))
        }
    }

    /// Comes after the chunks. Nothing is kept where every row has a value.
    mutating func add<T>(presenceOf values: SparseValues<T>, rowCount: Int) {
        if values.count == rowCount { return }
        presence = append(Presence.encode(values.rows, rowCount: rowCount))
    }

    /// Nil stays nil; the place in a file where this part begins at `offset`.
    static func place(_ relative: ByteRef, at offset: Int) -> ByteRef {
        if relative.length == 0 { return relative }
        return ByteRef(offset: relative.offset + offset, length: relative.length, checksum: relative.checksum)
    }

    private mutating func append(_ new: [UInt8]) -> ByteRef {
        bytes.pad(to: SegmentWriter.alignmentBytes)
        let offset = bytes.count
        bytes.write(bytes: new.rawBytes)
        return ByteRef(offset: offset, length: new.count, checksum: Checksum.crc32c(new))
    }
}

extension SegmentWriter {
    /// Writes a part and its directory.
    mutating func append(_ part: EncodedPart) {
        writer.pad(to: Self.alignmentBytes)
        let start = sizeBytes
        writer.write(bytes: part.bytes.bytes.rawBytes)
        var directory = ByteWriter()
        EncodedPart.place(part.presence, at: start).write(to: &directory)
        EncodedPart.place(part.dictionary, at: start).write(to: &directory)
        for chunk in part.chunks {
            ChunkEntry(bytes: EncodedPart.place(chunk.bytes, at: start), low: chunk.low, high: chunk.high)
                .write(to: &directory)
        }
        var record = part.record
        record.directory = append(directory.bytes, alignedTo: 8)
        summary.parts.append(record)
    }
}
