internal import EventBase

extension SharedBytes {
    /// The little-endian integer at an offset that the caller has checked.
    func load<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type) -> T {
        span.load(at: offset, as: type)
    }

    /// The checksum of a range that the caller has checked.
    func crc32c(_ range: Range<Int>) -> UInt32 { Checksum.crc32c(span.extracting(range)) }
}

extension ByteWriter {
    /// The checksum of bytes already written.
    func crc32c(_ range: Range<Int>, seed: UInt32 = 0) -> UInt32 {
        Checksum.crc32c(bytes.rawBytes.extracting(range), seed: seed)
    }
}
