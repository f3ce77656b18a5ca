internal import EventBase

/// Lowercase hexadecimal digits, eight at a time: the first digit in the lowest byte of a word, in the upper half of the
/// first byte it becomes.
enum HexDigits {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let nibbles: UInt64 = 0x0f0f_0f0f_0f0f_0f0f

    /// The eight digits of four bytes.
    @inline(__always)
    static func text(of bytes: UInt32) -> UInt64 {
        var pairs = UInt64(bytes)
        pairs = (pairs | (pairs << 16)) & 0x0000_ffff_0000_ffff
        pairs = (pairs | (pairs << 8)) & 0x00ff_00ff_00ff_00ff
        return text(ofDigits: ((pairs >> 4) | (pairs << 8)) & nibbles)
    }

    /// Numbers below 16 as text, eight side by side.
    @inline(__always)
    private static func text(ofDigits digits: UInt64) -> UInt64 {
        let isLetter = ((digits &+ 0x7676_7676_7676_7676) >> 7) & ones
        return digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }

    /// The number that one digit stands for.
    @inline(__always)
    static func number(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
