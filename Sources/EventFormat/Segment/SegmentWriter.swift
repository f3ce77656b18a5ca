internal import EventBase
package import EventColumns

/// Encodes one segment: the rows' users, times and names first, then one property column after the other (SPEC 1.7).
///
/// ```
/// var writer = SegmentWriter(content: content)
/// for column in columns { writer.add(column); try file.append(writer.takeBytes()) }
/// try file.append(writer.finish())
/// ```
/// Memory is bounded by one encoded column when the caller takes the bytes in between. Equal input gives equal bytes.
package struct SegmentWriter {
    /// Chunks begin at multiples of this.
    static let alignmentBytes = 64

    var writer = ByteWriter()
    /// Bytes already handed out; a multiple of the alignment.
    private var takenSizeBytes = 0
    var summary = SegmentSummary()

    /// Begins a segment and encodes everything but the properties.
    /// - Parameter content: at least one row, at most `Limits.segmentRowCountMax`, sorted.
    package init(content: SegmentContent) {
        precondition(
            content.rowCount > 0 && content.rowCount <= Limits.segmentRowCountMax, "BUG: a segment without rows")
        summary.rowCount = content.rowCount
        summary.users = content.users[0]...content.users[content.rowCount - 1]
        var range = content.times[0]...content.times[0]
        for time in content.times { range = min(range.lowerBound, time)...max(range.upperBound, time) }
        summary.times = range
        let names = SortedDictionary(codes: content.nameCodes, pool: content.names)
        summary.nameHeap = names.heap
        summary.nameOffsets = names.offsets
        let codes = content.nameCodes.map { $0 == EventBuffer.noCode ? $0 : names.sortedCode[Int($0)] }
        append(EncodedColumn.system(0, content.users.map { Int64($0) }))
        append(EncodedColumn.system(1, content.times))
        append(EncodedColumn.system(2, codes.map { $0 == EventBuffer.noCode ? -1 : Int64($0) }))
        addRowBitmaps(codes, nameCount: names.count)
        addUserBitmaps(content, codes, nameCount: names.count)
    }

    /// Encodes one property column. Paths must differ; a column without values leaves nothing behind.
    package mutating func add(_ column: SegmentColumn) {
        add(EncodedColumn(column, rowCount: summary.rowCount))
    }

    /// Makes room for columns of so many bytes at once.
    package mutating func reserve(sizeBytes: Int) { writer.reserve(sizeBytes) }

    /// Takes a column over that was encoded elsewhere for as many rows as the segment has.
    package mutating func add(_ column: EncodedColumn) {
        for part in column.parts { append(part) }
    }

    /// What has been encoded since the last call; the caller appends it to the file.
    package mutating func takeBytes() -> [UInt8] {
        writer.pad(to: Self.alignmentBytes)
        takenSizeBytes += writer.count
        defer { writer = ByteWriter() }
        return writer.bytes
    }

    /// The rest of the file, footer and trailer included, without an origin. Nothing may be added afterwards.
    package mutating func finish() -> [UInt8] { finishOpen().whole() }

    /// The rest of the file but its end, which tells where the segment belongs. Nothing may be added afterwards.
    package mutating func finishOpen() -> OpenSegment {
        writer.pad(to: 8)
        let start = writer.count
        summary.write(to: &writer)
        let segment = OpenSegment(
            bytes: writer.bytes, footerOffset: UInt64(takenSizeBytes + start),
            footerChecksum: writer.crc32c(start..<writer.count))
        takenSizeBytes += writer.count
        writer = ByteWriter()
        return segment
    }

    /// Bytes of the file so far.
    package var sizeBytes: Int { takenSizeBytes + writer.count }

    /// Appends bytes at the next aligned place.
    mutating func append(_ bytes: [UInt8], alignedTo alignment: Int = Self.alignmentBytes) -> ByteRef {
        writer.pad(to: alignment)
        let offset = takenSizeBytes + writer.count
        writer.write(raw: bytes)
        return ByteRef(offset: offset, length: bytes.count, checksum: Checksum.crc32c(bytes))
    }
}
