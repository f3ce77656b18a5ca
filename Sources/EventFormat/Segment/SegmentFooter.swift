internal import EventBase
internal import EventColumns

/// The directory at the end of a segment: everything needed to find a chunk, nothing that needs decoding (SPEC 1.2).
struct SegmentFooter: Sendable, Equatable {
    static let magic = Array("EVSQLSEG".utf8)
    static let version: UInt32 = 1
    static let headerSizeBytes = 16
    static let trailerSizeBytes = 32
    static let chunkAlignment = 64

    /// The values of one stored type under one path.
    struct Part: Sendable, Equatable {
        var path: String
        var type: StoredTypes
        /// How string and json values lie: 0 plain chunks, 1 codes into the dictionary. 0 for the other types.
        var layout: UInt8
        var valueCount: UInt32
        /// Which rows have a value; nil when all do.
        var presence: ChunkReference?
        var dictionary: ChunkReference?
        /// One chunk for each `Limits.granuleRowCount` values.
        var chunks: [ChunkReference]
    }

    var rowCount: UInt32
    var timeMin: Int64
    var timeMax: Int64
    var userMin: UInt32
    var userMax: UInt32
    var users: [ChunkReference]
    var times: [ChunkReference]
    var eventCodes: [ChunkReference]
    var eventNames: ChunkReference
    /// By event code; size 0 where the name is too frequent for a bitmap.
    var rowBitmaps: [ChunkReference]
    var days: [Int32]
    /// Entries of (day index, event code or .max for any, offset, size, checksum); nil beyond the cap.
    var userBitmaps: ChunkReference?
    var parts: [Part]

    func write(to writer: inout ByteWriter) {
        writer.write(rowCount)
        writer.write(timeMin)
        writer.write(timeMax)
        writer.write(userMin)
        writer.write(userMax)
        for list in [users, times, eventCodes, rowBitmaps] { Self.write(list, to: &writer) }
        eventNames.write(to: &writer)
        writer.write(UInt32(days.count))
        for day in days { writer.write(day) }
        Self.write(userBitmaps.map { [$0] } ?? [], to: &writer)
        writer.write(UInt32(parts.count))
        for part in parts {
            writer.write(string: part.path)
            writer.write(part.type.rawValue)
            writer.write(part.layout)
            writer.write(part.valueCount)
            Self.write(part.presence.map { [$0] } ?? [], to: &writer)
            Self.write(part.dictionary.map { [$0] } ?? [], to: &writer)
            Self.write(part.chunks, to: &writer)
        }
    }

    static func read(_ bytes: RawSpan) throws(EventSQLError) -> SegmentFooter {
        var reader = ByteReader(bytes)
        let rowCount = reader.read(UInt32.self)
        let timeMin = reader.read(Int64.self)
        let timeMax = reader.read(Int64.self)
        let userMin = reader.read(UInt32.self)
        let userMax = reader.read(UInt32.self)
        let users = readReferences(&reader)
        let times = readReferences(&reader)
        let codes = readReferences(&reader)
        let rowBitmaps = readReferences(&reader)
        let names = ChunkReference.read(from: &reader)
        let days = reader.readArray(Int32.self, count: Int(reader.read(UInt32.self)))
        let userBitmaps = readReferences(&reader).first
        var parts: [Part] = []
        let partCount = Int(reader.read(UInt32.self))
        while parts.count < partCount, reader.failure == nil { parts.append(readPart(&reader)) }
        if reader.remaining != 0 { reader.fail("the end of the footer") }
        try reader.check("the footer")
        let footer = SegmentFooter(
            rowCount: rowCount, timeMin: timeMin, timeMax: timeMax, userMin: userMin, userMax: userMax, users: users,
            times: times, eventCodes: codes, eventNames: names, rowBitmaps: rowBitmaps, days: days,
            userBitmaps: userBitmaps, parts: parts)
        try footer.check()
        return footer
    }

    private static func readPart(_ reader: inout ByteReader) -> Part {
        let path = reader.readString()
        let type = StoredTypes(rawValue: reader.read(UInt8.self))
        let layout = reader.read(UInt8.self)
        let valueCount = reader.read(UInt32.self)
        let presence = readReferences(&reader).first
        let dictionary = readReferences(&reader).first
        return Part(
            path: path, type: type, layout: layout, valueCount: valueCount, presence: presence, dictionary: dictionary,
            chunks: readReferences(&reader))
    }

    private static func write(_ references: [ChunkReference], to writer: inout ByteWriter) {
        writer.write(UInt32(references.count))
        for reference in references { reference.write(to: &writer) }
    }

    private static func readReferences(_ reader: inout ByteReader) -> [ChunkReference] {
        let count = Int(reader.read(UInt32.self))
        guard count <= reader.remaining / ChunkReference.sizeBytes else {
            reader.fail("\(count) chunk references")
            return []
        }
        return (0..<count).map { _ in ChunkReference.read(from: &reader) }
    }

    /// What later code relies on: counts that fit each other.
    private func check() throws(EventSQLError) {
        func chunks(_ values: UInt32) -> Int {
            (Int(values) + Limits.granuleRowCount - 1) / Limits.granuleRowCount
        }
        let wanted = chunks(rowCount)
        let columnsFit = [users, times, eventCodes].allSatisfy { $0.count == wanted }
        let partsFit = parts.allSatisfy { part in
            part.valueCount <= rowCount && part.chunks.count == chunks(part.valueCount)
                && (part.presence != nil) == (part.valueCount != rowCount) && part.type.rawValue.nonzeroBitCount == 1
                && part.type.rawValue <= StoredTypes.json.rawValue && (part.layout == 0) == (part.dictionary == nil)
        }
        let daysAscend = zip(days, days.dropFirst()).allSatisfy { $0 < $1 }
        guard rowCount > 0, Int(rowCount) <= Limits.segmentRowCountMax, timeMin <= timeMax, userMin <= userMax, columnsFit,
            partsFit, daysAscend, !days.isEmpty
        else { throw EventSQLError(.corruption, "the footer's counts contradict each other") }
    }
}
