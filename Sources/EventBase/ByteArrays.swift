// UNSAFE: benefit: whole arrays of integers reach and leave byte buffers in one copy instead of field by field.
// Soundness: lengths are checked first, and integers have no invalid bit patterns.

#if _endian(big)
#error("arrays are copied as they lie in memory, which must be little-endian as the files are (SPEC 1)")
#endif

extension Array where Element: FixedWidthInteger & BitwiseCopyable {
    /// The array as little-endian bytes, borrowed.
    package var littleEndianBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}

extension ByteWriter {
    /// Every element as a little-endian field, without padding between them.
    package mutating func write<T: FixedWidthInteger & BitwiseCopyable>(array: [T]) {
        write(bytes: array.littleEndianBytes)
    }

    /// UUIDs, 16 bytes each.
    package mutating func write(uuids: ArraySlice<PackedUUID>) { write(bytes: unsafe uuids.span.bytes) }
}

extension RawSpan {
    /// `count` little-endian integers from a byte offset on. The caller promises that they lie inside the bytes.
    package func loadArray<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, count: Int, as type: T.Type) -> [T] {
        let size = MemoryLayout<T>.size
        precondition(
            offset >= 0 && count >= 0 && count <= (byteCount - offset) / size, "BUG: a read outside its bytes")
        let source = extracting(offset..<(offset + count * size))
        return unsafe [T](unsafeUninitializedCapacity: count) { buffer, written in
            unsafe source.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            written = count
        }
    }
}
