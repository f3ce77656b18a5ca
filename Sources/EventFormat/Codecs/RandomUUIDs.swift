internal import EventBase

// UNSAFE: benefit: a record is two stores instead of fifteen; every event has such an id. Soundness: integers have no invalid bit
// patterns, and every store is checked against the room, of which the two-bit pieces behind the records are a part.

/// UUIDs of version 4 (RFC 9562), which most are: 122 random bits, and six that are always the same and not kept (SPEC 1.8.3). 15 bytes
/// each, then two bits of each, four to a byte.
enum RandomUUIDs {
    static let recordSizeBytes = 15
    private static let byte6: UInt64 = 0xff << 48

    /// Whether the third group begins with 4 and the fourth with 8 to b.
    @inline(__always)
    private static func isOne(_ uuid: PackedUUID) -> Bool { uuid[0] >> 52 & 15 == 4 && uuid[1] >> 6 & 3 == 2 }

    static func canHold(_ uuids: ArraySlice<PackedUUID>) -> Bool { uuids.allSatisfy(isOne) }

    static func sizeBytes(count: Int) -> Int { count * recordSizeBytes + (count + 3) / 4 }

    /// Appends UUIDs of version 4.
    static func encode(_ uuids: ArraySlice<PackedUUID>, to writer: inout ByteWriter) {
        var bytes = [UInt8](repeating: 0, count: sizeBytes(count: uuids.count))
        let source = uuids.span
        let lowBits = source.count * recordSizeBytes
        var room = bytes.mutableSpan
        var records = unsafe room.mutableBytes
        for index in source.indices {
            let (first, second) = (source[index][0], source[index][1])
            let mixed = (first >> 48 & 15) << 4 | second >> 2 & 15
            let offset = index * recordSizeBytes
            records.storeBytes(of: first & ~byte6 | mixed << 48, toByteOffset: offset, as: UInt64.self)
            // One byte too many, which the next record writes over.
            records.storeBytes(of: second >> 8, toByteOffset: offset + 8, as: UInt64.self)
        }
        for start in stride(from: 0, to: source.count, by: 4) {
            var four: UInt8 = 0
            for index in start..<min(start + 4, source.count) {
                four |= UInt8(truncatingIfNeeded: source[index][1] & 3) << UInt8(2 * (index & 3))
            }
            records.storeBytes(of: four, toByteOffset: lowBits + start >> 2, as: UInt8.self)
        }
        writer.write(bytes: bytes.rawBytes)
    }

    /// The UUIDs of `range` among `count`, two words each; nil where the bytes are too few.
    static func words(_ bytes: RawSpan, _ range: Range<Int>, count: Int) -> [UInt64]? {
        guard range.lowerBound >= 0, range.upperBound <= count, count <= bytes.byteCount / recordSizeBytes,
            sizeBytes(count: count) <= bytes.byteCount
        else { return nil }
        var words: [UInt64] = []
        words.reserveCapacity(range.count * 2)
        let lowBits = count * recordSizeBytes
        for index in range {
            let first = bytes.word(at: index * recordSizeBytes)
            // Overlaps the first by one byte, which falls out.
            let last = bytes.word(at: index * recordSizeBytes + 7)
            let mixed = first >> 48 & 0xff
            let two = UInt64(bytes.byte(at: lowBits + index >> 2)) >> UInt64(2 * (index & 3)) & 3
            words.append(first & ~byte6 | (0x40 | mixed >> 4) << 48)
            words.append(last & ~0xff | 0x80 | (mixed & 15) << 2 | two)
        }
        return words
    }
}
