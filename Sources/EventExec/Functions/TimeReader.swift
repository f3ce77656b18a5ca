import EventBase
import EventPlan

/// Reads an instant from text by a format of C's strptime: `%Y %y %m %d %e %H %I %M %S %f %p %b %B %a %A %j %s %z %F %T %D %R %%`.
/// A blank of the format stands for any blanks; numbers may have fewer digits. What is not named is 1970-01-01 00:00 UTC.
struct TimeReader {
    private var text: Substring
    private var year = 1970
    private var month = 1
    private var day = 1
    private var dayOfYear: Int?
    private var hour = 0
    private var minute = 0
    private var micros: Int64 = 0
    private var isAfternoon: Bool?
    private var zoneMicros: Int64 = 0
    private var epochMicros: Int64?

    private init(_ text: String) { self.text = Substring(text) }

    /// - Returns: nil where the text does not fit, or names no instant of the years 1 to 9999.
    static func read(_ text: String, _ format: String) -> Int64? {
        var reader = TimeReader(text)
        guard reader.take(Substring(format)), reader.text.allSatisfy(\.isWhitespace) else { return nil }
        return reader.instant
    }

    private mutating func take(_ format: Substring) -> Bool {
        var format = format
        while let first = format.popFirst() {
            if first.isWhitespace {
                text = text.drop(while: \.isWhitespace)
            } else if first == "%", let letter = format.popFirst() {
                guard field(letter) else { return false }
            } else {
                guard text.first == first else { return false }
                text = text.dropFirst()
            }
        }
        return true
    }

    private mutating func field(_ letter: Character) -> Bool {
        switch letter {
        case "Y": set(\.year, number(4, 1...9999))
        case "y": set(\.year, number(2, 0...99).map { $0 + ($0 < 69 ? 2000 : 1900) })
        case "m": set(\.month, number(2, 1...12))
        case "d", "e": set(\.day, number(2, 1...31))
        case "j": set(\.dayOfYear, number(3, 1...366).map { .some($0) })
        case "H": set(\.hour, number(2, 0...23))
        case "I": set(\.hour, number(2, 1...12))
        case "M": set(\.minute, number(2, 0...59))
        case "S": set(\.micros, number(2, 0...59).map { Int64($0) * CalendarMath.microsPerSecond })
        case "f": fraction()
        case "p": set(\.isAfternoon, name(["AM", "PM"], shortest: 2).map { .some($0 == 1) })
        case "b", "B", "h": set(\.month, name(TimeFormat.monthNames, shortest: 3).map { $0 + 1 })
        case "a", "A": name(TimeFormat.dayNames, shortest: 3) != nil
        case "s": epoch()
        case "z": zone()
        case "F": take("%Y-%m-%d")
        case "T": take("%H:%M:%S")
        case "D": take("%m/%d/%y")
        case "R": take("%H:%M")
        case "%": take("%%".dropFirst())
        default: false
        }
    }

    private mutating func set<T>(_ path: WritableKeyPath<TimeReader, T>, _ value: T?) -> Bool {
        guard let value else { return false }
        self[keyPath: path] = value
        return true
    }

    private mutating func digits(_ countMax: Int) -> Substring {
        let digits = text.prefix(countMax).prefix { ("0"..."9").contains($0) }
        text = text.dropFirst(digits.count)
        return digits
    }

    private mutating func number(_ digitCountMax: Int, _ range: ClosedRange<Int>) -> Int? {
        guard let number = Int(digits(digitCountMax)), range.contains(number) else { return nil }
        return number
    }

    /// The name, or its first letters, that the text begins with, in any case.
    private mutating func name(_ names: [String], shortest: Int) -> Int? {
        let lower = text.lowercased()
        for (index, name) in names.enumerated() {
            for length in [name.count, shortest] where lower.hasPrefix(name.prefix(length).lowercased()) {
                text = text.dropFirst(length)
                return index
            }
        }
        return nil
    }

    private mutating func fraction() -> Bool {
        let digits = digits(9)
        guard !digits.isEmpty, let number = Int64(digits.prefix(6)) else { return false }
        micros += (0..<max(0, 6 - digits.count)).reduce(number) { result, _ in result * 10 }
        return true
    }

    private mutating func epoch() -> Bool {
        let isNegative = text.first == "-"
        if isNegative { text = text.dropFirst() }
        guard let seconds = Int64(digits(12)) else { return false }
        epochMicros = (isNegative ? -seconds : seconds) * CalendarMath.microsPerSecond
        return true
    }

    private mutating func zone() -> Bool {
        if text.first == "Z" {
            text = text.dropFirst()
            return true
        }
        guard let sign = text.first, sign == "+" || sign == "-" else { return false }
        text = text.dropFirst()
        guard let hours = number(2, 0...18) else { return false }
        if text.first == ":" { text = text.dropFirst() }
        let minutes = number(2, 0...59) ?? 0
        zoneMicros = Int64(hours * 60 + minutes) * CalendarMath.microsPerMinute * (sign == "-" ? -1 : 1)
        return true
    }

    private var instant: Int64? {
        if let epochMicros { return epochMicros + micros }
        var dayNumber = CalendarMath.days(year: year, month: month, day: day)
        if let dayOfYear {
            dayNumber = CalendarMath.days(year: year, month: 1, day: 1) + dayOfYear - 1
        } else if day > CalendarMath.dayCount(year: year, month: month) {
            return nil
        }
        var hour = hour
        if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
        let inDay = Int64(hour * 60 + minute) * CalendarMath.microsPerMinute + micros
        let result = Int64(dayNumber) * CalendarMath.microsPerDay + inDay - zoneMicros
        return (Limits.timestampMicrosMin...Limits.timestampMicrosMax).contains(result) ? result : nil
    }
}
