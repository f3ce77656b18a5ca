package import EventBase
internal import EventColumns

extension ManifestRecord {
    /// The whole manifest file. Equal records give equal bytes.
    /// - Parameter kind: `.manifest` or `.catalogue`.
    package func encode(as kind: FileKind = .manifest) -> [UInt8] {
        var writer = ByteWriter(capacity: 512 + segments.count * 96)
        writer.write(databaseID.high)
        writer.write(databaseID.low)
        writer.write(epoch)
        writer.write(walStart)
        writer.write(nextFileNumber)
        writer.write(UInt32(tables.count))
        for table in tables { Self.write(table, to: &writer) }
        writer.write(UInt32(segments.count))
        for segment in segments { Self.write(segment, to: &writer) }
        writer.write(UInt32(userRuns.count))
        for run in userRuns {
            writer.write(string: run.fileName)
            writer.write(run.first)
            writer.write(UInt64(run.count))
        }
        writer.write(UInt32(cohorts.count))
        for cohort in cohorts {
            writer.write(string: cohort.name)
            writer.write(string: cohort.definition)
            writer.write(UInt64(cohort.memberCount))
            writer.write(string: cohort.fileName)
        }
        writer.write(UInt32(settings.count))
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            writer.write(string: name)
            writer.write(string: value)
        }
        if !keyedTables.isEmpty {
            writer.write(UInt32(keyedTables.count))
            for table in keyedTables { table.write(to: &writer) }
        }
        kind.seal(&writer)
        return writer.bytes
    }

    /// Reads a whole manifest file.
    /// - Throws: `.corruption` naming `label` for anything but what `encode` writes.
    package static func decode(
        _ bytes: RawSpan, as kind: FileKind = .manifest, label: String
    ) throws(EventSQLError) -> ManifestRecord {
        let end = try kind.open(bytes, label: label)
        var reader = ByteReader(bytes.extracting(0..<end))
        let id = DatabaseID(high: reader.read(UInt64.self), low: reader.read(UInt64.self))
        var record = ManifestRecord(
            databaseID: id, epoch: reader.read(UInt64.self), walStart: reader.read(UInt64.self),
            nextFileNumber: reader.read(UInt64.self))
        for _ in 0..<readCount(&reader) { record.tables.append(readTable(&reader)) }
        for _ in 0..<readCount(&reader) { record.segments.append(readSegment(&reader)) }
        for _ in 0..<readCount(&reader) {
            let name = reader.readString()
            let first = reader.read(UInt32.self)
            record.userRuns.append(UserRunRecord(fileName: name, first: first, count: readInt(&reader)))
        }
        for _ in 0..<readCount(&reader) {
            let name = reader.readString()
            let definition = reader.readString()
            let memberCount = readInt(&reader)
            record.cohorts.append(
                CohortRecord(
                    name: name, definition: definition, memberCount: memberCount, fileName: reader.readString()))
        }
        for _ in 0..<readCount(&reader) {
            let name = reader.readString()
            record.settings[name] = reader.readString()
        }
        // The list came later than the others and is left out while it is empty.
        if reader.remaining > 0 {
            for _ in 0..<readCount(&reader) { record.keyedTables.append(.read(&reader)) }
            if record.keyedTables.isEmpty { reader.fail("a keyed table") }
        }
        if reader.remaining != 0 { reader.fail("the end of the manifest") }
        if let failure = reader.failure { throw EventSQLError(.corruption, "manifest: \(failure)", path: label) }
        return record
    }

    private static func write(_ table: TableSchema, to writer: inout ByteWriter) {
        writer.write(string: table.name)
        writer.write(UInt32(table.columns.count))
        for column in table.columns {
            writer.write(string: column.path)
            writer.write(column.role.rawValue)
            writer.write(column.storedTypes.rawValue)
        }
    }

    private static func readTable(_ reader: inout ByteReader) -> TableSchema {
        var table = TableSchema(name: reader.readString(), columns: [])
        for _ in 0..<readCount(&reader) {
            let path = reader.readString()
            let role = ColumnRole(rawValue: reader.read(UInt8.self))
            let types = StoredTypes(rawValue: reader.read(UInt8.self))
            guard let role, types.rawValue < 32 else {
                reader.fail("a column role and stored types")
                return table
            }
            table.columns.append(ColumnSchema(path: path, role: role, storedTypes: types))
        }
        return table
    }

    private static func write(_ segment: SegmentRecord, to writer: inout ByteWriter) {
        writer.write(string: segment.fileName)
        writer.write(string: segment.table)
        writer.write(UInt64(segment.rowCount))
        writer.write(UInt64(segment.sizeBytes))
        writer.write(segment.timeRange.lowerBound)
        writer.write(segment.timeRange.upperBound)
        writer.write(segment.userRange.lowerBound)
        writer.write(segment.userRange.upperBound)
        writer.write(string: segment.hiddenRowsFileName ?? "")
    }

    private static func readSegment(_ reader: inout ByteReader) -> SegmentRecord {
        let fileName = reader.readString()
        let table = reader.readString()
        let rowCount = readInt(&reader)
        let sizeBytes = readInt(&reader)
        let times = (reader.read(Int64.self), reader.read(Int64.self))
        let users = (reader.read(UInt32.self), reader.read(UInt32.self))
        let hidden = reader.readString()
        if times.0 > times.1 || users.0 > users.1 { reader.fail("ascending ranges of a segment") }
        return SegmentRecord(
            fileName: fileName, table: table, rowCount: rowCount, sizeBytes: sizeBytes,
            timeRange: times.0...max(times.0, times.1), userRange: users.0...max(users.0, users.1),
            hiddenRowsFileName: hidden.isEmpty ? nil : hidden)
    }

    /// A UInt64 that fits an `Int`.
    private static func readInt(_ reader: inout ByteReader) -> Int {
        let value = reader.read(UInt64.self)
        guard value <= UInt64(Int64.max) else {
            reader.fail("a count below 2^63")
            return 0
        }
        return Int(value)
    }

    /// The number of entries of a list; every entry takes at least four bytes, so a wild number is found at once.
    private static func readCount(_ reader: inout ByteReader) -> Int {
        let count = Int(reader.read(UInt32.self))
        guard count <= reader.remaining / 4 else {
            reader.fail("a list of \(count) entries")
            return 0
        }
        return count
    }
}
