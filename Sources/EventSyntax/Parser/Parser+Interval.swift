import EventBase

/// `INTERVAL '7 days'`, `INTERVAL '7' DAY`, `INTERVAL 7 DAY`.
extension Parser {
    /// The literal at the keyword INTERVAL; nil where the word is a name.
    mutating func interval() throws(EventSQLError) -> Expression? {
        let start = token
        let next = peek()
        let negative = next.isSymbol(.minus) && (peek(2).kind == .integer || peek(2).kind == .decimal)
        let number = negative ? peek(2) : next
        let isNumber = number.kind == .integer || number.kind == .decimal
        guard isNumber || next.kind == .string || next.kind == .escapeString else { return nil }
        advance()
        if negative { advance() }
        let valueToken = token
        var text = isNumber ? source.text(valueToken).filter { $0 != "_" } : try source.string(valueToken)
        advance()
        let hasUnit = token.kind == .word && IntervalText.unit(source.text(token)) != nil
        if isNumber || (hasUnit && text.utf8.allSatisfy { Ascii.isDigit($0) || $0 == Ascii.minus || $0 == Ascii.dot }) {
            guard hasUnit else {
                throw unexpected("a unit such as DAY", hint: "write INTERVAL 7 DAY or INTERVAL '7 days'")
            }
            text = (negative ? "-" : "") + text + " " + source.text(token)
            advance()
        }
        guard let value = IntervalText.parse(text) else {
            throw EventSQLError(
                .syntax, "expected an interval such as '7 days 3 hours', found \(describe(valueToken))",
                hint:
                    "units are microseconds, milliseconds, seconds, minutes, hours, days, weeks, months, quarters, years",
                position: valueToken.position)
        }
        return .literal(
            .interval(months: value.months, days: value.days, micros: value.micros), span(from: start))
    }
}

/// Intervals as text: `7 days`, `1 year 2 months`, `-3 hours`, `1.5 hours`, `01:30:00`.
package enum IntervalText {
    package struct Value: Sendable, Equatable {
        package var months: Int32 = 0
        package var days: Int32 = 0
        package var micros: Int64 = 0
    }

    enum Unit {
        case months(Int64), days(Int64), micros(Int64)
    }

    static func unit(_ word: String) -> Unit? {
        switch word.lowercased() {
        case "us", "microsecond", "microseconds": .micros(1)
        case "ms", "millisecond", "milliseconds": .micros(1000)
        case "s", "sec", "secs", "second", "seconds": .micros(CalendarMath.microsPerSecond)
        case "m", "min", "mins", "minute", "minutes": .micros(CalendarMath.microsPerMinute)
        case "h", "hr", "hrs", "hour", "hours": .micros(CalendarMath.microsPerHour)
        case "d", "day", "days": .days(1)
        case "w", "week", "weeks": .days(7)
        case "mon", "mons", "month", "months": .months(1)
        case "quarter", "quarters": .months(3)
        case "y", "yr", "yrs", "year", "years": .months(12)
        default: nil
        }
    }

    /// Nil for anything that is no interval or does not fit.
    package static func parse(_ text: String) -> Value? {
        var value = Value()
        var words = text.utf8.split { Ascii.isBlank($0) }.map { String(Substring($0)) }[...]
        var isNegated = false
        if words.last?.lowercased() == "ago" {
            isNegated = true
            words.removeLast()
        }
        guard !words.isEmpty else { return nil }
        while let word = words.popFirst() {
            if word.utf8.contains(Ascii.colon) {
                guard let micros = clock(word), add(micros, &value.micros) else { return nil }
                continue
            }
            let number = word.prefix { $0.isNumber || "+-._".contains($0) }
            var unitWord = String(word.dropFirst(number.count))
            if unitWord.isEmpty {
                guard let next = words.popFirst() else { return nil }
                unitWord = next
            }
            guard let unit = unit(unitWord), add(String(number), unit, &value) else { return nil }
        }
        return isNegated ? negated(value) : value
    }

    private static func negated(_ value: Value) -> Value? {
        guard value.months != .min, value.days != .min, value.micros != .min else { return nil }
        return Value(months: -value.months, days: -value.days, micros: -value.micros)
    }

    private static func add(_ amount: Int64, _ total: inout Int64) -> Bool {
        let (sum, overflow) = total.addingReportingOverflow(amount)
        total = sum
        return !overflow
    }

    private static func add(_ amount: Double, _ total: inout Int32) -> Bool {
        let sum = Double(total) + amount
        guard abs(sum) < 2_147_483_647 else { return false }
        total = Int32(sum)
        return true
    }

    /// Adds a number of units. A fraction of a month becomes days of 1/30, a fraction of a day microseconds (PostgreSQL).
    private static func add(_ number: String, _ unit: Unit, _ value: inout Value) -> Bool {
        switch unit {
        case .micros(let scale):
            if let whole = Int64(number) {
                let (micros, overflow) = whole.multipliedReportingOverflow(by: scale)
                return !overflow && add(micros, &value.micros)
            }
            guard let amount = Double(number) else { return false }
            let micros = (amount * Double(scale)).rounded()
            return abs(micros) < 9e18 && add(Int64(micros), &value.micros)
        case .days(let scale):
            guard let amount = Double(number) else { return false }
            return addDays(amount * Double(scale), &value)
        case .months(let scale):
            guard let amount = Double(number) else { return false }
            let months = amount * Double(scale)
            let whole = months.rounded(.towardZero)
            return add(whole, &value.months) && addDays(((months - whole) * 30 * 1e6).rounded() / 1e6, &value)
        }
    }

    private static func addDays(_ days: Double, _ value: inout Value) -> Bool {
        let whole = days.rounded(.towardZero)
        let micros = ((days - whole) * Double(CalendarMath.microsPerDay)).rounded()
        return add(whole, &value.days) && add(Int64(micros), &value.micros)
    }

    /// `[-]hh:mm[:ss[.ffffff]]` in microseconds.
    private static func clock(_ word: String) -> Int64? {
        let negative = word.hasPrefix("-")
        let parts = word.drop { $0 == "-" || $0 == "+" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
            (0...596_523).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        var micros = hours * CalendarMath.microsPerHour + minutes * CalendarMath.microsPerMinute
        if parts.count == 3 {
            guard let seconds = Double(parts[2]), seconds >= 0, seconds < 60 else { return nil }
            micros += Int64((seconds * 1e6).rounded())
        }
        return negative ? -micros : micros
    }

    /// `1 year 2 months 3 days 04:05:06` in the shape that `parse` reads.
    package static func print(months: Int32, days: Int32, micros: Int64) -> String {
        var parts: [String] = []
        if months != 0 { parts.append("\(months) months") }
        if days != 0 { parts.append("\(days) days") }
        if micros != 0 || parts.isEmpty {
            parts.append(micros % 1_000_000 == 0 ? "\(micros / 1_000_000) seconds" : "\(micros) microseconds")
        }
        return parts.joined(separator: " ")
    }
}
