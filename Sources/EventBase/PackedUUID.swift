internal import CEventKernels

// UNSAFE: benefit: digits are checked and packed sixteen at a time, a quarter of the instructions of Swift's words; every event
// has such an id. Soundness: the kernel reads 36 bytes, which are there, and writes the 16 of the result.

/// A canonical lowercase UUID, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, as its 16 bytes: first digit in the upper half of the lowest
/// byte of the first word. Ids of events are such, and packed they take 16 bytes where text takes 36 and a place.
public typealias PackedUUID = SIMD2<UInt64>

extension RawSpan {
    /// Bytes of a canonical UUID.
    @inlinable package static var uuidSizeBytes: Int { 36 }

    /// The UUID that these bytes are; nil where they are anything else.
    package var packedUUID: PackedUUID? { byteCount == Self.uuidSizeBytes ? packedUUID(at: 0) : nil }

    /// The UUID in the 36 bytes from `start` on, which must be there; nil where they are anything else.
    package func packedUUID(at start: Int) -> PackedUUID? {
        precondition(start >= 0 && start &+ Self.uuidSizeBytes <= byteCount, "BUG: a read outside its bytes")
        var uuid = PackedUUID()
        let isUUID = unsafe withUnsafeBytes { bytes in
            unsafe withUnsafeMutableBytes(of: &uuid) { target in
                guard let from = bytes.baseAddress, let to = target.baseAddress else { return false }
                return unsafe ek_pack_uuid(
                    to.assumingMemoryBound(to: UInt8.self),
                    from.advanced(by: start).assumingMemoryBound(to: UInt8.self)) != 0
            }
        }
        return isUUID ? uuid : nil
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
