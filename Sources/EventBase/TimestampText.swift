/// Instants and days as text, both ways. UTC; the calendar is the proleptic Gregorian one.
package enum TimestampText {
    /// Reads ISO 8601 / RFC 3339: `2024-03-01`, `2024-03-01T12:30`, `2024-03-01 12:30:15.123456Z`, `...+02:00`, `...-0530`.
    ///
    /// Without a zone the text is UTC. Fraction digits beyond six are cut. A leap second `:60` is refused.
    /// - Returns: microseconds since 1970, or nil where the text is anything else or outside years 1 to 9999.
    package static func parse(_ text: RawSpan) -> Int64? {
        var scanner = Scanner(text)
        guard let day = scanner.date() else { return nil }
        var micros = CalendarMath.micros(ofDay: Int32(day))
        if !scanner.atEnd {
            guard scanner.take(one: "T") || scanner.take(one: "t") || scanner.take(one: " ") else { return nil }
            guard let time = scanner.time() else { return nil }
            micros += time
            guard let offset = scanner.zone() else { return nil }
            micros -= offset
        }
        guard scanner.atEnd, (Limits.timestampMicrosMin...Limits.timestampMicrosMax).contains(micros) else {
            return nil
        }
        return micros
    }

    package static func parse(_ text: String) -> Int64? {
        let utf8 = Array(text.utf8)
        return parse(utf8.rawBytes)
    }

    /// Days since 1970 of `YYYY-MM-DD`, nil for anything else.
    package static func parseDay(_ text: String) -> Int? {
        let utf8 = Array(text.utf8)
        var scanner = Scanner(utf8.rawBytes)
        guard let day = scanner.date(), scanner.atEnd else { return nil }
        return day
    }

    /// `2024-03-01 12:30:15` with `.123` or `.123456` where the fraction is not zero.
    package static func print(micros: Int64) -> String {
        let day = CalendarMath.day(ofMicros: micros)
        return print(day: Int(day)) + " " + print(timeOfDay: micros - CalendarMath.micros(ofDay: day))
    }

    /// `2024-03-01`.
    package static func print(day: Int) -> String {
        let date = CalendarMath.civil(day: day)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    private static func print(timeOfDay micros: Int64) -> String {
        let seconds = Int(micros / 1_000_000)
        let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        let fraction = Int(micros % 1_000_000)
        if fraction == 0 { return clock }
        return clock + "." + (fraction % 1000 == 0 ? padded(fraction / 1000, 3) : padded(fraction, 6))
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads fixed-width decimal fields; every member answers nil, and reads nothing more, at the first misfit.
    private struct Scanner: ~Escapable {
        private let text: RawSpan
        private var offset = 0

        @_lifetime(copy text)
        init(_ text: RawSpan) { self.text = text }

        var atEnd: Bool { offset == text.byteCount }

        @_lifetime(self: copy self)
        mutating func take(one character: Unicode.Scalar) -> Bool {
            guard offset < text.byteCount, text.byte(at: offset) == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        @_lifetime(self: copy self)
        mutating func number(digits: Int) -> Int? {
            guard offset + digits <= text.byteCount else { return nil }
            var value = 0
            for index in offset..<(offset + digits) {
                let digit = text.byte(at: index) &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                value = value * 10 + Int(digit)
            }
            offset += digits
            return value
        }

        @_lifetime(self: copy self)
        mutating func date() -> Int? {
            guard let year = number(digits: 4), take(one: "-"), let month = number(digits: 2), take(one: "-"),
                let day = number(digits: 2), year >= 1, (1...12).contains(month), day >= 1,
                day <= CalendarMath.dayCount(year: year, month: month)
            else { return nil }
            return CalendarMath.days(year: year, month: month, day: day)
        }

        /// Microseconds since midnight of `HH:MM[:SS[.fraction]]`.
        @_lifetime(self: copy self)
        mutating func time() -> Int64? {
            guard let hour = number(digits: 2), hour < 24, take(one: ":"), let minute = number(digits: 2), minute < 60
            else { return nil }
            var micros = Int64(hour * 3600 + minute * 60) * 1_000_000
            guard take(one: ":") else { return micros }
            guard let second = number(digits: 2), second < 60 else { return nil }
            micros += Int64(second) * 1_000_000
            guard take(one: ".") || take(one: ",") else { return micros }
            var unit: Int64 = 100_000
            var digits = 0
            while let digit = number(digits: 1) {
                micros += Int64(digit) * unit
                unit /= 10
                digits += 1
            }
            return digits > 0 ? micros : nil
        }

        /// Microseconds east of UTC: `Z`, nothing, `+HH`, `+HHMM`, `+HH:MM`, also after a space.
        @_lifetime(self: copy self)
        mutating func zone() -> Int64? {
            if atEnd || take(one: "Z") || take(one: "z") { return 0 }
            _ = take(one: " ")
            if take(one: "U") { return take(one: "T") && take(one: "C") ? 0 : nil }
            let sign: Int64 = take(one: "-") ? -1 : 1
            if sign > 0 { guard take(one: "+") else { return nil } }
            guard let hours = number(digits: 2), hours <= 18 else { return nil }
            var minutes = 0
            if !atEnd {
                _ = take(one: ":")
                guard let read = number(digits: 2), read < 60 else { return nil }
                minutes = read
            }
            return sign * Int64(hours * 60 + minutes) * CalendarMath.microsPerMinute
        }
    }
}
