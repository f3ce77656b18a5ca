import EventBase
import EventColumns

/// Batches as bytes of a spill file: plain arrays, read once by the process that wrote them.
enum BatchCodec {
    private enum Form: UInt8 { case bool, int64, double, string, interval }

    static func encode(_ batch: Batch) -> [UInt8] {
        var writer = ByteWriter(capacity: batch.sizeBytes + 64)
        writer.write(UInt32(batch.rowCount))
        for column in batch.columns { encode(column, to: &writer) }
        return writer.bytes
    }

    private static func encode(_ column: Vector, to writer: inout ByteWriter) {
        writer.write(UInt8(column.validity == nil ? 0 : 1))
        if let validity = column.validity { writer.write(raw: validity.lazy.map { $0 ? 1 : 0 }) }
        switch column.values {
        case .bool(let values):
            writer.write(Form.bool.rawValue)
            writer.write(raw: values.lazy.map { $0 ? 1 : 0 })
        case .int64(let values):
            writer.write(Form.int64.rawValue)
            writer.write(array: values)
        case .double(let values):
            writer.write(Form.double.rawValue)
            writer.write(array: values.map(\.bitPattern))
        case .interval(let values):
            writer.write(Form.interval.rawValue)
            for value in values {
                writer.write(value.months)
                writer.write(value.days)
                writer.write(value.micros)
            }
        case .string(let codes, let pool):
            writer.write(Form.string.rawValue)
            var strings = StringInterner()
            var own = [UInt32](repeating: 0, count: codes.count)
            for row in codes.indices where !column.isNull(at: row) {
                own[row] = strings.intern(pool.bytes(at: codes[row]))
            }
            writer.write(UInt32(strings.count))
            writer.write(array: strings.offsets)
            writer.write(bytes: strings.heap.rawBytes)
            writer.write(array: own)
        }
    }

    /// - Throws: `.corruption` where the bytes are not what was written.
    static func decode(_ bytes: [UInt8], types: [ScalarType]) throws(EventSQLError) -> Batch {
        var reader = ByteReader(bytes.rawBytes)
        let count = Int(reader.read(UInt32.self))
        var columns: [Vector] = []
        for type in types { columns.append(decode(&reader, type, count)) }
        try reader.check("rows of a temporary file")
        return Batch(columns: columns, rowCount: count)
    }

    private static func decode(_ reader: inout ByteReader, _ type: ScalarType, _ count: Int) -> Vector {
        let validity = reader.read(UInt8.self) == 1 ? reader.readArray(UInt8.self, count: count).map { $0 != 0 } : nil
        let values: Vector.Values
        switch Form(rawValue: reader.read(UInt8.self)) {
        case .bool: values = .bool(reader.readArray(UInt8.self, count: count).map { $0 != 0 })
        case .int64: values = .int64(reader.readArray(Int64.self, count: count))
        case .double:
            values = .double(reader.readArray(UInt64.self, count: count).map { Double(bitPattern: $0) })
        case .interval:
            values = .interval(
                (0..<count).map { _ in
                    let months = reader.read(Int32.self)
                    let days = reader.read(Int32.self)
                    return Interval(months: months, days: days, micros: reader.read(Int64.self))
                })
        case .string:
            let stringCount = Int(reader.read(UInt32.self))
            let offsets = reader.readArray(UInt32.self, count: stringCount + 1)
            let heap = reader.readBytes(count: Int(offsets.last ?? 0))
            let codes = reader.readArray(UInt32.self, count: count)
            if reader.failure != nil || codes.contains(where: { $0 >= max(1, stringCount) }) {
                reader.fail("codes of strings")
                return .nulls(type: type, count: count)
            }
            values = .string(
                codes: codes,
                pool: HeapStringPool(heap: heap, offsets: offsets, isDistinct: true, isSorted: false))
        case nil:
            reader.fail("a column")
            return .nulls(type: type, count: count)
        }
        // A column of NULLs may come without a type of its own.
        if case .bool = values, type != .bool { return .nulls(type: type, count: count) }
        if reader.failure != nil { return .nulls(type: type, count: count) }
        return Vector(type: type, values: values, validity: validity)
    }
}
