internal import EventBase

/// Doubles that are decimals in disguise as scaled integers, after ALP (Afroozeh, Kuffo and Boncz, SIGMOD 2023): a price is
/// 1999 and an exponent of 2. Values that do not survive the round trip bit by bit are kept aside; where too many are, the
/// chunk is raw (SPEC 1.3).
enum PackedDoubles {
    static let decimalCodec: UInt8 = 2
    static let rawCodec: UInt8 = 3
    private static let exponentMax = 10
    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

    static func encode(_ values: [Double], into output: inout ByteWriter) {
        guard let exponent = bestExponent(values) else {
            encodeRaw(values, into: &output)
            return
        }
        var integers: [Int64] = []
        integers.reserveCapacity(values.count)
        var exceptions: [(index: UInt32, bits: UInt64)] = []
        for (index, value) in values.enumerated() {
            if let integer = integer(value, exponent) {
                integers.append(integer)
            } else {
                exceptions.append((UInt32(index), value.bitPattern))
                integers.append(integers.last ?? 0)
            }
        }
        output.write(decimalCodec)
        output.write(UInt8(exponent))
        output.write(UInt16(exceptions.count))
        output.write(UInt32(values.count))
        for exception in exceptions {
            output.write(exception.index)
            output.write(exception.bits)
        }
        PackedIntegers.encode(integers, into: &output)
    }

    /// codec u8, compressed u8, two zero bytes, count u32, then the values or a zstd frame of them.
    private static func encodeRaw(_ values: [Double], into output: inout ByteWriter) {
        var plain = ByteWriter(capacity: values.count * 8)
        for value in values { plain.write(value) }
        let frame = Zstd.compress(plain.bytes)
        let isCompressed = frame.count < plain.count * 9 / 10
        output.write(rawCodec)
        output.write(UInt8(isCompressed ? 1 : 0))
        output.write(UInt16(0))
        output.write(UInt32(values.count))
        output.write(raw: isCompressed ? frame : plain.bytes)
    }

    /// The exponent that leaves fewest exceptions in a sample, nil where more than one value in eight is one.
    private static func bestExponent(_ values: [Double]) -> Int? {
        let stride = max(1, values.count / 256)
        let sample = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }
        var best: (exponent: Int, misses: Int)?
        for exponent in 0...exponentMax {
            let misses = sample.count { integer($0, exponent) == nil }
            if misses < best?.misses ?? .max { best = (exponent, misses) }
            if misses == 0 { break }
        }
        guard let best, best.misses * 16 <= sample.count else { return nil }
        let misses = values.count { integer($0, best.exponent) == nil }
        return misses * 8 <= values.count ? best.exponent : nil
    }

    private static func integer(_ value: Double, _ exponent: Int) -> Int64? {
        let scaled = (value * powers[exponent]).rounded()
        guard abs(scaled) < 9e15 else { return nil }  // also refuses NaN and infinities
        let back = Double(Int64(scaled)) / powers[exponent]  // through Int64, so that -0 is seen to change
        return back.bitPattern == value.bitPattern ? Int64(scaled) : nil
    }

    /// The selected values of a chunk, appended to `output`.
    static func decode(_ bytes: RawSpan, _ selection: DenseSelection, into output: inout [Double]) throws(EventSQLError) {
        guard bytes.byteCount >= 8 else { throw EventSQLError(.corruption, "a chunk of doubles has no header") }
        switch bytes.byte(at: 0) {
        case decimalCodec: try decodeDecimal(bytes, selection, into: &output)
        case rawCodec: try decodeRaw(bytes, selection, into: &output)
        case let codec: throw EventSQLError(.corruption, "a chunk of doubles has the unknown codec \(codec)")
        }
    }

    private static func decodeDecimal(
        _ bytes: RawSpan, _ selection: DenseSelection, into output: inout [Double]
    ) throws(EventSQLError) {
        let exponent = Int(bytes.byte(at: 1))
        let exceptionCount = Int(bytes.load(at: 2, as: UInt16.self))
        let start = 8 + exceptionCount * 12
        guard exponent <= exponentMax, start <= bytes.byteCount else {
            throw EventSQLError(.corruption, "a chunk of decimals has an impossible header")
        }
        let reader = try PackedIntegers.Reader(bytes.extracting(start..<bytes.byteCount))
        try selection.check(count: reader.count)
        var integers: [Int64] = []
        selection.decode(reader, into: &integers)
        let first = output.count
        let power = powers[exponent]
        output.reserveCapacity(first + integers.count)
        for integer in integers { output.append(Double(integer) / power) }
        for exception in 0..<exceptionCount {
            let index = Int(bytes.load(at: 8 + exception * 12, as: UInt32.self))
            if let slot = selection.slot(of: index) {
                output[first + slot] = Double(bitPattern: bytes.load(at: 12 + exception * 12, as: UInt64.self))
            }
        }
    }

    private static func decodeRaw(
        _ bytes: RawSpan, _ selection: DenseSelection, into output: inout [Double]
    ) throws(EventSQLError) {
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        guard count <= Limits.granuleRowCount else { throw EventSQLError(.corruption, "a chunk claims \(count) doubles") }
        try selection.check(count: count)
        let body = bytes.extracting(8..<bytes.byteCount)
        if bytes.byte(at: 1) == 1 {
            let plain = try Zstd.decompress(body, sizeBytes: count * 8)
            append(plain.rawBytes, selection, into: &output)
        } else {
            guard body.byteCount == count * 8 else { throw EventSQLError(.corruption, "a chunk of doubles is cut short") }
            append(body, selection, into: &output)
        }
    }

    private static func append(_ plain: RawSpan, _ selection: DenseSelection, into output: inout [Double]) {
        for index in selection.indexes { output.append(Double(bitPattern: plain.load(at: index * 8, as: UInt64.self))) }
    }
}
