import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Hours, days, weeks, months, quarters or years, numbered so that neighbours differ by one. Days begin at the midnight of the calendar's
/// zone, hours where its clock shows a full one; hours that come twice are two.
struct CalendarBuckets: Sendable {
    let unit: CalendarUnit
    var calendar = PeriodCalendar()

    /// Days from the week's first day before 1970-01-01, a Thursday.
    private var weekShift: Int { calendar.weekStart == .monday ? 3 : 4 }

    /// Of a month or a longer unit.
    private var monthCount: Int { unit == .year ? 12 : unit == .quarter ? 3 : 1 }

    func bucket(ofMicros micros: Int64) -> Int {
        if unit == .hour {
            let phase = calendar.zone.map { Self.minutesOff(micros, $0.rules) } ?? 0
            return Self.floorDivide(Int(micros &+ phase), Int(CalendarMath.microsPerHour))
        }
        guard let zone = calendar.zone else { return bucket(ofDay: CalendarMath.day(ofMicros: micros)) }
        let local = zone.rules.local(ofMicros: micros)
        let day = CalendarMath.day(ofMicros: local)
        // The minutes of a day that clocks put back to the day before belong to that one.
        let isEarly = local - CalendarMath.micros(ofDay: day) < Self.backstepMicrosMax
        return bucket(ofDay: isEarly && start(ofDay: day, zone.rules) > micros ? day - 1 : day)
    }

    /// What the zone's offset has beyond full hours: nothing in most places.
    private static func minutesOff(_ micros: Int64, _ rules: TimeZoneRules) -> Int64 {
        let rest = (rules.local(ofMicros: micros) &- micros) % CalendarMath.microsPerHour
        return rest < 0 ? rest + CalendarMath.microsPerHour : rest
    }

    private func hourStart(_ bucket: Int, _ rules: TimeZoneRules) -> Int64 {
        var high = Int64(bucket) * CalendarMath.microsPerHour
        var low = high - CalendarMath.microsPerHour
        let phase = Self.minutesOff(high, rules)
        if Self.minutesOff(low, rules) == phase { return high - phase }
        // Clocks were changed by a part of an hour.
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.bucket(ofMicros: middle) >= bucket { high = middle } else { low = middle }
        }
        return high
    }

    /// Clocks are put back by less.
    private static let backstepMicrosMax = 3 * CalendarMath.microsPerHour

    /// The instant from which on the zone's clock shows the day or a later one: its midnight, the second one where clocks
    /// are put back over it.
    private func start(ofDay day: Int32, _ rules: TimeZoneRules) -> Int64 {
        let midnight = CalendarMath.micros(ofDay: day)
        let first = rules.instant(ofLocal: midnight)
        let later = first + Self.backstepMicrosMax
        let second = midnight - (rules.local(ofMicros: later) - later)
        let isSecond = second > first && CalendarMath.day(ofMicros: rules.local(ofMicros: second - 1)) < day
        return isSecond ? second : first
    }

    /// The unit must not be hours.
    func bucket(ofDay day: Int32) -> Int {
        switch unit {
        case .hour: preconditionFailure("BUG: a day has many hours")
        case .day: return Int(day)
        case .week: return Self.floorDivide(Int(day) + weekShift, 7)
        case .month, .quarter, .year:
            let date = CalendarMath.civil(day: Int(day))
            return Self.floorDivide(date.year * 12 + date.month - 1, monthCount)
        }
    }

    /// The first instant of a bucket.
    func startMicros(_ bucket: Int) -> Int64 {
        if unit == .hour {
            return calendar.zone.map { hourStart(bucket, $0.rules) } ?? Int64(bucket) * CalendarMath.microsPerHour
        }
        let day = firstDay(bucket)
        return calendar.zone.map { start(ofDay: day, $0.rules) } ?? CalendarMath.micros(ofDay: day)
    }

    /// The unit must not be hours.
    private func firstDay(_ bucket: Int) -> Int32 {
        switch unit {
        case .hour: preconditionFailure("BUG: a day has many hours")
        case .day: return Int32(truncatingIfNeeded: bucket)
        case .week: return Int32(truncatingIfNeeded: bucket * 7 - weekShift)
        case .month, .quarter, .year:
            let first = bucket * monthCount
            let year = Self.floorDivide(first, 12)
            let month = first - year * 12 + 1
            return Int32(truncatingIfNeeded: CalendarMath.days(year: year, month: month, day: 1))
        }
    }

    /// A bucket as a result shows it: its first day, or its first instant for hours.
    func label(_ bucket: Int) -> Value {
        unit == .hour ? .timestamp(startMicros(bucket)) : .date(Int64(firstDay(bucket)))
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
}
