internal import EventBase

/// Canonical lowercase UUIDs, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, as 16 bytes each and back, exactly.
enum UUIDText {
    private static let sizeBytes = 36
    private static let digits = Array("0123456789abcdef".utf8)
    private static let hyphen = UInt8(ascii: "-")

    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    /// Nil where any string is something else, or there is none.
    static func pack(_ heap: [UInt8], _ offsets: [UInt32]) -> [UInt8]? {
        let count = offsets.count - 1
        guard count > 0, heap.count == count * sizeBytes else { return nil }
        var packed: [UInt8] = []
        packed.reserveCapacity(count * 16)
        for string in 0..<count {
            let start = string * sizeBytes
            guard Int(offsets[string]) == start else { return nil }
            var open: UInt8?
            for index in 0..<sizeBytes {
                let character = heap[start + index]
                if isHyphen(index) {
                    guard character == hyphen else { return nil }
                    continue
                }
                guard let digit = digit(character) else { return nil }
                if let upper = open {
                    packed.append(upper << 4 | digit)
                    open = nil
                } else {
                    open = digit
                }
            }
        }
        return packed
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    static func unpack(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount / 16 >= range.upperBound else { return nil }
        var heap: [UInt8] = []
        heap.reserveCapacity(range.count * sizeBytes)
        for byte in (range.lowerBound * 16)..<(range.upperBound * 16) {
            let value = bytes.byte(at: byte)
            heap.append(digits[Int(value >> 4)])
            heap.append(digits[Int(value & 15)])
            if [3, 5, 7, 9].contains(byte & 15) { heap.append(hyphen) }
        }
        return (heap, (0...range.count).map { UInt32($0 * sizeBytes) })
    }
}
