internal import EventBase
package import EventColumns

/// Turns sorted rows into the bytes of one segment (SPEC 1.2). Add the columns one by one, so that only one needs to be
/// in memory in its plain form; then `finish`.
///
/// - Threads: one owner at a time; several writers may run side by side.
/// - Complexity: O(rows + values), plus sorting each column's distinct strings.
package struct SegmentWriter: Sendable {
    private var output = ByteWriter()
    private var footer: SegmentFooter
    private let rowCount: Int

    /// Encodes users, times, event names and the bitmaps. Throws nothing: sorted rows always encode.
    package init(content: SegmentContent) {
        precondition(content.rowCount > 0 && content.rowCount <= Limits.segmentRowCountMax, "BUG: a segment of no rows")
        rowCount = content.rowCount
        output.write(raw: SegmentFooter.magic)
        output.write(SegmentFooter.version)
        output.write(UInt32(0))
        footer = SegmentFooter(
            rowCount: UInt32(content.rowCount), timeMin: content.times.min() ?? 0, timeMax: content.times.max() ?? 0,
            userMin: content.users.first ?? 0, userMax: content.users.last ?? 0, users: [], times: [], eventCodes: [],
            eventNames: ChunkReference(offset: 0, sizeBytes: 0, checksum: 0), rowBitmaps: [], days: [], userBitmaps: nil,
            parts: [])
        footer.users = add(integers: content.users.map { Int64($0) })
        footer.times = add(integers: content.times)
        let names = SortedDictionary(codes: content.nameCodes, pool: content.names, absent: EventBuffer.noCode)
        footer.eventCodes = add(integers: names.codes.map { Int64($0) })
        footer.eventNames = add(chunk: StringChunk.encode(lengths: names.lengths, heap: names.heap))
        let indexes = SegmentIndexes(content: content, codes: names.codes, nameCount: names.count)
        footer.days = indexes.days
        footer.rowBitmaps = indexes.rowBitmaps().map { bitmap in
            bitmap.map { add(chunk: $0.portableBytes()) } ?? ChunkReference(offset: 0, sizeBytes: 0, checksum: 0)
        }
        footer.userBitmaps = addUserBitmaps(indexes)
    }

    /// Encodes one property column. A path is added once.
    package mutating func add(_ column: SegmentColumn) {
        if !column.bools.rows.isEmpty {
            let values = column.bools.values.map { $0 ? Int64(1) : 0 }
            addPart(column.path, .bool, rows: column.bools.rows, chunks: add(integers: values))
        }
        if !column.integers.rows.isEmpty {
            addPart(column.path, .int64, rows: column.integers.rows, chunks: add(integers: column.integers.values))
        }
        if !column.doubles.rows.isEmpty {
            addPart(column.path, .double, rows: column.doubles.rows, chunks: add(doubles: column.doubles.values))
        }
        if !column.strings.rows.isEmpty { addStrings(column.path, .string, column.strings, column.stringPool) }
        if !column.jsons.rows.isEmpty { addStrings(column.path, .json, column.jsons, column.jsonPool) }
    }

    /// The whole segment: header, chunks, footer, trailer.
    package consuming func finish() -> [UInt8] {
        output.pad(to: SegmentFooter.chunkAlignment)
        let offset = output.count
        var writer = ByteWriter()
        footer.write(to: &writer)
        output.write(bytes: writer.bytes.rawBytes)
        output.write(UInt64(offset))
        output.write(UInt32(writer.count))
        output.write(Checksum.crc32c(writer.bytes))
        output.write(SegmentFooter.version)
        output.write(UInt32(0))
        output.write(raw: SegmentFooter.magic)
        return output.bytes
    }

    private mutating func add(chunk: [UInt8], minBits: UInt64 = 0, maxBits: UInt64 = 0) -> ChunkReference {
        output.pad(to: SegmentFooter.chunkAlignment)
        let offset = UInt64(output.count)
        output.write(bytes: chunk.rawBytes)
        return ChunkReference(
            offset: offset, sizeBytes: UInt32(chunk.count), checksum: Checksum.crc32c(chunk), minBits: minBits,
            maxBits: maxBits)
    }

    private mutating func add(integers values: [Int64]) -> [ChunkReference] {
        granules(of: values.count).map { range in
            let slice = Array(values[range])
            var writer = ByteWriter()
            PackedIntegers.encode(slice, into: &writer)
            return add(
                chunk: writer.bytes, minBits: UInt64(bitPattern: slice.min() ?? 0),
                maxBits: UInt64(bitPattern: slice.max() ?? 0))
        }
    }

    /// A chunk with a NaN has no order: its span is written as NaN to NaN.
    private mutating func add(doubles values: [Double]) -> [ChunkReference] {
        granules(of: values.count).map { range in
            let slice = Array(values[range])
            var writer = ByteWriter()
            PackedDoubles.encode(slice, into: &writer)
            let hasNaN = slice.contains { $0.isNaN }
            return add(
                chunk: writer.bytes, minBits: (hasNaN ? .nan : slice.min() ?? 0).bitPattern,
                maxBits: (hasNaN ? .nan : slice.max() ?? 0).bitPattern)
        }
    }

    private mutating func addStrings(
        _ path: String, _ type: StoredTypes, _ values: SparseValues<UInt32>, _ pool: any StringPool
    ) {
        if let dictionary = SortedDictionary(ifSmaller: values.values, pool: pool) {
            let reference = add(chunk: StringChunk.encode(lengths: dictionary.lengths, heap: dictionary.heap))
            let chunks = add(integers: dictionary.codes.map { Int64($0) })
            addPart(path, type, rows: values.rows, chunks: chunks, dictionary: reference)
            return
        }
        let chunks = granules(of: values.values.count).map { range in
            var heap: [UInt8] = []
            var lengths: [Int] = []
            for code in values.values[range] {
                let bytes = pool.bytes(at: code)
                heap.append(bytes: bytes)
                lengths.append(bytes.byteCount)
            }
            return add(chunk: StringChunk.encode(lengths: lengths, heap: heap))
        }
        addPart(path, type, rows: values.rows, chunks: chunks)
    }

    private mutating func addPart(
        _ path: String, _ type: StoredTypes, rows: [UInt32], chunks: [ChunkReference], dictionary: ChunkReference? = nil
    ) {
        precondition(!footer.parts.contains { $0.path == path && $0.type == type }, "BUG: a path is added once")
        let presence = rows.count == rowCount ? nil : add(chunk: Presence.encode(rows: rows, rowCount: rowCount))
        footer.parts.append(
            SegmentFooter.Part(
                path: path, type: type, layout: dictionary == nil ? 0 : 1, valueCount: UInt32(rows.count),
                presence: presence, dictionary: dictionary, chunks: chunks))
    }

    /// Bitmaps first, then their directory as one chunk.
    private mutating func addUserBitmaps(_ indexes: SegmentIndexes) -> ChunkReference? {
        guard let entries = indexes.userBitmaps() else { return nil }
        var directory = ByteWriter()
        for entry in entries {
            let reference = add(chunk: entry.users.portableBytes())
            directory.write(UInt32(entry.day))
            directory.write(entry.eventCode)
            directory.write(reference.offset)
            directory.write(reference.sizeBytes)
            directory.write(reference.checksum)
        }
        return add(chunk: directory.bytes)
    }

    private func granules(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: Limits.granuleRowCount).map { $0..<min(count, $0 + Limits.granuleRowCount) }
    }
}
