/// The bytes that the lexer looks for.
enum Ascii {
    static let lineFeed: UInt8 = 10
    static let doubleQuote: UInt8 = 34
    static let dollar: UInt8 = 36
    static let quote: UInt8 = 39
    static let closeParenthesis: UInt8 = 41
    static let star: UInt8 = 42
    static let plus: UInt8 = 43
    static let minus: UInt8 = 45
    static let dot: UInt8 = 46
    static let slash: UInt8 = 47
    static let zero: UInt8 = 48
    static let nine: UInt8 = 57
    static let colon: UInt8 = 58
    static let backslash: UInt8 = 92
    static let closeBracket: UInt8 = 93
    static let underscore: UInt8 = 95
    static let upperE: UInt8 = 69
    static let lowerE: UInt8 = 101

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

    static func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= zero && $0 <= nine } ?? false }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 97 && (byte | 0x20) <= 122 }

    /// Letters, underscore and everything beyond ASCII.
    static func startsName(_ byte: UInt8) -> Bool { isLetter(byte) || byte == underscore || byte >= 128 }

    static func continuesName(_ byte: UInt8) -> Bool { startsName(byte) || isDigit(byte) || byte == dollar }

    /// The value of a hexadecimal digit.
    static func hexValue(_ byte: UInt8?) -> UInt32? {
        guard let byte else { return nil }
        if isDigit(byte) { return UInt32(byte - zero) }
        let lower = byte | 0x20
        return lower >= 97 && lower <= 102 ? UInt32(lower - 87) : nil
    }
}
