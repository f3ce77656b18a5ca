internal import CSimdjson
internal import EventBase

/// Finds the bytes of lines.
///
/// UNSAFE: benefit: the C library finds a byte 32 at a time. Soundness: it only reads inside the range, which is checked.
enum LineScan {
    /// The first line feed in `range`, or nil.
    @inline(__always)
    static func firstLineFeed(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount, "BUG: a line outside its bytes")
        let place = unsafe bytes.withUnsafeBytes { buffer in
            unsafe csj_first(
                buffer.baseAddress!.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self), range.count,
                UInt8(ascii: "\n"))
        }
        return place == range.count ? nil : range.lowerBound + place
    }

    /// The first byte in `range` that is one of two; the range's end where none is.
    @inline(__always)
    static func first(of a: UInt8, or b: UInt8, _ bytes: RawSpan, _ range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount, "BUG: a field outside its bytes")
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return range.lowerBound }
            return range.lowerBound
                + (unsafe csj_first_of(
                    base.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self), range.count, a, b))
        }
    }

    /// The last line feed before `count`, or nil.
    static func lastLineFeed(_ bytes: RawSpan, _ count: Int) -> Int? {
        precondition(count > 0 && count <= bytes.byteCount, "BUG: a line outside its bytes")
        let place = unsafe bytes.withUnsafeBytes { buffer in
            unsafe csj_last(buffer.baseAddress!.assumingMemoryBound(to: UInt8.self), count, UInt8(ascii: "\n"))
        }
        return place == count ? nil : place
    }

    /// `range` without blanks at both ends.
    @inline(__always)
    static func trimmed(_ bytes: RawSpan, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while end > start, isBlank(TapeBytes.byte(bytes, end &- 1)) { end &-= 1 }
        while start < end, isBlank(TapeBytes.byte(bytes, start)) { start &+= 1 }
        return start..<end
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0d || byte == 0x09 || byte == 0x0a }
}
