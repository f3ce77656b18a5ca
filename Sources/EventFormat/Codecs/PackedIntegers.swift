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
        let division = ExactDivision(by: divisor)
        var packed = ByteWriter(capacity: values.count * 2)
        var low = [UInt32](repeating: 0, count: Limits.blockValueCount)
        var high = low
        writer.write(divisor)
        writer.write(UInt32(values.count))
        writer.write(UInt32(0))
        for start in stride(from: 0, to: values.count, by: Limits.blockValueCount) {
            let block = values[start..<min(start + Limits.blockValueCount, values.count)]
            let (base, width) = split(block, division, &low, &high)
            writer.write(base)
            writer.write(UInt32(packed.count))
            writer.write(UInt32(width))
            let count = (block.count + 7) & ~7
            if width > 0 { packed.write(raw: BitPacking.pack(low, count: count, width: min(width, 32))) }
            if width > 32 { packed.write(raw: BitPacking.pack(high, count: count, width: width - 32)) }
        }
        writer.write(raw: packed.bytes)
    }

    /// The halves of a block's packed numbers, zeros behind them up to a multiple of eight, with the base and the bits of the
    /// largest.
    private static func split(
        _ block: ArraySlice<Int64>, _ division: ExactDivision, _ low: inout [UInt32], _ high: inout [UInt32]
    ) -> (base: Int64, width: Int) {
        let values = block.span
        var lows = low.mutableSpan
        var highs = high.mutableSpan
        precondition(values.count <= lows.count && lows.count == highs.count, "BUG: a block of too many values")
        var base = Int64.max
        for index in values.indices { base = min(base, values[index]) }
        var all: UInt64 = 0
        for index in values.indices {
            let distance = UInt64(bitPattern: values[index] &- base)
            let number = division.divisor == 1 ? distance : division.quotient(distance)
            all |= number
            lows[index] = UInt32(truncatingIfNeeded: number)
            highs[index] = UInt32(truncatingIfNeeded: number >> 32)
        }
        var index = values.count
        while index & 7 != 0 {
            lows[index] = 0
            highs[index] = 0
            index &+= 1
        }
        return (base, 64 - all.leadingZeroBitCount)
    }

    /// The greatest number that divides every distance from the smallest value; 1 where there is none.
    private static func commonDivisor(_ values: [Int64]) -> UInt64 {
        guard let first = values.first else { return 1 }
        var least = first
        for value in values { least = min(least, value) }
        var division: ExactDivision?
        for value in values {
            let distance = UInt64(bitPattern: value &- least)
            guard let known = division else {
                if distance == 1 { return 1 }
                if distance > 0 { division = ExactDivision(by: distance) }
                continue
            }
            if known.divides(distance) { continue }
            let divisor = greatestCommonDivisor(known.divisor, distance)
            if divisor == 1 { return 1 }
            division = ExactDivision(by: divisor)
        }
        return division?.divisor ?? 1
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
