internal import EventBase

/// Strings that often equal the one before them, as session ids do in a user's rows: one bit a string says whether it is a
/// new one, and only new ones are kept.
struct RepeatedText {
    /// Bit set: the string differs from the one before. The first always does.
    private var words: [UInt64]
    /// The strings that differ.
    private(set) var heap: [UInt8] = []
    private(set) var offsets: [UInt32] = [0]

    /// Whether so many values equal the one before them.
    static func pays(_ values: ArraySlice<PackedUUID>) -> Bool {
        let repeatCount = values.indices.dropFirst().count { values[$0] == values[$0 - 1] }
        return values.count > 1 && repeatCount * 16 >= values.count
    }

    /// Nil where fewer than one string in sixteen repeats the one before.
    init?(_ heap: [UInt8], _ offsets: [UInt32]) {
        let count = offsets.count - 1
        guard count > 1 else { return nil }
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
        let text = heap.rawBytes
        var last = text.extracting(0..<0)
        var newCount = 0
        for index in 0..<count {
            let string = text.extracting(Int(offsets[index])..<Int(offsets[index + 1]))
            if index == 0 || !ByteOrder.equal(string, last) {
                words[index >> 6] |= 1 << UInt64(index & 63)
                newCount += 1
            }
            last = string
        }
        if (count - newCount) * 16 < count { return nil }
        self.heap.reserveCapacity(heap.count)
        for index in 0..<count where words[index >> 6] >> UInt64(index & 63) & 1 != 0 {
            self.heap.append(bytes: text.extracting(Int(offsets[index])..<Int(offsets[index + 1])))
            self.offsets.append(UInt32(self.heap.count))
        }
    }

    /// Appends the bits; the new strings follow as a chunk of their own.
    func writeBits(to writer: inout ByteWriter) { writer.write(array: words) }

    /// Where the chunk of new strings begins.
    static func bitsSizeBytes(count: Int) -> Int { (count + 63) / 64 * 8 }

    /// The numbers of the new strings that the strings of `range` equal; nil where the bits make no sense.
    static func numbers(_ bits: RawSpan, _ range: Range<Int>) -> [Int]? {
        if range.isEmpty { return [] }
        guard bits.byte(at: 0) & 1 == 1 else { return nil }
        var number = -1
        for word in 0..<(range.lowerBound >> 6) { number += bits.word(at: word * 8).nonzeroBitCount }
        for index in (range.lowerBound & ~63)..<range.lowerBound { number += bit(bits, index) }
        return range.map { index in
            number += bit(bits, index)
            return number
        }
    }

    @inline(__always)
    private static func bit(_ bits: RawSpan, _ index: Int) -> Int {
        Int(bits.byte(at: index >> 3) >> UInt8(index & 7) & 1)
    }
}
