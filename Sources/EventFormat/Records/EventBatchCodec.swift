package import EventBase
package import EventColumns

/// An `EventBuffer` as the payload of a WAL frame: plain arrays, no compression, since it is read once or never
/// (SPEC 1.4).
package enum EventBatchCodec {
    /// The payload of one batch for one table.
    package static func encode(_ buffer: EventBuffer, table: String) -> [UInt8] {
        var writer = ByteWriter(capacity: buffer.sizeBytes + 256)
        writer.write(string: table)
        writer.write(UInt32(buffer.rowCount))
        writer.write(array: buffer.times)
        write(buffer.users, to: &writer)
        writer.write(array: buffer.userCodes)
        write(buffer.names, to: &writer)
        writer.write(array: buffer.nameCodes)
        let columns = buffer.columns.filter { $0.storedTypes != [] }
        writer.write(UInt32(columns.count))
        for column in columns { write(column, to: &writer) }
        return writer.bytes
    }

    /// Reads a payload back.
    /// - Throws: `.corruption`; the checksum of the frame was right, so only a foreign writer can cause it.
    package static func decode(_ bytes: RawSpan) throws(EventSQLError) -> (table: String, buffer: EventBuffer) {
        var reader = ByteReader(bytes)
        let table = reader.readString()
        let rowCount = Int(reader.read(UInt32.self))
        let times = reader.readArray(Int64.self, count: rowCount)
        let users = readStrings(&reader)
        let userCodes = readCodes(&reader, count: rowCount, of: users, mayBeNone: true)
        let names = readStrings(&reader)
        let nameCodes = readCodes(&reader, count: rowCount, of: names, mayBeNone: true)
        let columnCount = Int(reader.read(UInt32.self))
        var columns: [ColumnBuffer] = []
        var paths: Set<String> = []
        if columnCount > reader.remaining { reader.fail("\(columnCount) columns") }
        while columns.count < columnCount, reader.failure == nil {
            let column = readColumn(&reader, rowCount: rowCount)
            if !paths.insert(column.path).inserted { reader.fail("a path that occurs once") }
            columns.append(column)
        }
        if reader.remaining != 0 { reader.fail("the end of the batch") }
        try reader.check("a batch of events")
        let buffer = EventBuffer(
            times: times, users: users, userCodes: userCodes, names: names, nameCodes: nameCodes, columns: columns,
            sizeBytes: bytes.byteCount)
        return (table, buffer)
    }

    private static func write(_ strings: StringInterner, to writer: inout ByteWriter) {
        writer.write(UInt32(strings.count))
        writer.write(array: strings.offsets)
        writer.write(raw: strings.heap)
    }

    private static func readStrings(_ reader: inout ByteReader) -> StringInterner {
        let count = Int(reader.read(UInt32.self))
        let offsets = reader.readArray(UInt32.self, count: count + 1)
        guard let last = offsets.last, offsets[0] == 0 else {
            reader.fail("offsets that begin with 0")
            return StringInterner()
        }
        let heap = reader.readBytes(count: Int(last))
        var strings = StringInterner(capacity: reader.failure == nil ? count : 0)
        guard heap.count == Int(last) else { return strings }
        let span = heap.rawBytes
        for index in 0..<count {
            guard offsets[index] <= offsets[index + 1], offsets[index + 1] <= last,
                strings.intern(span.extracting(Int(offsets[index])..<Int(offsets[index + 1]))) == UInt32(index)
            else {
                reader.fail("ascending offsets of distinct strings")
                return strings
            }
        }
        return strings
    }

    private static func readCodes(
        _ reader: inout ByteReader, count: Int, of strings: StringInterner, mayBeNone: Bool
    ) -> [UInt32] {
        let codes = reader.readArray(UInt32.self, count: count)
        for code in codes where Int(code) >= strings.count && !(mayBeNone && code == EventBuffer.noCode) {
            reader.fail("a code below \(strings.count), not \(code),")
            break
        }
        return codes
    }

    private static func write(_ column: ColumnBuffer, to writer: inout ByteWriter) {
        precondition(column.uuids.isEmpty, "BUG: a batch for the log has packed UUIDs")
        let types = column.storedTypes
        writer.write(string: column.path)
        writer.write(types.rawValue)
        if types.contains(.bool) {
            write(rows: column.bools.rows, to: &writer)
            writer.write(array: column.bools.values.map { UInt8($0 ? 1 : 0) })
        }
        if types.contains(.int64) {
            write(rows: column.integers.rows, to: &writer)
            writer.write(array: column.integers.values)
        }
        if types.contains(.double) {
            write(rows: column.doubles.rows, to: &writer)
            writer.write(array: column.doubles.values.map(\.bitPattern))
        }
        if types.contains(.string) {
            write(rows: column.strings.rows, to: &writer)
            write(column.stringValues, to: &writer)
            writer.write(array: column.strings.values)
        }
        if types.contains(.json) {
            write(rows: column.jsons.rows, to: &writer)
            write(column.jsonValues, to: &writer)
            writer.write(array: column.jsons.values)
        }
    }

    private static func readColumn(_ reader: inout ByteReader, rowCount: Int) -> ColumnBuffer {
        var column = ColumnBuffer(path: reader.readString())
        let types = StoredTypes(rawValue: reader.read(UInt8.self))
        if types.rawValue >= 32 { reader.fail("stored types") }
        if types.contains(.bool) {
            let rows = readRows(&reader, rowCount: rowCount)
            column.bools = sparse(rows, reader.readBytes(count: rows.count).map { $0 != 0 })
        }
        if types.contains(.int64) {
            let rows = readRows(&reader, rowCount: rowCount)
            column.integers = sparse(rows, reader.readArray(Int64.self, count: rows.count))
        }
        if types.contains(.double) {
            let rows = readRows(&reader, rowCount: rowCount)
            let bits = reader.readArray(UInt64.self, count: rows.count)
            column.doubles = sparse(rows, bits.map { Double(bitPattern: $0) })
        }
        if types.contains(.string) {
            let rows = readRows(&reader, rowCount: rowCount)
            column.stringValues = readStrings(&reader)
            column.strings = sparse(
                rows, readCodes(&reader, count: rows.count, of: column.stringValues, mayBeNone: false))
        }
        if types.contains(.json) {
            let rows = readRows(&reader, rowCount: rowCount)
            column.jsonValues = readStrings(&reader)
            column.jsons = sparse(rows, readCodes(&reader, count: rows.count, of: column.jsonValues, mayBeNone: false))
        }
        return column
    }

    private static func write(rows: [UInt32], to writer: inout ByteWriter) {
        writer.write(UInt32(rows.count))
        writer.write(array: rows)
    }

    private static func readRows(_ reader: inout ByteReader, rowCount: Int) -> [UInt32] {
        let count = Int(reader.read(UInt32.self))
        let rows = reader.readArray(UInt32.self, count: count)
        for index in rows.indices where Int(rows[index]) >= rowCount || (index > 0 && rows[index] <= rows[index - 1]) {
            reader.fail("ascending rows below \(rowCount)")
            return []
        }
        return rows
    }

    /// Empty where the values could not be read, so that rows and values always match.
    private static func sparse<T: Sendable>(_ rows: [UInt32], _ values: [T]) -> SparseValues<T> {
        rows.count == values.count ? SparseValues(rows: rows, values: values) : SparseValues()
    }
}
