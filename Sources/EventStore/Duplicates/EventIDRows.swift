internal import EventBase
internal import EventColumns
internal import EventFormat

/// The event ids of rows on their way in, by hash; rows without one do not occur.
struct EventIDRows {
    /// One row that has an event id.
    struct Row {
        var hash: UInt64
        /// Buffer and row in it.
        var part: UInt32
        var row: UInt32
        /// Code in the buffer's own strings, or number among its packed UUIDs.
        var code: UInt32
        /// The partition: first day of the UTC month.
        var month: Int32
    }

    /// The column of ids of each buffer that has one.
    private let columns: [ColumnBuffer?]
    private(set) var rows: [Row] = []

    /// Of each buffer its strings in order of rows, then its packed UUIDs.
    init(_ buffers: [EventBuffer]) {
        columns = buffers.map { buffer in buffer.columns.first { $0.path == EventIDRows.path } }
        rows.reserveCapacity(buffers.reduce(0) { $0 + $1.rowCount })
        var months = MonthOfInstant()
        for part in buffers.indices {
            guard let column = columns[part] else { continue }
            let times = buffers[part].times
            for (row, code) in zip(column.strings.rows, column.strings.values) {
                let month = months.firstDay(ofMonthOf: times[Int(row)])
                let hash = Self.hash(column.stringValues.bytes(at: code))
                rows.append(Row(hash: hash, part: UInt32(part), row: row, code: code, month: month))
            }
            let uuidRows = column.uuids.isLeading ? [] : column.uuids.rows
            for (number, uuid) in column.uuids.values.enumerated() {
                let row = uuidRows.isEmpty ? UInt32(number) : uuidRows[number]
                let month = months.firstDay(ofMonthOf: times[Int(row)])
                rows.append(
                    Row(hash: Hash64.hash(uuid), part: UInt32(part), row: row, code: UInt32(number), month: month))
            }
        }
    }

    /// The hash of an id as text.
    static func hash(_ id: RawSpan) -> UInt64 { id.packedUUID.map { Hash64.hash($0) } ?? Hash64.hash(id) }

    static let path = "event_id"

    /// Rows of each month.
    var countsByMonth: [Int32: Int] {
        var counts: [Int32: Int] = [:]
        var start = 0
        while start < rows.count {
            var end = start + 1
            while end < rows.count, rows[end].month == rows[start].month { end += 1 }
            counts[rows[start].month, default: 0] += end - start
            start = end
        }
        return counts
    }

    /// A row's id where it is a UUID.
    func uuid(of row: Row) -> PackedUUID? {
        guard let column = columns[Int(row.part)] else { return nil }
        return isPacked(row, column)
            ? column.uuids.values[Int(row.code)] : column.stringValues.bytes(at: row.code).packedUUID
    }

    func isID(of row: Row, _ id: RawSpan) -> Bool {
        if let uuid = uuid(of: row) { return id.packedUUID == uuid }
        guard let column = columns[Int(row.part)] else { return false }
        return ByteOrder.equal(column.stringValues.bytes(at: row.code), id)
    }

    /// Whether two rows have one id.
    func isSame(_ a: Row, _ b: Row) -> Bool {
        if let uuid = uuid(of: a) { return self.uuid(of: b) == uuid }
        guard let column = columns[Int(a.part)] else { return false }
        return isID(of: b, column.stringValues.bytes(at: a.code))
    }

    /// Calls `body` with the id of a row that is kept as a string.
    func withText(of row: Row, _ body: (RawSpan) -> Void) {
        guard let column = columns[Int(row.part)] else { return }
        precondition(!isPacked(row, column), "BUG: rows in memory have packed ids")
        body(column.stringValues.bytes(at: row.code))
    }

    /// A row has either form; those with strings are mostly none.
    private func isPacked(_ row: Row, _ column: ColumnBuffer) -> Bool {
        if column.uuids.isEmpty { return false }
        return column.strings.isEmpty || !column.strings.hasValue(ofRow: row.row)
    }
}

/// Months of instants that mostly come in order: the last one's bounds are kept.
struct MonthOfInstant {
    private var bounds: Range<Int64> = 0..<0
    private var first: Int32 = 0

    mutating func firstDay(ofMonthOf micros: Int64) -> Int32 {
        if bounds.contains(micros) { return first }
        let date = CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: micros)))
        let next = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
        first = Int32(CalendarMath.days(year: date.year, month: date.month, day: 1))
        let end = Int32(CalendarMath.days(year: next.0, month: next.1, day: 1))
        bounds = CalendarMath.micros(ofDay: first)..<CalendarMath.micros(ofDay: end)
        return first
    }
}
