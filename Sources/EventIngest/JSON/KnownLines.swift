internal import CSimdjson
internal import EventBase
internal import EventColumns

/// Reads lines whose keys came in an order that has been seen before, without building a document; all others it leaves to
/// the parser. Values are collected by column.
///
/// - Threads: one owner at a time.
/// UNSAFE: benefit: measured three times as many lines a second as document and walk. Soundness: the pointer is owned and freed
/// once; the reach behind a line that the reader may look at is checked against the block; spans of a column live for one call,
/// during which the reader is not asked for anything else.
@safe final class KnownLines: @unchecked Sendable {
    /// Keys beyond which nothing is learnt.
    static let keyCountMax = Int(CSJ_KEY_COUNT_MAX)
    /// The key before a line's first, and behind its last.
    static let start = UInt32(CSJ_LINE_START)
    static let end = UInt32.max

    /// What a line has outside its columns; texts are places in its block.
    struct Row {
        enum Time {
            case none
            case text(Range<Int>)
            case integer(Int64)
        }

        var time: Time
        var userStart: UInt32
        var userCount: UInt32
        var nameStart: UInt32
        var nameCount: UInt32
    }

    private let raw: OpaquePointer

    init() {
        guard let raw = unsafe csj_lines_create() else { fatalError("out of memory for a reader of lines") }
        unsafe self.raw = raw
    }

    deinit { unsafe csj_lines_destroy(raw) }

    /// Learns that the bytes at `literal` lead from one key's value to that of another, whose values belong to `slot`.
    /// - Parameter entered: keys of objects that the bytes open.
    func learn(
        from source: UInt32, _ block: RawSpan, literal: Range<Int>, to target: UInt32, entered: [UInt32], slot: Int,
        _ role: RowRole
    ) {
        let field =
            switch role {
            case .time: CSJ_TIME
            case .user: CSJ_USER
            case .name: CSJ_NAME
            case .property, .identifier, .declared: CSJ_PROPERTY
            }
        _ = unsafe block.extracting(literal).withUnsafeBytes { bytes in
            unsafe csj_lines_learn(
                raw, source, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, target, entered,
                entered.count, UInt32(slot), field.rawValue)
        }
    }

    /// Forgets all values; the next line is row `firstRow`.
    func begin(firstRow: Int) { unsafe csj_lines_begin(raw, UInt32(firstRow)) }

    /// Reads the line at `range` of `block`; nil where it must be parsed, and then nothing of it is kept.
    @inline(__always)
    func read(_ block: RawSpan, _ range: Range<Int>) -> Row? {
        precondition(
            range.lowerBound >= 0 && range.upperBound &+ JSONParser.paddingBytes <= block.byteCount,
            "BUG: a block lacks padding")
        var row = csj_row()
        let isKnown = unsafe block.withUnsafeBytes { buffer in
            unsafe csj_lines_read(
                raw, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), range.lowerBound, range.upperBound, &row)
        }
        if !isKnown { return nil }
        let time: Row.Time =
            switch row.time_kind {
            case CSJ_TIME_TEXT.rawValue: .text(Int(row.time_start)..<Int(row.time_start) &+ Int(row.time_count))
            case CSJ_TIME_INTEGER.rawValue: .integer(row.time_value)
            default: .none
            }
        return Row(
            time: time, userStart: row.user_start, userCount: row.user_count, nameStart: row.name_start,
            nameCount: row.name_count)
    }

    /// Forgets the line read last.
    func undo() { unsafe csj_lines_undo(raw) }

    /// Slots that have values, in order of first sight.
    var usedSlots: [Int] {
        (0..<(unsafe csj_lines_used_count(raw))).map { index in Int(unsafe csj_lines_used(raw, index)) }
    }

    /// Gives the values of a slot to a column of a buffer.
    /// - Parameter block: the bytes that the lines were read from.
    func append(_ slot: Int, to buffer: inout EventBuffer, column: Int, _ block: RawSpan) {
        let found = unsafe csj_lines_column(raw, UInt32(slot))
        if unsafe found.text_count > 0 {
            let rows = unsafe Span(_unsafeElements: .init(start: found.text_rows, count: found.text_count))
            let starts = unsafe Span(_unsafeElements: .init(start: found.text_starts, count: found.text_count))
            let counts = unsafe Span(_unsafeElements: .init(start: found.text_counts, count: found.text_count))
            buffer.append(column, texts: TextPlaces(starts: starts, counts: counts, bytes: block), rows: rows)
        }
        if unsafe found.integer_count > 0 {
            let rows = unsafe Span(_unsafeElements: .init(start: found.integer_rows, count: found.integer_count))
            let values = unsafe Span(_unsafeElements: .init(start: found.integers, count: found.integer_count))
            buffer.append(column, integers: values, rows: rows)
        }
        if unsafe found.double_count > 0 {
            let rows = unsafe Span(_unsafeElements: .init(start: found.double_rows, count: found.double_count))
            let values = unsafe Span(_unsafeElements: .init(start: found.doubles, count: found.double_count))
            buffer.append(column, doubles: values, rows: rows)
        }
        if unsafe found.bool_count > 0 {
            let rows = unsafe Span(_unsafeElements: .init(start: found.bool_rows, count: found.bool_count))
            let values = unsafe Span(_unsafeElements: .init(start: found.bools, count: found.bool_count))
            buffer.append(column, bools: values, rows: rows)
        }
    }
}
