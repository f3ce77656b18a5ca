internal import EventBase

/// Splits CSV into records and fields as RFC 4180 says (SPEC 4.2): a field whose first byte is a quote runs to the closing
/// quote, `""` inside it stands for one quote; any other field ends at the delimiter or the line's end.
struct CSVRecordReader: Sendable {
    struct Field: Sendable {
        var start: Int
        var end: Int
        /// The field holds `""`, which has to become `"`.
        var hasEscapes = false
        var isQuoted = false
    }

    enum Outcome {
        case record
        /// Text stands behind a closing quote.
        case badQuote
        /// The text ends inside quotes.
        case unclosed
    }

    let delimiter: UInt8
    /// Of the record read last.
    private(set) var fields: [Field] = []
    /// Behind the record read last, its line end included.
    private(set) var next = 0
    /// Line ends of the record read last, also those inside quotes.
    private(set) var lineCount = 0

    init(delimiter: UInt8) { self.delimiter = delimiter }

    /// Reads the record at `start`, which must lie before `end`.
    mutating func read(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        lineCount = 0
        var outcome = Outcome.record
        var offset = start
        while true {
            if offset < end, TapeBytes.byte(bytes, offset) == UInt8(ascii: "\"") {
                guard let field = quotedField(bytes, offset + 1, end) else {
                    next = end
                    return .unclosed
                }
                fields.append(field)
                offset = field.end + 1
                let stop = fieldEnd(bytes, offset, end)
                if withoutReturn(bytes, offset, stop, end) > offset { outcome = .badQuote }
                offset = stop
            } else {
                let stop = fieldEnd(bytes, offset, end)
                fields.append(Field(start: offset, end: withoutReturn(bytes, offset, stop, end)))
                offset = stop
            }
            if offset == end {
                next = end
                lineCount += 1
                return outcome
            }
            let isLineEnd = TapeBytes.byte(bytes, offset) == UInt8(ascii: "\n")
            offset += 1
            if isLineEnd {
                next = offset
                lineCount += 1
                return outcome
            }
        }
    }

    /// Where the delimiter, the line's end or the text's end is.
    @inline(__always)
    private func fieldEnd(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
        LineScan.first(of: delimiter, or: UInt8(ascii: "\n"), bytes, start..<end)
    }

    /// A carriage return before the line's end belongs to the line's end.
    @inline(__always)
    private func withoutReturn(_ bytes: RawSpan, _ start: Int, _ stop: Int, _ end: Int) -> Int {
        guard stop > start, TapeBytes.byte(bytes, stop - 1) == UInt8(ascii: "\r") else { return stop }
        return stop == end || TapeBytes.byte(bytes, stop) == UInt8(ascii: "\n") ? stop - 1 : stop
    }

    /// The field whose text begins at `start`; its end is the closing quote.
    private mutating func quotedField(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Field? {
        var field = Field(start: start, end: start, isQuoted: true)
        var offset = start
        while offset < end {
            let byte = TapeBytes.byte(bytes, offset)
            if byte == UInt8(ascii: "\"") {
                if offset + 1 < end, TapeBytes.byte(bytes, offset + 1) == UInt8(ascii: "\"") {
                    field.hasEscapes = true
                    offset += 2
                    continue
                }
                field.end = offset
                return field
            }
            if byte == UInt8(ascii: "\n") { lineCount += 1 }
            offset += 1
        }
        return nil
    }
}

extension CSVRecordReader {
    /// Behind the last whole record that begins in the text, or nil where none ends.
    ///
    /// - Parameter isAtEnd: nothing follows, so a record needs no line end.
    mutating func lastRecordEnd(_ bytes: RawSpan, _ count: Int, isAtEnd: Bool) -> Int? {
        // Where no quote is, every line feed ends a record.
        let quote = UInt8(ascii: "\"")
        if count > 0, LineScan.first(of: quote, or: quote, bytes, 0..<count) == count {
            return isAtEnd ? count : LineScan.lastLineFeed(bytes, count).map { $0 + 1 }
        }
        var start = 0
        var last: Int?
        while start < count {
            if case .unclosed = read(bytes, start, count) { break }
            if !isAtEnd, TapeBytes.byte(bytes, next - 1) != UInt8(ascii: "\n") { break }
            last = next
            start = next
        }
        return last
    }
}
