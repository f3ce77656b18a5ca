import EventBase
import EventColumns
import EventSyntax

/// Hours, days, weeks or months in UTC, numbered so that neighbours differ by one.
struct CalendarBuckets: Sendable {
    let unit: CalendarUnit
    var weekStart = CalendarOptions.WeekStart.monday

    /// Days from the week's first day before 1970-01-01, a Thursday.
    private var weekShift: Int { weekStart == .monday ? 3 : 4 }

    func bucket(ofMicros micros: Int64) -> Int {
        if unit == .hour { return Self.floorDivide(Int(micros), Int(CalendarMath.microsPerHour)) }
        return bucket(ofDay: CalendarMath.day(ofMicros: micros))
    }

    /// The unit must not be hours.
    func bucket(ofDay day: Int32) -> Int {
        switch unit {
        case .hour: preconditionFailure("BUG: a day has many hours")
        case .day: return Int(day)
        case .week: return Self.floorDivide(Int(day) + weekShift, 7)
        case .month:
            let date = CalendarMath.civil(day: Int(day))
            return date.year * 12 + date.month - 1
        }
    }

    /// The first instant of a bucket.
    func startMicros(_ bucket: Int) -> Int64 {
        switch unit {
        case .hour: Int64(bucket) * CalendarMath.microsPerHour
        case .day: Int64(bucket) * CalendarMath.microsPerDay
        case .week: Int64(bucket * 7 - weekShift) * CalendarMath.microsPerDay
        case .month:
            Self.monthStartMicros(year: Self.floorDivide(bucket, 12), bucket)
        }
    }

    private static func monthStartMicros(year: Int, _ bucket: Int) -> Int64 {
        Int64(CalendarMath.days(year: year, month: bucket - year * 12 + 1, day: 1)) * CalendarMath.microsPerDay
    }

    /// A bucket as a result shows it: its first day, or its first instant for hours.
    func label(_ bucket: Int) -> Value {
        let start = startMicros(bucket)
        return unit == .hour ? .timestamp(start) : .date(Int64(CalendarMath.day(ofMicros: start)))
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
}
