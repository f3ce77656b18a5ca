internal import CZstd
internal import EventBase

// UNSAFE: benefit: the C library reads and writes the arrays in place. Soundness: both lengths go with their pointers,
// and libzstd writes no more than the capacity it is given.

/// zstd frames whose plain size is kept outside.
enum Zstandard {
    /// Level 3: measured on text columns, higher levels cost much more time than they save bytes.
    private static let level: Int32 = 3

    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, written in
            let size = unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compress(target.baseAddress, bound, source.baseAddress, source.count, level)
            }
            precondition(ZSTD_isError(size) == 0, "BUG: zstd refused a buffer of its own bound")
            written = size
        }
    }

    /// The plain bytes, nil where they are not exactly `count`.
    static func inflate(_ bytes: RawSpan, count: Int) -> [UInt8]? {
        // A frame cannot say more than about 1 GB per 32 KB; a wild count is refused before memory is asked for.
        guard count >= 0, count / 65_536 <= bytes.byteCount else { return nil }
        var size = 0
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, written in
            size = unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_decompress(target.baseAddress, count, source.baseAddress, source.count)
            }
            written = ZSTD_isError(size) == 0 ? min(size, count) : 0
        }
        return plain.count == count ? plain : nil
    }
}

/// Bytes kept plain, or as a zstd frame where that saves at least an eighth (SPEC 1.8).
enum MaybeCompressed {
    /// Below this size a frame's overhead eats the gain.
    private static let sizeBytesMin = 256

    /// Appends plain size `u32`, stored size `u32` (equal: plain), then the bytes.
    static func encode(_ bytes: [UInt8], to writer: inout ByteWriter) {
        writer.write(UInt32(bytes.count))
        if bytes.count >= sizeBytesMin {
            let frame = Zstandard.compress(bytes)
            if frame.count < bytes.count - bytes.count / 8 {
                writer.write(UInt32(frame.count))
                writer.write(raw: frame)
                return
            }
        }
        writer.write(UInt32(bytes.count))
        writer.write(raw: bytes)
    }

    /// The plain bytes, nil where they cannot be read back.
    static func decode(_ bytes: RawSpan) -> [UInt8]? {
        guard bytes.byteCount >= 8 else { return nil }
        let plain = Int(bytes.load(at: 0, as: UInt32.self))
        let stored = Int(bytes.load(at: 4, as: UInt32.self))
        guard stored <= bytes.byteCount - 8 else { return nil }
        let body = bytes.extracting(8..<(8 + stored))
        if stored < plain { return Zstandard.inflate(body, count: plain) }
        guard stored == plain else { return nil }
        var copy: [UInt8] = []
        copy.append(bytes: body)
        return copy
    }
}
