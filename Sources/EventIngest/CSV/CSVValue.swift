internal import EventBase

/// What a CSV field's text can be read as (SPEC 4.2).
enum CSVValue {
    /// From the narrowest on; a column takes the narrowest type that reads all its values.
    enum Form: UInt8, Sendable { case bool, int64, double, string }

    /// The narrowest form of a text. Whole numbers are such only in the one way that Int64 prints them, so `007` and
    /// `12345678901234567890` stay text.
    static func form(_ bytes: RawSpan, _ range: Range<Int>) -> Form {
        if bool(bytes, range) != nil { return .bool }
        if int64(bytes, range) != nil { return .int64 }
        return double(bytes, range) != nil ? .double : .string
    }

    /// `true`, `True`, `TRUE` and `false` likewise.
    static func bool(_ bytes: RawSpan, _ range: Range<Int>) -> Bool? {
        guard range.count == 4 || range.count == 5 else { return nil }
        let first = TapeBytes.byte(bytes, range.lowerBound) | 0x20
        guard first == UInt8(ascii: "t") || first == UInt8(ascii: "f") else { return nil }
        switch String(utf8: bytes.extracting(range)) {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    /// `-?(0|[1-9][0-9]*)` within Int64, but not `-0`.
    static func int64(_ bytes: RawSpan, _ range: Range<Int>) -> Int64? {
        guard !range.isEmpty else { return nil }
        let isNegative = TapeBytes.byte(bytes, range.lowerBound) == UInt8(ascii: "-")
        let digits = (range.lowerBound + (isNegative ? 1 : 0))..<range.upperBound
        guard (1...19).contains(digits.count) else { return nil }
        var value: UInt64 = 0
        for offset in digits {
            let digit = TapeBytes.byte(bytes, offset) &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value &* 10 &+ UInt64(digit)
        }
        let startsWithZero = TapeBytes.byte(bytes, digits.lowerBound) == UInt8(ascii: "0")
        if startsWithZero, digits.count > 1 || isNegative { return nil }
        if isNegative {
            return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil
        }
        return Int64(exactly: value)
    }

    /// A number as JSON writes it, with a point or an exponent, within the doubles.
    ///
    /// - Complexity: exact by one division where digits and exponent are few (Clinger's fast path), else the library's.
    static func double(_ bytes: RawSpan, _ range: Range<Int>) -> Double? {
        guard JSONNumberScan.isNumber(bytes, range), !isWhole(bytes, range) else { return nil }
        if let fast = shortDouble(bytes, range) { return fast }
        guard let value = Double(String(utf8: bytes.extracting(range))), value.isFinite else { return nil }
        return value
    }

    private static func isWhole(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        range.allSatisfy {
            TapeBytes.byte(bytes, $0) <= UInt8(ascii: "9") && TapeBytes.byte(bytes, $0) != UInt8(ascii: ".")
        }
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    private static func shortDouble(_ bytes: RawSpan, _ range: Range<Int>) -> Double? {
        guard range.count <= 16 else { return nil }
        var digits: Int64 = 0
        var fractionCount = 0
        var isFraction = false
        var isNegative = false
        for offset in range {
            let byte = TapeBytes.byte(bytes, offset)
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
                if isFraction { fractionCount += 1 }
            default: return nil
            }
        }
        guard digits < 9_007_199_254_740_992 else { return nil }
        let value = Double(digits) / powers[fractionCount]
        return isNegative ? -value : value
    }
}
