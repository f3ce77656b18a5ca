/// Proleptic Gregorian calendar arithmetic on plain integers (the civil-day algorithms of Howard Hinnant).
///
/// Days count from 1970-01-01, instants in microseconds since then, always UTC.
/// - Complexity: every function is O(1) and never allocates.
package enum CalendarMath {
    package static let microsPerSecond: Int64 = 1_000_000
    package static let microsPerMinute: Int64 = 60_000_000
    package static let microsPerHour: Int64 = 3_600_000_000
    package static let microsPerDay: Int64 = 86_400_000_000

    /// The day that contains an instant; rounds towards the past, also before 1970.
    @inlinable package static func day(ofMicros micros: Int64) -> Int32 {
        var day = micros / microsPerDay
        if micros % microsPerDay < 0 { day -= 1 }
        return Int32(truncatingIfNeeded: day)
    }

    package static func micros(ofDay day: Int32) -> Int64 { Int64(day) * microsPerDay }

    /// Days since 1970-01-01 of a civil date. `month` is 1...12; `day` may lie outside the month and carries over.
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The civil date of a day number.
    package static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
        let z = day + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    package static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    package static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Monday = 1 ... Sunday = 7.
    package static func isoWeekday(day: Int) -> Int { (((day + 3) % 7) + 7) % 7 + 1 }

    /// Adds months, clamping the day to the target month's length as PostgreSQL does.
    package static func adding(months: Int, toDay day: Int) -> Int {
        let date = civil(day: day)
        let index = date.year * 12 + (date.month - 1) + months
        let year = index >= 0 ? index / 12 : (index - 11) / 12
        let month = index - year * 12 + 1
        return days(year: year, month: month, day: min(date.day, dayCount(year: year, month: month)))
    }
}
