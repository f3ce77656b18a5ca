internal import EventBase
internal import EventColumns
internal import EventFormat

/// The event ids of rows on their way in, by hash; rows without one do not occur.
struct EventIDRows {
    /// One row that has an event id.
    struct Row {
        /// Buffer and row in it.
        var part: Int
        var row: UInt32
        /// Code in the buffer's own strings.
        var code: UInt32
        var hash: UInt64
        /// The partition: first day of the UTC month.
        var month: Int32
    }

    /// The ids of each buffer by code.
    let strings: [StringInterner]
    private(set) var rows: [Row] = []

    /// In order of arrival.
    init(_ buffers: [EventBuffer]) {
        let columns = buffers.map { buffer in buffer.columns.first { $0.path == EventIDRows.path } }
        strings = columns.map { $0?.stringValues ?? StringInterner() }
        rows.reserveCapacity(buffers.reduce(0) { $0 + $1.rowCount })
        var months = MonthOfInstant()
        for part in buffers.indices {
            guard let column = columns[part] else { continue }
            for (row, code) in zip(column.strings.rows, column.strings.values) {
                let month = months.firstDay(ofMonthOf: buffers[part].times[Int(row)])
                let hash = column.stringValues.hash(at: code)
                rows.append(Row(part: part, row: row, code: code, hash: hash, month: month))
            }
        }
    }

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

    /// The words of a row's id where it is a UUID.
    func uuidWords(of row: Row) -> (UInt64, UInt64)? {
        let strings = strings[row.part]
        return UUIDText.words(of: strings.bytes(at: row.code))
    }

    func isID(of row: Row, _ id: RawSpan) -> Bool {
        let strings = strings[row.part]
        return ByteOrder.equal(strings.bytes(at: row.code), id)
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
