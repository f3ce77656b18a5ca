internal import EventBase
internal import EventColumns

/// What a decoder made of one block.
struct DecodedBlock: Sendable {
    var buffer: EventBuffer
    /// In order of input.
    var rejects: [RejectedRow]
    var sizeBytes: Int
}

/// Finds the bytes of lines.
enum LineScan {
    /// The first line feed in `range`, or nil.
    ///
    /// - Complexity: eight bytes a step.
    @inline(__always)
    static func lineFeed(_ bytes: RawSpan, _ range: Range<Int>) -> Int? { first(UInt8(ascii: "\n"), bytes, range) }

    /// The first `byte` in `range`, or nil.
    static func first(_ byte: UInt8, _ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        while offset &+ 8 <= range.upperBound {
            let word = TapeBytes.word(bytes, offset) ^ pattern
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 { return offset &+ zeros.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < range.upperBound {
            if TapeBytes.byte(bytes, offset) == byte { return offset }
            offset &+= 1
        }
        return nil
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
