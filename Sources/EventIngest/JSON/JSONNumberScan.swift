internal import EventBase

/// Tells a number that is too large from one that is no JSON number, where the parser says only that one of them is bad.
enum JSONNumberScan {
    /// Whether every number outside strings follows RFC 8259's grammar.
    static func allWellFormed(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes.byte(at: offset)
            if byte == UInt8(ascii: "\"") {
                offset = endOfString(bytes, offset + 1..<range.upperBound)
            } else if byte == UInt8(ascii: "-") || isDigit(byte) {
                var end = offset
                while end < range.upperBound, isNumberByte(bytes.byte(at: end)) { end += 1 }
                if !isNumber(bytes, offset..<end) { return false }
                offset = end
            } else {
                offset += 1
            }
        }
        return true
    }

    /// Whether `range` is exactly `-?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?`.
    static func isNumber(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        // Without closures: one that changes a variable of its surroundings pays for every access.
        let end = range.upperBound
        var offset = range.lowerBound
        if offset < end, TapeBytes.byte(bytes, offset) == UInt8(ascii: "-") { offset &+= 1 }
        let whole = digitsEnd(bytes, offset, end)
        if whole == offset || (whole - offset > 1 && TapeBytes.byte(bytes, offset) == UInt8(ascii: "0")) {
            return false
        }
        offset = whole
        if offset < end, TapeBytes.byte(bytes, offset) == UInt8(ascii: ".") {
            let fraction = digitsEnd(bytes, offset + 1, end)
            if fraction == offset + 1 { return false }
            offset = fraction
        }
        if offset < end, TapeBytes.byte(bytes, offset) | 0x20 == UInt8(ascii: "e") {
            offset &+= 1
            if offset < end {
                let sign = TapeBytes.byte(bytes, offset)
                if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset &+= 1 }
            }
            let exponent = digitsEnd(bytes, offset, end)
            if exponent == offset { return false }
            offset = exponent
        }
        return offset == end
    }

    /// Behind the digits that begin at `start`.
    @inline(__always)
    private static func digitsEnd(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
        var offset = start
        while offset < end, isDigit(TapeBytes.byte(bytes, offset)) { offset &+= 1 }
        return offset
    }

    private static func endOfString(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes.byte(at: offset)
            if byte == UInt8(ascii: "\"") { return offset + 1 }
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return range.upperBound
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
}
