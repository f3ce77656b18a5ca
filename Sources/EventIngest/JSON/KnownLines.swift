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

    /// Where reading stopped.
    enum Stop {
        /// All lines are read.
        case blockEnd
        /// The line at the place reached must be parsed.
        case unknown
        /// The line at the place reached is good where its time is: `commit` or `undo` comes next.
        case time(Time)
    }

    enum Time {
        case text(Range<Int>)
        case integer(Int64)
    }

    private let raw: OpaquePointer
    /// The line that waits for its time.
    private var open = csj_row()
    /// Where the next line begins.
    private(set) var place = 0
    /// Lines before it, blank ones too.
    private(set) var lineCount = 0

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

    /// Goes to a line of a block; `lineCount` lines lie before it.
    func go(to place: Int, lineCount: Int) {
        self.place = place
        self.lineCount = lineCount
    }

    /// Reads lines of `block` until `end`, or until one needs help.
    func read(_ block: RawSpan, until end: Int) -> Stop {
        precondition(
            place >= 0 && end >= place && end &+ JSONParser.paddingBytes <= block.byteCount,
            "BUG: a block lacks padding")
        let stop = unsafe block.withUnsafeBytes { buffer in
            unsafe csj_lines_read(
                raw, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &place, end, &lineCount, &open)
        }
        switch stop {
        case CSJ_BLOCK_END: return .blockEnd
        case CSJ_LINE_TIME:
            if open.time_kind == CSJ_TIME_INTEGER.rawValue { return .time(.integer(open.time_value)) }
            let start = Int(open.time_start)
            return .time(.text(start..<start &+ Int(open.time_count)))
        default: return .unknown
        }
    }

    /// Keeps the line that waits for its time.
    func commit(micros: Int64) { unsafe csj_lines_commit(raw, &open, micros) }

    /// Forgets the line that waits for its time.
    func undo() { unsafe csj_lines_undo(raw) }

    /// Times of this day as text will be read without help.
    func know(_ day: InstantReader.Day) { unsafe csj_lines_set_day(raw, day.start, day.end, day.micros) }

    /// Slots that have values, in order of first sight.
    var usedSlots: [Int] {
        (0..<(unsafe csj_lines_used_count(raw))).map { index in Int(unsafe csj_lines_used(raw, index)) }
    }

    /// Gives the values of a slot to a column of a buffer.
    /// - Parameter block: the bytes that the lines were read from.
    func append(_ slot: Int, to buffer: inout EventBuffer, column: Int, _ block: RawSpan) {
        let found = unsafe csj_lines_column(raw, UInt32(slot))
        if unsafe found.texts.count > 0 {
            let texts = unsafe NumberedTexts(
                numbers: Self.span(found.texts.numbers, found.texts.count), texts: Self.places(found.texts, block))
            buffer.append(column, texts: texts, rows: unsafe Self.rows(found.texts.rows))
        }
        if unsafe found.integer_count > 0 {
            let values = unsafe Self.span(found.integers, found.integer_count)
            buffer.append(column, integers: values, rows: unsafe Self.rows(found.integer_rows))
        }
        if unsafe found.double_count > 0 {
            let values = unsafe Self.span(found.doubles, found.double_count)
            buffer.append(column, doubles: values, rows: unsafe Self.rows(found.double_rows))
        }
        if unsafe found.bool_count > 0 {
            let values = unsafe Self.span(found.bools, found.bool_count)
            buffer.append(column, bools: values, rows: unsafe Self.rows(found.bool_rows))
        }
    }

    /// Gives times, users and names of all rows to a buffer, after the columns.
    func commitRows(to buffer: inout EventBuffer, _ block: RawSpan) {
        let found = unsafe csj_lines_rows(raw)
        let users = unsafe TextPlaces(
            starts: Self.span(found.user_starts, found.count), counts: Self.span(found.user_counts, found.count),
            bytes: block)
        let names = unsafe NumberedTexts(
            numbers: Self.span(found.names.numbers, found.names.count), texts: Self.places(found.names, block))
        buffer.commitRows(
            times: unsafe Self.span(found.times, found.count), users: users, names: names,
            nameRows: unsafe Self.rows(found.names.rows))
    }

    /// Rows since the last `begin`.
    var rowCount: Int { unsafe csj_lines_rows(raw).count }

    @_lifetime(immortal)
    private static func span<T: BitwiseCopyable>(_ start: UnsafePointer<T>?, _ count: Int) -> Span<T> {
        unsafe _overrideLifetime(Span(_unsafeElements: .init(start: start, count: count)), copying: ())
    }

    @_lifetime(immortal)
    private static func rows(_ list: csj_row_list) -> Span<UInt32> { unsafe span(list.list, list.count) }

    @_lifetime(copy block)
    private static func places(_ texts: csj_texts, _ block: RawSpan) -> TextPlaces {
        unsafe TextPlaces(
            starts: span(texts.starts, texts.text_count), counts: span(texts.counts, texts.text_count), bytes: block)
    }
}
