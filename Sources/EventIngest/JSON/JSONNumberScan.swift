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
        var offset = range.lowerBound
        func peek() -> UInt8 { offset < range.upperBound ? bytes.byte(at: offset) : 0 }
        func digits() -> Int {
            let start = offset
            while isDigit(peek()) { offset += 1 }
            return offset - start
        }
        if peek() == UInt8(ascii: "-") { offset += 1 }
        let startsWithZero = peek() == UInt8(ascii: "0")
        let whole = digits()
        if whole == 0 || (startsWithZero && whole > 1) { return false }
        if peek() == UInt8(ascii: ".") {
            offset += 1
            if digits() == 0 { return false }
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            offset += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
            if digits() == 0 { return false }
        }
        return offset == range.upperBound
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
