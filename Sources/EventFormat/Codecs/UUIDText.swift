internal import EventBase

/// Canonical lowercase UUIDs, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, as 16 bytes each and back, exactly.
enum UUIDText {
    private static let sizeBytes = 36
    private static let hyphen = UInt8(ascii: "-")

    /// Nil where any string is something else, or there is none.
    static func pack(_ heap: [UInt8], _ offsets: [UInt32]) -> [PackedUUID]? {
        let count = offsets.count - 1
        guard count > 0, heap.count == count * sizeBytes else { return nil }
        var packed: [PackedUUID] = []
        packed.reserveCapacity(count)
        let text = heap.rawBytes
        for string in 0..<count {
            let start = string * sizeBytes
            guard Int(offsets[string]) == start, let uuid = text.packedUUID(at: start) else { return nil }
            packed.append(uuid)
        }
        return packed
    }

    static func unpack(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount / 16 >= range.upperBound else { return nil }
        var heap: [UInt8] = []
        heap.reserveCapacity(range.count * sizeBytes)
        for string in range {
            let b = HexDigits.text(of: bytes.load(at: string * 16 + 4, as: UInt32.self))
            let c = HexDigits.text(of: bytes.load(at: string * 16 + 8, as: UInt32.self))
            append(HexDigits.text(of: bytes.load(at: string * 16, as: UInt32.self)), 8, to: &heap)
            heap.append(hyphen)
            append(b, 4, to: &heap)
            heap.append(hyphen)
            append(b >> 32, 4, to: &heap)
            heap.append(hyphen)
            append(c, 4, to: &heap)
            heap.append(hyphen)
            append(c >> 32, 4, to: &heap)
            append(HexDigits.text(of: bytes.load(at: string * 16 + 12, as: UInt32.self)), 8, to: &heap)
        }
        return (heap, (0...range.count).map { UInt32($0 * sizeBytes) })
    }

    @inline(__always)
    private static func append(_ digits: UInt64, _ count: Int, to heap: inout [UInt8]) {
        for index in 0..<count { heap.append(UInt8(truncatingIfNeeded: digits >> UInt64(8 * index))) }
    }
}
