internal import EventBase

/// Integers as offsets from a base per block, divided by their common divisor and bit-packed (SPEC 1.3): user ordinals,
/// timestamps, BIGINT values, dictionary codes, string lengths.
enum PackedIntegers {
    static let codec: UInt8 = 1
    static let headerSizeBytes = 16
    static let entrySizeBytes = 16

    /// - Complexity: O(n).
    static func encode(_ values: [Int64], into output: inout ByteWriter) {
        precondition(values.count <= Limits.granuleRowCount, "BUG: a chunk holds one granule of values")
        let blockCount = (values.count + BlockKernels.valueCount - 1) / BlockKernels.valueCount
        let scale = commonDivisor(values)
        output.write(codec)
        output.write(UInt8(0))
        output.write(UInt16(blockCount))
        output.write(UInt32(values.count))
        output.write(scale)
        var data = ByteWriter()
        for block in 0..<blockCount {
            let slice = values[(block * BlockKernels.valueCount)..<min(values.count, (block + 1) * BlockKernels.valueCount)]
            encode(slice, scale: scale, entries: &output, data: &data)
        }
        output.write(raw: data.bytes)
    }

    private static func encode(_ block: ArraySlice<Int64>, scale: Int64, entries: inout ByteWriter, data: inout ByteWriter) {
        let base = block.min() ?? 0
        let divisor = UInt64(bitPattern: scale)
        var low = [UInt32](repeating: 0, count: BlockKernels.valueCount)
        var high = low
        var all: UInt64 = 0
        for (index, value) in block.enumerated() {
            let distance = UInt64(bitPattern: value &- base)
            let offset = divisor == 1 ? distance : distance / divisor
            low[index] = UInt32(truncatingIfNeeded: offset)
            high[index] = UInt32(truncatingIfNeeded: offset >> 32)
            all |= offset
        }
        let width = 64 - all.leadingZeroBitCount
        entries.write(base)
        entries.write(UInt32(data.count / 32))
        entries.write(UInt8(width))
        entries.write(UInt8(0))
        entries.write(UInt16(0))
        BlockKernels.pack(low, width: min(width, 32), into: &data)
        if width > 32 { BlockKernels.pack(high, width: width - 32, into: &data) }
    }

    /// The greatest number that divides the distance of every value from the first; at least 1.
    private static func commonDivisor(_ values: [Int64]) -> Int64 {
        guard let first = values.first else { return 1 }
        var divisor: UInt64 = 0
        for value in values {
            var a = value >= first ? UInt64(bitPattern: value &- first) : UInt64(bitPattern: first &- value)
            if divisor != 0, a % divisor == 0 { continue }
            while a != 0 { (divisor, a) = (a, divisor % a) }
            if divisor == 1 { return 1 }
        }
        return divisor == 0 || divisor > UInt64(Int64.max) ? 1 : Int64(divisor)
    }
}
