internal import EventBase

/// Frame of reference, common divisor and bit packing for integers (SPEC 1.8.1).
///
/// Value = base of its block + divisor x packed number, all modulo 2^64. Any 64-bit integers may be encoded; codes and
/// ordinals, dates, instants in whole seconds and sorted numbers come out small.
enum PackedIntegers {
    static let headerSizeBytes = 16
    static let blockEntrySizeBytes = 16

    /// Appends `values` in encoded form.
    static func encode(_ values: [Int64], to writer: inout ByteWriter) {
        let divisor = commonDivisor(values)
        var packed = ByteWriter(capacity: values.count * 2)
        var block = [UInt64]()
        writer.write(divisor)
        writer.write(UInt32(values.count))
        writer.write(UInt32(0))
        for start in stride(from: 0, to: values.count, by: Limits.blockValueCount) {
            let end = min(start + Limits.blockValueCount, values.count)
            var base = values[start]
            for index in start..<end { base = min(base, values[index]) }
            block.removeAll(keepingCapacity: true)
            var all: UInt64 = 0
            for index in start..<end {
                let distance = UInt64(bitPattern: values[index] &- base)
                let number = divisor == 1 ? distance : distance / divisor
                all |= number
                block.append(number)
            }
            let width = 64 - all.leadingZeroBitCount
            writer.write(base)
            writer.write(UInt32(packed.count))
            writer.write(UInt32(width))
            pack(block, width: width, to: &packed)
        }
        writer.write(raw: packed.bytes)
    }

    private static func pack(_ block: [UInt64], width: Int, to writer: inout ByteWriter) {
        if width == 0 { return }
        let padding = [UInt32](repeating: 0, count: -block.count & 7)
        let low = block.map { UInt32(truncatingIfNeeded: $0) } + padding
        writer.write(raw: BitPacking.pack(low, width: min(width, 32)))
        if width > 32 {
            let high = block.map { UInt32(truncatingIfNeeded: $0 >> 32) } + padding
            writer.write(raw: BitPacking.pack(high, width: width - 32))
        }
    }

    /// The greatest number that divides every distance from the smallest value; 1 where there is none.
    private static func commonDivisor(_ values: [Int64]) -> UInt64 {
        guard let first = values.first else { return 1 }
        var least = first
        for value in values { least = min(least, value) }
        var divisor: UInt64 = 0
        for value in values {
            let distance = UInt64(bitPattern: value &- least)
            if divisor == 0 {
                divisor = distance
            } else if distance % divisor != 0 {
                divisor = greatestCommonDivisor(divisor, distance)
                if divisor == 1 { return 1 }
            }
        }
        return max(divisor, 1)
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
