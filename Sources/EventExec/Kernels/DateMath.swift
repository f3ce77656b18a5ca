import EventBase
import EventColumns
import EventPlan

/// Calendar questions about instants.
enum DateMath {
    @inline(__always)
    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        let quotient = a / b
        return a % b < 0 ? quotient - 1 : quotient
    }

    @inline(__always)
    static func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
        let rest = a % b
        return rest < 0 ? rest + b : rest
    }

    @inline(__always)
    static func floor(_ micros: Int64, _ unit: Int64) -> Int64 { micros - floorModulo(micros, unit) }

    /// The length of units that never vary.
    static func unitMicros(_ field: DateField) -> Int64? {
        switch field {
        case .microseconds: 1
        case .milliseconds: 1000
        case .second: CalendarMath.microsPerSecond
        case .minute: CalendarMath.microsPerMinute
        case .hour: CalendarMath.microsPerHour
        case .day: CalendarMath.microsPerDay
        default: nil
        }
    }

    /// The first instant of the unit that holds an instant.
    static func truncate(_ micros: Int64, to field: DateField) -> Int64? {
        if let unit = unitMicros(field) { return floor(micros, unit) }
        let day = Int(CalendarMath.day(ofMicros: micros))
        if field == .week { return Int64(day - (CalendarMath.isoWeekday(day: day) - 1)) * CalendarMath.microsPerDay }
        let date = CalendarMath.civil(day: day)
        let start: (year: Int, month: Int)
        switch field {
        case .month: start = (date.year, date.month)
        case .quarter: start = (date.year, (date.month - 1) / 3 * 3 + 1)
        case .year: start = (date.year, 1)
        case .decade: start = (date.year / 10 * 10, 1)
        case .century: start = ((date.year - 1) / 100 * 100 + 1, 1)
        case .millennium: start = ((date.year - 1) / 1000 * 1000 + 1, 1)
        default: return nil
        }
        return Int64(CalendarMath.days(year: start.year, month: start.month, day: 1)) * CalendarMath.microsPerDay
    }

    /// A field of an instant as a whole number.
    static func part(_ field: DateField, of micros: Int64) -> Int64 {
        let day = Int(CalendarMath.day(ofMicros: micros))
        let inDay = micros - Int64(day) * CalendarMath.microsPerDay
        switch field {
        case .microseconds: return inDay % CalendarMath.microsPerMinute
        case .milliseconds: return inDay % CalendarMath.microsPerMinute / 1000
        case .second: return inDay / CalendarMath.microsPerSecond % 60
        case .minute: return inDay / CalendarMath.microsPerMinute % 60
        case .hour: return inDay / CalendarMath.microsPerHour
        case .epoch: return floorDivide(micros, CalendarMath.microsPerSecond)
        case .isodow: return Int64(CalendarMath.isoWeekday(day: day))
        case .dow: return Int64(CalendarMath.isoWeekday(day: day) % 7)
        default: return Int64(datePart(field, day))
        }
    }

    private static func datePart(_ field: DateField, _ day: Int) -> Int {
        let date = CalendarMath.civil(day: day)
        switch field {
        case .day: return date.day
        case .month: return date.month
        case .quarter: return (date.month - 1) / 3 + 1
        case .decade: return date.year / 10
        case .century: return (date.year + 99) / 100
        case .millennium: return (date.year + 999) / 1000
        case .doy: return day - CalendarMath.days(year: date.year, month: 1, day: 1) + 1
        case .week: return isoWeek(day).week
        case .isoyear: return isoWeek(day).year
        default: return date.year
        }
    }

    /// ISO 8601: week 1 holds the year's first Thursday.
    static func isoWeek(_ day: Int) -> (year: Int, week: Int) {
        let thursday = day - CalendarMath.isoWeekday(day: day) + 4
        let year = CalendarMath.civil(day: thursday).year
        return (year, (thursday - CalendarMath.days(year: year, month: 1, day: 1)) / 7 + 1)
    }

    /// Boundaries of a unit that lie between two instants.
    static func difference(_ field: DateField, from: Int64, to: Int64) -> Int64? {
        if let unit = unitMicros(field) { return floorDivide(to, unit) - floorDivide(from, unit) }
        func months(_ micros: Int64) -> Int64 {
            let date = CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: micros)))
            return Int64(date.year * 12 + date.month - 1)
        }
        switch field {
        case .week:
            return (truncate(to, to: .week)! - truncate(from, to: .week)!) / (7 * CalendarMath.microsPerDay)
        case .month: return months(to) - months(from)
        case .quarter: return floorDivide(months(to), 3) - floorDivide(months(from), 3)
        case .year: return floorDivide(months(to), 12) - floorDivide(months(from), 12)
        case .decade: return floorDivide(months(to), 120) - floorDivide(months(from), 120)
        default: return nil
        }
    }

    /// The start of the bucket of a width: months count from 2000-01, days and less from Monday 2000-01-03.
    static func bucket(_ micros: Int64, width: Interval) -> Int64? {
        if width.months > 0, width.days == 0, width.micros == 0 {
            let date = CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: micros)))
            let index = Int64(date.year * 12 + date.month - 1) - 24_000
            let start = Int(floor(index, Int64(width.months))) + 24_000
            return Int64(CalendarMath.days(year: start / 12, month: start % 12 + 1, day: 1)) * CalendarMath.microsPerDay
        }
        guard width.months == 0, abs(Int64(width.days)) < 10_000_000 else { return nil }
        let unit = Int64(width.days) * CalendarMath.microsPerDay &+ width.micros
        guard unit > 0 else { return nil }
        let origin = 10_959 * CalendarMath.microsPerDay
        return floor(micros - origin, unit) + origin
    }

    /// Months first, then days, then microseconds; nil outside the storable years.
    static func add(_ interval: Interval, to micros: Int64) -> Int64? {
        var result = micros
        if interval.months != 0 {
            let day = CalendarMath.day(ofMicros: micros)
            let moved = CalendarMath.adding(months: Int(interval.months), toDay: Int(day))
            guard abs(moved) < 10_000_000 else { return nil }
            result = Int64(moved) * CalendarMath.microsPerDay + (micros - CalendarMath.micros(ofDay: day))
        }
        guard abs(Int64(interval.days)) < 10_000_000 else { return nil }
        let (days, over) = result.addingReportingOverflow(Int64(interval.days) * CalendarMath.microsPerDay)
        let (sum, overAgain) = days.addingReportingOverflow(interval.micros)
        guard !over, !overAgain, sum >= Limits.timestampMicrosMin, sum <= Limits.timestampMicrosMax else { return nil }
        return sum
    }
}
