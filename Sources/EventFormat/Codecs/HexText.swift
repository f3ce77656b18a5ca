internal import EventBase

/// Ids that are one shared prefix and equally many lowercase hexadecimal digits (`s_b671f427f632`, SHA sums): the prefix
/// once, two digits a byte.
enum HexText {
    private static let prefixSizeBytesMax = 64
    private static let digitCountMin = 4
    private static let digitCountMax = 128

    /// Appends prefix length `u32`, digit count `u32`, prefix, bytes.
    /// - Returns: false, with nothing appended, where any string has another form.
    static func encode(_ heap: [UInt8], _ offsets: [UInt32], to writer: inout ByteWriter) -> Bool {
        let count = offsets.count - 1
        guard count > 0 else { return false }
        let size = Int(offsets[1])
        var prefixSize = min(sharedPrefixSize(heap, offsets), prefixSizeBytesMax)
        // A digit that all share belongs to the digits where their count would be odd.
        if (size - prefixSize) & 1 == 1 { prefixSize -= 1 }
        let digitCount = size - prefixSize
        guard prefixSize >= 0, digitCountMin...digitCountMax ~= digitCount, heap.count == count * size,
            let bytes = pack(heap, offsets, prefixSize: prefixSize, size: size)
        else { return false }
        writer.write(UInt32(prefixSize))
        writer.write(UInt32(digitCount))
        writer.write(raw: heap[0..<prefixSize])
        writer.write(bytes: bytes.rawBytes)
        return true
    }

    /// How many first bytes all strings have in common.
    private static func sharedPrefixSize(_ heap: [UInt8], _ offsets: [UInt32]) -> Int {
        var shared = Int(offsets[1])
        for index in 1..<(offsets.count - 1) {
            let start = Int(offsets[index])
            shared = min(shared, Int(offsets[index + 1]) - start)
            var same = 0
            while same < shared, heap[same] == heap[start + same] { same += 1 }
            shared = same
        }
        return shared
    }

    private static func pack(_ heap: [UInt8], _ offsets: [UInt32], prefixSize: Int, size: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((offsets.count - 1) * (size - prefixSize) / 2)
        let text = heap.rawBytes
        for index in 0..<(offsets.count - 1) {
            guard Int(offsets[index]) == index * size else { return nil }
            var position = index * size + prefixSize
            let end = (index + 1) * size
            while end - position >= 8 {
                guard let four = text.word(at: position).hexBytes else { return nil }
                for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: four >> UInt32(8 * byte))) }
                position += 8
            }
            while position < end {
                guard let high = HexDigits.number(of: heap[position]),
                    let low = HexDigits.number(of: heap[position + 1])
                else { return nil }
                bytes.append(high << 4 | low)
                position += 2
            }
        }
        return bytes
    }

    static func decode(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount >= 8 else { return nil }
        let prefixSize = Int(bytes.load(at: 0, as: UInt32.self))
        let digitCount = Int(bytes.load(at: 4, as: UInt32.self))
        guard prefixSize <= prefixSizeBytesMax, digitCountMin...digitCountMax ~= digitCount, digitCount & 1 == 0,
            bytes.byteCount - 8 >= prefixSize, (bytes.byteCount - 8 - prefixSize) / (digitCount / 2) >= range.upperBound
        else { return nil }
        let size = prefixSize + digitCount
        var heap: [UInt8] = []
        heap.reserveCapacity(range.count * size)
        let prefix = bytes.extracting(8..<(8 + prefixSize))
        for index in range {
            heap.append(bytes: prefix)
            let start = 8 + prefixSize + index * (digitCount / 2)
            for position in start..<(start + digitCount / 2) {
                let digits = HexDigits.text(of: UInt32(bytes.byte(at: position)))
                heap.append(UInt8(truncatingIfNeeded: digits))
                heap.append(UInt8(truncatingIfNeeded: digits >> 8))
            }
        }
        return (heap, (0...range.count).map { UInt32($0 * size) })
    }
}
