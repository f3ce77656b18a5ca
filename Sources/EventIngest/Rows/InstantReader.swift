internal import EventBase

/// Reads instants as text; those of one source mostly fall on the day of the one before, whose date is then not read again.
struct InstantReader: Sendable {
    struct Day: Sendable {
        /// `2024-03-01`, as it lies in memory.
        var start: UInt64 = 0
        var end: UInt16 = 0
        var micros: Int64 = 0
    }

    /// Of the last instant that ended in `Z`.
    private(set) var day = Day()

    private static let digitCountMax = 6

    /// As `TimestampText.parse`.
    @inline(__always)
    mutating func parse(_ text: RawSpan) -> Int64? {
        if let micros = parseSameDay(text) { return micros }
        guard let micros = TimestampText.parse(text) else { return nil }
        if text.byteCount >= 20, TapeBytes.byte(text, text.byteCount &- 1) == UInt8(ascii: "Z") {
            day = Day(
                start: text.word(at: 0), end: text.load(at: 8, as: UInt16.self),
                micros: CalendarMath.micros(ofDay: CalendarMath.day(ofMicros: micros)))
        }
        return micros
    }

    /// `...T12:34:56Z` or `...T12:34:56.123456Z` of the day before; nil for anything else.
    private func parseSameDay(_ text: RawSpan) -> Int64? {
        let count = text.byteCount
        guard count >= 20, count <= 21 + Self.digitCountMax, text.word(at: 0) == day.start,
            text.load(at: 8, as: UInt16.self) == day.end, TapeBytes.byte(text, 10) == UInt8(ascii: "T"),
            TapeBytes.byte(text, count &- 1) == UInt8(ascii: "Z"), TapeBytes.byte(text, 13) == UInt8(ascii: ":"),
            TapeBytes.byte(text, 16) == UInt8(ascii: ":")
        else { return nil }
        let hour = Self.number(text, 11)
        let minute = Self.number(text, 14)
        let second = Self.number(text, 17)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let micros = day.micros + (hour * 3600 + minute * 60 + second) * 1_000_000
        if count == 20 { return micros }
        guard count > 21, TapeBytes.byte(text, 19) == UInt8(ascii: ".") else { return nil }
        var fraction: Int64 = 0
        for index in 20..<20 + Self.digitCountMax {
            var digit: UInt8 = 0
            if index < count - 1 {
                digit = TapeBytes.byte(text, index) &- UInt8(ascii: "0")
                if digit > 9 { return nil }
            }
            fraction = fraction * 10 + Int64(digit)
        }
        return micros + fraction
    }

    /// Two digits; 100 where either is none.
    @inline(__always)
    private static func number(_ text: RawSpan, _ offset: Int) -> Int64 {
        let tens = TapeBytes.byte(text, offset) &- UInt8(ascii: "0")
        let ones = TapeBytes.byte(text, offset &+ 1) &- UInt8(ascii: "0")
        return tens > 9 || ones > 9 ? 100 : Int64(tens) * 10 + Int64(ones)
    }
}
