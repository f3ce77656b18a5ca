internal import EventBase

/// Ids that are one shared prefix and a decimal number without leading zeros (`t8`, `31198676055`, `user-17`): the
/// prefix once, the numbers as packed integers.
enum NumberedText {
    /// Numbers of more digits may not fit 63 bits.
    private static let digitCountMax = 18
    private static let prefixSizeBytesMax = 64
    private static let zero = UInt8(ascii: "0")

    /// Nil where any string has another form, or there is none.
    static func split(_ heap: [UInt8], _ offsets: [UInt32]) -> (prefix: [UInt8], numbers: [Int64])? {
        guard offsets.count > 1 else { return nil }
        let first = heap[Int(offsets[0])..<Int(offsets[1])]
        let prefix = Array(first.dropLast(first.reversed().prefix { $0 &- zero <= 9 }.count))
        guard prefix.count <= prefixSizeBytesMax else { return nil }
        var numbers: [Int64] = []
        numbers.reserveCapacity(offsets.count - 1)
        for index in 1..<offsets.count {
            let start = Int(offsets[index - 1])
            let digits = start + prefix.count
            let end = Int(offsets[index])
            guard digits < end, end - digits <= digitCountMax, heap[start..<digits].elementsEqual(prefix),
                heap[digits] != zero || end - digits == 1
            else { return nil }
            var number: Int64 = 0
            for position in digits..<end {
                let digit = heap[position] &- zero
                guard digit <= 9 else { return nil }
                number = number * 10 + Int64(digit)
            }
            numbers.append(number)
        }
        return (prefix, numbers)
    }

    static func join(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount >= 4 else { return nil }
        let prefixSize = Int(bytes.load(at: 0, as: UInt32.self))
        guard prefixSize <= prefixSizeBytesMax, prefixSize <= bytes.byteCount - 4,
            let view = PackedIntegers.View(bytes.extracting((4 + prefixSize)..<bytes.byteCount)),
            range.upperBound <= view.count
        else { return nil }
        var numbers = [Int64](repeating: 0, count: range.count)
        view.decode(range, into: &numbers, at: 0)
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(range.count + 1)
        var end = 0
        for number in numbers {
            end += prefixSize + digitCount(UInt64(bitPattern: number))
            offsets.append(UInt32(end))
        }
        var heap = [UInt8](repeating: 0, count: end)
        var room = heap.mutableSpan
        for (index, number) in numbers.enumerated() {
            let start = Int(offsets[index])
            for position in 0..<prefixSize { room[start + position] = bytes.byte(at: 4 + position) }
            var rest = UInt64(bitPattern: number)
            var position = Int(offsets[index + 1])
            while position > start + prefixSize {
                position -= 1
                room[position] = zero + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        return (heap, offsets)
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while count < 20, number >= limit {
            count += 1
            (limit, _) = limit.multipliedReportingOverflow(by: 10)
        }
        return count
    }
}
