import EventBase
package import EventColumns
import EventSyntax

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
        case .interval:
            return IntervalText.parse(trimmed).map {
                .interval(Interval(months: $0.months, days: $0.days, micros: $0.micros))
            }
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
        case .interval(let interval): text(interval)
        }
    }

    /// The shortest digits that read back as the same number.
    package static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.description
    }

    /// `1 year 2 mons 3 days 04:05:06.789`, as PostgreSQL prints an interval.
    package static func text(_ interval: Interval) -> String {
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
}
