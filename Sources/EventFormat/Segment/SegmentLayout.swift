internal import EventBase
internal import EventColumns

/// A run of bytes of a segment with its checksum.
struct ByteRef: Sendable, Equatable {
    static let sizeBytes = 16
    var offset = 0
    var length = 0
    var checksum: UInt32 = 0

    func write(to writer: inout ByteWriter) {
        writer.write(UInt64(offset))
        writer.write(UInt32(length))
        writer.write(checksum)
    }

    init() {}

    init(offset: Int, length: Int, checksum: UInt32) {
        self.offset = offset
        self.length = length
        self.checksum = checksum
    }

    /// Reads a reference and marks the reader where it does not lie inside the first `limit` bytes.
    init(_ reader: inout ByteReader, limit: Int) {
        let start = reader.read(UInt64.self)
        length = Int(reader.read(UInt32.self))
        checksum = reader.read(UInt32.self)
        guard start <= UInt64(limit), length <= limit - Int(start) else {
            reader.fail("a place inside the file")
            return
        }
        offset = Int(start)
    }

    var range: Range<Int> { offset..<(offset + length) }
}

/// How the values of a part are encoded.
enum PartForm: UInt8, Sendable {
    /// bool, int64 and the system columns: `PackedIntegers`; double: `DoubleCodec`.
    case numbers = 0
    /// string and json: a sorted dictionary, and codes as `PackedIntegers`.
    case dictionary = 1
    /// string and json: `StringCodec` chunks.
    case plain = 2
}

/// The values of one stored type of one path, as the footer lists them.
struct PartRecord: Sendable {
    var path: String
    var type: StoredTypes
    var form: PartForm
    var valueCount: Int
    var directory = ByteRef()

    func write(to writer: inout ByteWriter) {
        writer.write(string: path)
        writer.write(type.rawValue)
        writer.write(form.rawValue)
        writer.write(UInt16(0))
        writer.write(UInt32(valueCount))
        directory.write(to: &writer)
    }

    init(path: String, type: StoredTypes, form: PartForm, valueCount: Int) {
        self.path = path
        self.type = type
        self.form = form
        self.valueCount = valueCount
    }

    init(_ reader: inout ByteReader, limit: Int) {
        path = reader.readString()
        type = StoredTypes(rawValue: reader.read(UInt8.self))
        let form = PartForm(rawValue: reader.read(UInt8.self))
        _ = reader.read(UInt16.self)
        valueCount = Int(reader.read(UInt32.self))
        directory = ByteRef(&reader, limit: limit)
        self.form = form ?? .numbers
        let isText = type == .string || type == .json
        let isNumber = type == .bool || type == .int64 || type == .double
        if form == nil || !(isText || isNumber) || isText != (form != .numbers) {
            reader.fail("a part of a known type and form")
        }
    }
}

/// One chunk: up to 8192 values of a part, and what is known of them.
struct ChunkEntry: Sendable {
    static let sizeBytes = ByteRef.sizeBytes + 16
    var bytes: ByteRef
    /// Smallest and largest value: the integer, the double's bits, or zero. Two NaN where a NaN is among the values.
    var low: UInt64 = 0
    var high: UInt64 = 0

    func write(to writer: inout ByteWriter) {
        bytes.write(to: &writer)
        writer.write(low)
        writer.write(high)
    }
}

/// What the footer says of the whole segment.
struct SegmentSummary: Sendable {
    var rowCount = 0
    var times: ClosedRange<Int64> = 0...0
    var users: ClosedRange<UInt32> = 0...0
    var nameHeap: [UInt8] = []
    var nameOffsets: [UInt32] = [0]
    var days: [Int32] = []
    /// The index of row bitmaps, one `ByteRef` per event code; length 0 = none kept.
    var rowBitmaps = ByteRef()
    /// The index of user bitmaps; nil where none are kept.
    var userBitmaps: ByteRef?
    /// The first three are the users, times and event codes.
    var parts: [PartRecord] = []
    /// Written behind the rest when the file gets its name; nil for rows in memory and in files of versions 1 and 2.
    var origin: SegmentOrigin?

    /// The user, time and event name columns.
    static let systemPaths = ["user_id", "timestamp", "event_name"]
}

extension SegmentSummary {
    /// The footer, without the origin, its own offset and the trailer.
    func write(to writer: inout ByteWriter) {
        writer.write(UInt32(rowCount))
        writer.write(times.lowerBound)
        writer.write(times.upperBound)
        writer.write(users.lowerBound)
        writer.write(users.upperBound)
        writer.write(UInt32(nameOffsets.count - 1))
        writer.write(array: nameOffsets)
        writer.write(raw: nameHeap)
        writer.write(UInt32(days.count))
        writer.write(array: days)
        rowBitmaps.write(to: &writer)
        writer.write(UInt32(userBitmaps == nil ? 0 : 1))
        (userBitmaps ?? ByteRef()).write(to: &writer)
        writer.write(UInt32(parts.count))
        for part in parts { part.write(to: &writer) }
    }

    /// Reads the footer of a file whose chunks end at `limit`.
    static func read(_ reader: inout ByteReader, limit: Int) -> SegmentSummary {
        var summary = SegmentSummary()
        summary.rowCount = Int(reader.read(UInt32.self))
        let times = (reader.read(Int64.self), reader.read(Int64.self))
        let users = (reader.read(UInt32.self), reader.read(UInt32.self))
        if times.0 > times.1 || users.0 > users.1 { reader.fail("ascending ranges") }
        summary.times = times.0...max(times.0, times.1)
        summary.users = users.0...max(users.0, users.1)
        summary.nameOffsets = reader.readArray(UInt32.self, count: Int(reader.read(UInt32.self)) + 1)
        let offsets = summary.nameOffsets
        if offsets.first != 0 || zip(offsets, offsets.dropFirst()).contains(where: { $0 > $1 }) {
            reader.fail("ascending offsets of event names")
            summary.nameOffsets = [0]
        }
        summary.nameHeap = reader.readBytes(count: Int(summary.nameOffsets[summary.nameOffsets.count - 1]))
        summary.days = reader.readArray(Int32.self, count: Int(reader.read(UInt32.self)))
        summary.rowBitmaps = ByteRef(&reader, limit: limit)
        let hasUserBitmaps = reader.read(UInt32.self)
        let userBitmaps = ByteRef(&reader, limit: limit)
        summary.userBitmaps = hasUserBitmaps == 0 ? nil : userBitmaps
        let partCount = Int(reader.read(UInt32.self))
        while summary.parts.count < partCount, reader.failure == nil {
            summary.parts.append(PartRecord(&reader, limit: limit))
        }
        if reader.remaining > 0 { summary.origin = SegmentOrigin(&reader) }
        summary.check(&reader)
        return summary
    }

    private func check(_ reader: inout ByteReader) {
        if reader.remaining != 0 { reader.fail("the end of the footer") }
        if rowCount == 0 || rowCount > Limits.segmentRowCountMax { reader.fail("1 to 8388608 rows") }
        if rowBitmaps.length != (nameOffsets.count - 1) * ByteRef.sizeBytes { reader.fail("a row bitmap per name") }
        guard parts.count >= 3, parts.prefix(3).map(\.path) == Self.systemPaths else {
            return reader.fail("the user, time and event name columns first")
        }
        for (index, part) in parts.enumerated() {
            let fits = index < 3 ? part.valueCount == rowCount && part.type == .int64 : part.valueCount <= rowCount
            if !fits || part.valueCount == 0 { reader.fail("a value count that fits the rows") }
        }
    }
}
