internal import EventBase
internal import EventColumns

/// Strings one after another: a segment's dictionary, or a granule of nearly unique values (SPEC 1.5).
///
/// codec u8 (5), compressed u8, two zero bytes, count u32, heap bytes u32, frame bytes u32, the lengths as packed integers
/// (in runs of at most 8,192), then the heap or a zstd frame of it.
enum StringChunk {
    static let codec: UInt8 = 5
    private static let headerSizeBytes = 16

    /// `count` strings whose bytes lie one after another in `heap`.
    static func encode(lengths: [Int], heap: [UInt8]) -> [UInt8] {
        let frame = Zstd.compress(heap)
        let isCompressed = frame.count < heap.count * 9 / 10
        let body = isCompressed ? frame : heap
        var writer = ByteWriter(capacity: body.count + lengths.count * 2)
        writer.write(codec)
        writer.write(UInt8(isCompressed ? 1 : 0))
        writer.write(UInt16(0))
        writer.write(UInt32(lengths.count))
        writer.write(UInt32(heap.count))
        writer.write(UInt32(body.count))
        var start = 0
        while start < lengths.count {
            let end = min(start + Limits.granuleRowCount, lengths.count)
            PackedIntegers.encode(lengths[start..<end].map { Int64($0) }, into: &writer)
            start = end
        }
        writer.write(raw: body)
        return writer.bytes
    }

    static func decode(_ bytes: RawSpan, isDictionary: Bool) throws(EventSQLError) -> HeapStringPool {
        guard bytes.byteCount >= headerSizeBytes, bytes.byte(at: 0) == codec else {
            throw EventSQLError(.corruption, "a chunk of strings has no header")
        }
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        let heapSize = Int(bytes.load(at: 8, as: UInt32.self))
        let bodySize = Int(bytes.load(at: 12, as: UInt32.self))
        guard count <= Limits.segmentRowCountMax, bodySize <= bytes.byteCount - headerSizeBytes else {
            throw EventSQLError(.corruption, "a chunk of strings has an impossible header")
        }
        var lengths: [Int64] = []
        var offset = headerSizeBytes
        while lengths.count < count {
            let reader = try PackedIntegers.Reader(bytes.extracting(offset..<bytes.byteCount))
            guard reader.count > 0 else { throw EventSQLError(.corruption, "a chunk of strings lacks lengths") }
            reader.decode(0..<reader.count, into: &lengths)
            offset += reader.sizeBytes
        }
        guard lengths.count == count, offset + bodySize == bytes.byteCount else {
            throw EventSQLError(.corruption, "a chunk of strings is cut short")
        }
        let body = bytes.extracting(offset..<bytes.byteCount)
        let heap: [UInt8]
        if bytes.byte(at: 1) == 1 {
            heap = try Zstd.decompress(body, sizeBytes: heapSize)
        } else {
            var plain: [UInt8] = []
            plain.append(bytes: body)
            heap = plain
        }
        return try pool(lengths, heap, isDictionary: isDictionary)
    }

    private static func pool(
        _ lengths: [Int64], _ heap: [UInt8], isDictionary: Bool
    ) throws(EventSQLError) -> HeapStringPool {
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(lengths.count + 1)
        var end: Int64 = 0
        for length in lengths {
            guard length >= 0, length <= Int64(heap.count) - end else {
                throw EventSQLError(.corruption, "a chunk of strings has a length beyond its heap")
            }
            end += length
            offsets.append(UInt32(end))
        }
        guard end == Int64(heap.count) else { throw EventSQLError(.corruption, "a chunk of strings has bytes to spare") }
        return HeapStringPool(heap: heap, offsets: offsets, isDistinct: isDictionary, isSorted: isDictionary)
    }
}
