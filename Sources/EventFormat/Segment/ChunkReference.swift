internal import EventBase

/// Where one chunk lies in a segment, what its bytes must sum to, and the span of its values (SPEC 1.2).
struct ChunkReference: Sendable, Equatable {
    static let sizeBytes = 32

    var offset: UInt64
    var sizeBytes: UInt32
    var checksum: UInt32
    /// The least and greatest value as Int64, or as the bits of a Double; both 0 where the kind has no order.
    var minBits: UInt64 = 0
    var maxBits: UInt64 = 0

    func write(to writer: inout ByteWriter) {
        writer.write(offset)
        writer.write(sizeBytes)
        writer.write(checksum)
        writer.write(minBits)
        writer.write(maxBits)
    }

    static func read(from reader: inout ByteReader) -> ChunkReference {
        let offset = reader.read(UInt64.self)
        let sizeBytes = reader.read(UInt32.self)
        let checksum = reader.read(UInt32.self)
        let minBits = reader.read(UInt64.self)
        return ChunkReference(
            offset: offset, sizeBytes: sizeBytes, checksum: checksum, minBits: minBits, maxBits: reader.read(UInt64.self))
    }
}
