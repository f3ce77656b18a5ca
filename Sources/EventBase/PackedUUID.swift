/// A canonical lowercase UUID, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, as its 16 bytes: first digit in the upper half of the lowest
/// byte of the first word. Ids of events are such, and packed they take 16 bytes where text takes 36 and a place.
public typealias PackedUUID = SIMD2<UInt64>

extension RawSpan {
    /// Bytes of a canonical UUID.
    @inlinable package static var uuidSizeBytes: Int { 36 }

    /// The UUID that these bytes are; nil where they are anything else.
    @inlinable package var packedUUID: PackedUUID? {
        byteCount == Self.uuidSizeBytes ? packedUUID(at: 0) : nil
    }

    /// The UUID in the 36 bytes from `start` on, which must be there.
    @inlinable package func packedUUID(at start: Int) -> PackedUUID? {
        let hyphen = UInt8(ascii: "-")
        guard byte(at: start + 8) == hyphen, byte(at: start + 13) == hyphen, byte(at: start + 18) == hyphen,
            byte(at: start + 23) == hyphen, let a = word(at: start).hexBytes,
            let b = halves(start + 9, start + 14).hexBytes, let c = halves(start + 19, start + 24).hexBytes,
            let d = word(at: start + 28).hexBytes
        else { return nil }
        return PackedUUID(UInt64(a) | UInt64(b) << 32, UInt64(c) | UInt64(d) << 32)
    }

    @inlinable
    func halves(_ low: Int, _ high: Int) -> UInt64 {
        UInt64(load(at: low, as: UInt32.self)) | UInt64(load(at: high, as: UInt32.self)) << 32
    }
}

extension UInt64 {
    /// The four bytes that eight lowercase hexadecimal digits stand for, first digit in the lowest byte of the word and in the upper
    /// half of the lowest byte of the answer; nil where any is no such digit.
    @inlinable package var hexBytes: UInt32? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let nibbles: UInt64 = 0x0f0f_0f0f_0f0f_0f0f
        let isLetter = (self >> 6) & ones
        let digits = (self & nibbles) &+ isLetter &* 9
        // Made text again it must be the same: then it was a digit, and a lowercase one.
        let wasLetter = ((digits &+ 0x7676_7676_7676_7676) >> 7) & ones
        let text = digits &+ 0x3030_3030_3030_3030 &+ wasLetter &* 0x27
        if digits & ~nibbles != 0 || text != self { return nil }
        var pairs = ((digits << 4) | (digits >> 8)) & 0x00ff_00ff_00ff_00ff
        pairs = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: pairs | (pairs >> 16))
    }
}

extension Array where Element == UInt8 {
    /// Appends the text of a UUID.
    package mutating func append(uuid: PackedUUID) {
        for index in 0..<16 {
            if [4, 6, 8, 10].contains(index) { append(UInt8(ascii: "-")) }
            let byte = UInt8(truncatingIfNeeded: uuid[index >> 3] >> UInt64(8 * (index & 7)))
            for digit in [byte >> 4, byte & 15] { append(digit + (digit < 10 ? 0x30 : 0x57)) }
        }
    }
}
