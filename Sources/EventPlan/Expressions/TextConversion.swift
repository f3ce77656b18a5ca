import EventBase
package import EventColumns

/// Values to and from text, as CAST does it. Surrounding blanks are ignored when reading.
package enum TextConversion {
    /// nil where the text is no value of that type.
    package static func value(_ text: String, as type: ScalarType) -> Value? {
        switch type {
        case .string: return .string(text)
        case .json: return JSONText.isValid(text) ? .json(text) : nil
        default: break
        }
        let trimmed = text[...].trimmed()
        switch type {
        case .null: return nil
        case .bool: return bool(trimmed).map { .bool($0) }
        case .int64: return Int64(trimmed).map { .int64($0) }
        case .double: return double(trimmed).map { .double($0) }
        case .timestamp: return TimestampText.parse(trimmed).map { .timestamp($0) }
        case .date: return day(trimmed).map { .date($0) }
        case .interval: return IntervalText.parse(trimmed).map { .interval($0) }
        case .string, .json: return nil
        }
    }

    package static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "t", "yes", "y", "on", "1": true
        case "false", "f", "no", "n", "off", "0": false
        default: nil
        }
    }

    /// Decimal notation, or NaN and Infinity in any case; no hexadecimal.
    package static func double(_ text: String) -> Double? {
        if text.utf8.contains(where: { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }) { return nil }
        return Double(text)
    }

    /// Days since 1970 of a date, or of the day that holds an instant.
    package static func day(_ text: String) -> Int64? {
        if let day = TimestampText.parseDay(text) { return Int64(day) }
        return TimestampText.parse(text).map { Int64(CalendarMath.day(ofMicros: $0)) }
    }

    /// The text of a value that CAST to VARCHAR gives; NULL is `NULL`.
    package static func text(_ value: Value) -> String {
        switch value {
        case .null: "NULL"
        case .bool(let value): value ? "true" : "false"
        case .int64(let value): String(value)
        case .double(let value): text(value)
        case .string(let text), .json(let text): text
        case .timestamp(let micros): TimestampText.print(micros: micros)
        case .date(let day): TimestampText.print(day: Int(day))
        case .interval(let interval): IntervalText.print(interval)
        }
    }

    /// The shortest digits that read back as the same number.
    package static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.description
    }
}

/// Intervals as text: `1 year 2 mons 3 days 04:05:06.789`, both ways.
package enum IntervalText {
    package static func print(_ interval: Interval) -> String {
        var parts: [String] = []
        func add(_ number: Int, _ unit: String) {
            if number != 0 { parts.append("\(number) \(unit)\(abs(number) == 1 ? "" : "s")") }
        }
        add(Int(interval.months) / 12, "year")
        add(Int(interval.months) % 12, "mon")
        add(Int(interval.days), "day")
        if interval.micros != 0 || parts.isEmpty {
            let magnitude = interval.micros.magnitude
            let hours = magnitude / 3_600_000_000
            // The rest of an hour prints like the time of a day.
            let clock = TimestampText.print(micros: Int64(magnitude % 3_600_000_000)).dropFirst(13)
            parts.append((interval.micros < 0 ? "-" : "") + (hours < 10 ? "0" : "") + String(hours) + clock)
        }
        return parts.joined(separator: " ")
    }

    /// Reads what `print` gives and unit words such as `7 days`, `1.5 hours`, `2 weeks ago`.
    package static func parse(_ text: String) -> Interval? {
        var interval = Interval()
        var words = text.lowercased().split { $0 == " " || $0 == "," }
        var sign = 1.0
        if words.last == "ago" {
            sign = -1
            words.removeLast()
        }
        guard !words.isEmpty else { return nil }
        var index = 0
        while index < words.count {
            if words[index].contains(":") {
                guard let micros = clock(words[index]) else { return nil }
                interval.micros += Int64(sign) * micros
                index += 1
                continue
            }
            let digits = words[index].prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
            guard let number = Double(digits) else { return nil }
            var unit = words[index].dropFirst(digits.count)
            index += 1
            if unit.isEmpty {
                guard index < words.count else { return nil }
                unit = words[index]
                index += 1
            }
            guard add(number * sign, String(unit), to: &interval) else { return nil }
        }
        return interval
    }

    private static func clock(_ text: Substring) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
            minutes < 60, hours < 1 << 40
        else { return nil }
        var micros = hours * 3_600_000_000 + minutes * 60_000_000
        if parts.count == 3 {
            guard let seconds = Double(parts[2]), seconds < 60 else { return nil }
            micros += Int64((seconds * 1e6).rounded())
        }
        return isNegative ? -micros : micros
    }

    private static func add(_ number: Double, _ unit: String, to interval: inout Interval) -> Bool {
        guard number.magnitude < 1e9 else { return false }
        let name = unit.hasSuffix("s") && unit != "s" && unit != "ms" && unit != "us" ? String(unit.dropLast()) : unit
        if let months = ["year": 12.0, "y": 12, "yr": 12, "quarter": 3, "month": 1, "mon": 1][name] {
            interval.months += Int32((number * months).rounded(.towardZero))
            return true
        }
        if let days = ["week": 7.0, "w": 7, "day": 1, "d": 1][name] {
            let whole = (number * days).rounded(.towardZero)
            interval.days += Int32(whole)
            interval.micros += Int64(((number * days - whole) * 86_400e6).rounded())
            return true
        }
        let scale = [
            "hour": 3600e6, "h": 3600e6, "hr": 3600e6, "minute": 60e6, "min": 60e6, "m": 60e6, "second": 1e6,
            "sec": 1e6, "s": 1e6, "millisecond": 1e3, "ms": 1e3, "microsecond": 1, "us": 1,
        ][name]
        guard let scale else { return false }
        interval.micros += Int64((number * scale).rounded())
        return true
    }
}
