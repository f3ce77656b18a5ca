internal import EventBase
internal import EventColumns

/// A keyed table's entry in a manifest (SPEC 1.3).
extension KeyedTableSchema {
    func write(to writer: inout ByteWriter) {
        writer.write(string: name)
        writer.write(id)
        writer.write(UInt32(columns.count))
        for column in columns {
            writer.write(string: column.name)
            writer.write(column.type.rawValue)
            writer.write(UInt8((column.isNotNull ? 1 : 0) | (column.isKey ? 2 : 0)))
        }
    }

    static func read(_ reader: inout ByteReader) -> KeyedTableSchema {
        let name = reader.readString()
        var record = KeyedTableSchema(name: name, id: reader.read(UInt64.self), columns: [])
        let count = Int(reader.read(UInt32.self))
        if count > reader.remaining / 4 { reader.fail("\(count) columns of a keyed table") }
        while record.columns.count < count, reader.failure == nil {
            let name = reader.readString()
            let type = ScalarType(rawValue: reader.read(UInt8.self))
            let flags = reader.read(UInt8.self)
            guard let type, type != .null, type != .interval, flags < 4, flags != 2 else {
                reader.fail("a column type and its flags")
                break
            }
            record.columns.append(Column(name: name, type: type, isNotNull: flags & 1 != 0, isKey: flags & 2 != 0))
        }
        if !record.columns.contains(where: \.isKey) { reader.fail("a key column") }
        return record
    }
}
