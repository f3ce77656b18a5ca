internal import EventBase

/// Doubles as decimal integers with exceptions where most have few digits after the point, else their bits (SPEC 1.8.2).
/// Every bit pattern comes back as it was, NaN payloads and -0 included.
enum DoubleCodec {
    /// Powers of ten that are exact doubles and leave digits for the integer.
    static let exponentMax = 15
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
    /// Integers up to here are exact doubles.
    private static let exactMax: Double = 9_007_199_254_740_992
    private static let sampleCount = 64
    private static let bitsKind: UInt8 = 0
    private static let decimalKind: UInt8 = 1

    /// Appends `values`, at most 65 535, in encoded form.
    static func encode(_ values: [Double], to writer: inout ByteWriter) {
        if let exponent = bestExponent(values) {
            var integers = [Int64](repeating: 0, count: values.count)
            var exceptions: [UInt16] = []
            var last: Int64 = 0
            for (index, value) in values.enumerated() {
                if let integer = integer(value, powers[exponent]) {
                    last = integer
                } else {
                    exceptions.append(UInt16(index))
                }
                integers[index] = last
            }
            if exceptions.count * 8 <= values.count {
                writer.write(decimalKind)
                writer.write(UInt8(exponent))
                writer.write(UInt16(exceptions.count))
                writer.write(UInt32(values.count))
                writer.write(array: exceptions)
                for index in exceptions { writer.write(values[Int(index)]) }
                return PackedIntegers.encode(integers, to: &writer)
            }
        }
        writer.write(bitsKind)
        writer.write(UInt8(0))
        writer.write(UInt16(0))
        writer.write(UInt32(values.count))
        var plain = ByteWriter(capacity: values.count * 8)
        plain.write(array: values.map(\.bitPattern))
        MaybeCompressed.encode(plain.bytes, to: &writer)
    }

    /// The integer that gives exactly this value when divided by `power`, if there is one.
    private static func integer(_ value: Double, _ power: Double) -> Int64? {
        let scaled = (value * power).rounded()
        guard scaled.magnitude <= exactMax else { return nil }
        let integer = Int64(scaled)
        return (Double(integer) / power).bitPattern == value.bitPattern ? integer : nil
    }

    /// The smallest exponent that fits the most values of a sample; nil where fewer than seven eighths fit any.
    private static func bestExponent(_ values: [Double]) -> Int? {
        let step = max(1, values.count / sampleCount)
        let sample = stride(from: 0, to: values.count, by: step).map { values[$0] }
        var best = (exponent: 0, count: -1)
        for exponent in 0...exponentMax {
            let count = sample.count { integer($0, powers[exponent]) != nil }
            if count > best.count { best = (exponent, count) }
            if count == sample.count { break }
        }
        return best.count * 8 >= sample.count * 7 ? best.exponent : nil
    }

    /// Appends the values of `range` to `output`.
    /// - Returns: false where the bytes cannot be encoded doubles.
    static func decode(_ bytes: RawSpan, _ range: Range<Int>, appendingTo output: inout [Double]) -> Bool {
        guard bytes.byteCount >= 8 else { return false }
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        guard range.lowerBound >= 0, range.upperBound <= count else { return false }
        switch bytes.byte(at: 0) {
        case decimalKind: return decodeDecimal(bytes, range, appendingTo: &output)
        case bitsKind:
            guard let plain = MaybeCompressed.decode(bytes.extracting(8..<bytes.byteCount)), plain.count == count * 8
            else { return false }
            let span = plain.rawBytes
            for index in range { output.append(Double(bitPattern: span.word(at: index * 8))) }
            return true
        default: return false
        }
    }

    private static func decodeDecimal(_ bytes: RawSpan, _ range: Range<Int>, appendingTo output: inout [Double]) -> Bool
    {
        let exponent = Int(bytes.byte(at: 1))
        let exceptionCount = Int(bytes.load(at: 2, as: UInt16.self))
        let start = 8 + exceptionCount * 10
        guard exponent <= exponentMax, start <= bytes.byteCount,
            let integers = PackedIntegers.View(bytes.extracting(start..<bytes.byteCount)),
            range.upperBound <= integers.count
        else { return false }
        var decoded = [Int64](repeating: 0, count: range.count)
        integers.decode(range, into: &decoded, at: 0)
        let first = output.count
        divide(decoded, by: powers[exponent], appendingTo: &output)
        for index in 0..<exceptionCount {
            let position = Int(bytes.load(at: 8 + index * 2, as: UInt16.self))
            if range.contains(position) {
                let bits = bytes.word(at: 8 + exceptionCount * 2 + index * 8)
                output[first + position - range.lowerBound] = Double(bitPattern: bits)
            }
        }
        return true
    }

    /// Appends the values at `places`, which ascend.
    /// - Returns: false where the bytes cannot be encoded doubles.
    static func decode(_ bytes: RawSpan, at places: Span<UInt16>, appendingTo output: inout [Double]) -> Bool {
        if places.isEmpty { return true }
        guard bytes.byteCount >= 8, bytes.byte(at: 0) == decimalKind else {
            let first = Int(places[0])
            var whole: [Double] = []
            guard decode(bytes, first..<(Int(places[places.count - 1]) + 1), appendingTo: &whole) else { return false }
            for index in places.indices { output.append(whole[Int(places[index]) - first]) }
            return true
        }
        let exponent = Int(bytes.byte(at: 1))
        let exceptionCount = Int(bytes.load(at: 2, as: UInt16.self))
        let start = 8 + exceptionCount * 10
        guard exponent <= exponentMax, start <= bytes.byteCount,
            let integers = PackedIntegers.View(bytes.extracting(start..<bytes.byteCount)),
            Int(places[places.count - 1]) < integers.count
        else { return false }
        var decoded = [Int64](repeating: 0, count: places.count)
        var room = decoded.mutableSpan
        integers.decode(at: places, into: &room, at: 0)
        let first = output.count
        divide(decoded, by: powers[exponent], appendingTo: &output)
        var next = 0
        for index in 0..<exceptionCount {
            let exception = bytes.load(at: 8 + index * 2, as: UInt16.self)
            while next < places.count, places[next] < exception { next += 1 }
            if next == places.count { break }
            if places[next] == exception {
                output[first + next] = Double(bitPattern: bytes.word(at: 8 + exceptionCount * 2 + index * 8))
            }
        }
        return true
    }

    private static func divide(_ integers: [Int64], by power: Double, appendingTo output: inout [Double]) {
        output.append(
            addingCapacity: integers.count,
            initializingWith: { room in
                let source = integers.span
                for index in source.indices { room.append(Double(source[index]) / power) }
            })
    }
}
