import EventBase
import EventPlan

/// Instants as text by a format: PostgreSQL's to_char and C's strftime.
enum TimeFormat {
    static let dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func fraction(_ micros: Int64) -> Int64 { DateMath.floorModulo(micros, 1_000_000) }

    private static func hour12(_ micros: Int64) -> Int64 { (DateMath.part(.hour, of: micros) + 11) % 12 + 1 }

    /// Longest first, so that `YYYY` is not read as `YY` twice.
    private static let patterns: [(String, @Sendable (Int64) -> String)] = [
        ("HH24", { padded(DateMath.part(.hour, of: $0), 2) }), ("HH12", { padded(hour12($0), 2) }),
        ("YYYY", { padded(DateMath.part(.year, of: $0), 4) }), ("IYYY", { padded(DateMath.part(.isoyear, of: $0), 4) }),
        ("Month", { monthNames[Int(DateMath.part(.month, of: $0)) - 1] }),
        ("MONTH", { monthNames[Int(DateMath.part(.month, of: $0)) - 1].uppercased() }),
        ("month", { monthNames[Int(DateMath.part(.month, of: $0)) - 1].lowercased() }),
        ("DDD", { padded(DateMath.part(.doy, of: $0), 3) }),
        ("Day", { dayNames[Int(DateMath.part(.isodow, of: $0)) - 1] }),
        ("DAY", { dayNames[Int(DateMath.part(.isodow, of: $0)) - 1].uppercased() }),
        ("Mon", { String(monthNames[Int(DateMath.part(.month, of: $0)) - 1].prefix(3)) }),
        ("MON", { monthNames[Int(DateMath.part(.month, of: $0)) - 1].prefix(3).uppercased() }),
        ("HH", { padded(hour12($0), 2) }), ("MM", { padded(DateMath.part(.month, of: $0), 2) }),
        ("MI", { padded(DateMath.part(.minute, of: $0), 2) }), ("SS", { padded(DateMath.part(.second, of: $0), 2) }),
        ("MS", { padded(fraction($0) / 1000, 3) }), ("US", { padded(fraction($0), 6) }),
        ("YY", { padded(DateMath.part(.year, of: $0) % 100, 2) }), ("DD", { padded(DateMath.part(.day, of: $0), 2) }),
        ("Dy", { String(dayNames[Int(DateMath.part(.isodow, of: $0)) - 1].prefix(3)) }),
        ("ID", { String(DateMath.part(.isodow, of: $0)) }), ("IW", { padded(DateMath.part(.week, of: $0), 2) }),
        ("AM", { DateMath.part(.hour, of: $0) < 12 ? "AM" : "PM" }),
        ("PM", { DateMath.part(.hour, of: $0) < 12 ? "AM" : "PM" }),
        ("am", { DateMath.part(.hour, of: $0) < 12 ? "am" : "pm" }), ("Q", { String(DateMath.part(.quarter, of: $0)) }),
        ("D", { String(DateMath.part(.dow, of: $0) + 1) }),
    ]

    /// Text in double quotes, and what is no pattern, is copied.
    static func toChar(_ micros: Int64, _ format: String) -> String {
        var result = ""
        var rest = format[...]
        while let first = rest.first {
            if first == "\"" {
                let quoted = rest.dropFirst().prefix { $0 != "\"" }
                result += quoted
                rest = rest.dropFirst(quoted.count + 2)
            } else if let (pattern, print) = patterns.first(where: { rest.hasPrefix($0.0) }) {
                result += print(micros)
                rest = rest.dropFirst(pattern.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private static let letters: [Character: String] = [
        "Y": "YYYY", "y": "YY", "m": "MM", "d": "DD", "H": "HH24", "I": "HH12", "M": "MI", "S": "SS", "f": "US",
        "j": "DDD", "B": "Month", "b": "Mon", "A": "Day", "a": "Dy", "p": "AM", "V": "IW", "u": "ID", "G": "IYYY",
        "F": "YYYY-MM-DD", "T": "HH24:MI:SS", "D": "MM/DD/YY", "R": "HH24:MI",
    ]

    static func strftime(_ micros: Int64, _ format: String) -> String {
        var result = ""
        var rest = format[...]
        while let first = rest.popFirst() {
            guard first == "%", let letter = rest.popFirst() else {
                result.append(first)
                continue
            }
            switch letter {
            case "%": result.append("%")
            case "s": result += String(DateMath.part(.epoch, of: micros))
            default: result += letters[letter].map { toChar(micros, $0) } ?? "%\(letter)"
            }
        }
        return result
    }
}
