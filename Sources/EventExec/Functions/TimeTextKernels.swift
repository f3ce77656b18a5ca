import EventBase
import EventColumns
import EventPlan

/// Instants read by a format, and distances between instants in whole units.
enum TimeTextKernels {
    static let kernels: [String: Kernel] = lengths.merging([
        "strptime": { input throws(EventSQLError) in
            let (texts, formats) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildInt64s { row throws(EventSQLError) in
                let (text, format) = (texts.text(at: row), formats.text(at: row))
                guard let micros = TimeReader.read(text, format) else {
                    throw input.error("'\(text.prefix(60))' is not of the form '\(format)'")
                }
                return micros
            }
        },
        "try_strptime": { input throws(EventSQLError) in
            let (texts, formats) = (input.arguments[0].strings, input.arguments[1].strings)
            var present = input.validity ?? [Bool](repeating: true, count: input.count)
            var values = [Int64](repeating: 0, count: input.count)
            for row in 0..<input.count where present[row] {
                let micros = TimeReader.read(texts.text(at: row), formats.text(at: row))
                values[row] = micros ?? 0
                present[row] = micros != nil
            }
            return Vector(type: .timestamp, values: .int64(values), validity: compacted(present))
        },
        "date_bin": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (width, instant, origin) = (input.interval(0, row), input.int64(1, row), input.int64(2, row))
                guard width.months == 0 else { throw input.error("bins from an origin need a width of days and less") }
                let micros = Int64(width.days) * CalendarMath.microsPerDay + width.micros
                guard micros > 0, micros < 1 << 60 else { throw input.error("the width of a bin must be above 0") }
                return DateMath.floor(instant - origin, micros) + origin
            }
        },
        "age": { input throws(EventSQLError) in
            try input.buildIntervals { row in age(input.int64(0, row), input.int64(1, row)) }
        },
        "date_sub": { input throws(EventSQLError) in
            let names = input.arguments[0].strings
            return try input.buildInt64s { row throws(EventSQLError) in
                let name = names.text(at: row)
                guard let field = DateField(name: name),
                    let count = whole(field, from: input.int64(1, row), to: input.int64(2, row))
                else { throw input.error("date_sub knows no '\(name)'") }
                return count
            }
        },
        "epoch_ns": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (nanos, isOver) = input.int64(0, row).multipliedReportingOverflow(by: 1000)
                if isOver { throw input.error("BIGINT overflow: epoch_ns") }
                return nanos
            }
        },
    ]) { a, _ in a }

    /// Years, months and days of the calendar as PostgreSQL counts them: fields are subtracted, and days borrowed from the
    /// earlier instant's month.
    private static func age(_ a: Int64, _ b: Int64) -> Interval {
        if a < b {
            let other = age(b, a)
            return Interval(months: -other.months, days: -other.days, micros: -other.micros)
        }
        let (dayA, dayB) = (CalendarMath.day(ofMicros: a), CalendarMath.day(ofMicros: b))
        let (dateA, dateB) = (CalendarMath.civil(day: Int(dayA)), CalendarMath.civil(day: Int(dayB)))
        var months = (dateA.year - dateB.year) * 12 + dateA.month - dateB.month
        var days = dateA.day - dateB.day
        var micros = (a - CalendarMath.micros(ofDay: dayA)) - (b - CalendarMath.micros(ofDay: dayB))
        if micros < 0 {
            micros += CalendarMath.microsPerDay
            days -= 1
        }
        if days < 0 {
            days += CalendarMath.dayCount(year: dateB.year, month: dateB.month)
            months -= 1
        }
        return Interval(
            months: Int32(truncatingIfNeeded: months), days: Int32(truncatingIfNeeded: days), micros: micros)
    }

    /// Whole units between two instants, towards zero.
    private static func whole(_ field: DateField, from: Int64, to: Int64) -> Int64? {
        if let unit = DateMath.unitMicros(field) { return (to - from) / unit }
        switch field {
        case .week: return (to - from) / (7 * CalendarMath.microsPerDay)
        case .month: return wholeMonths(from, to)
        case .quarter: return wholeMonths(from, to) / 3
        case .year: return wholeMonths(from, to) / 12
        case .decade: return wholeMonths(from, to) / 120
        default: return nil
        }
    }

    /// Months that can be added to the earlier instant without passing the later one.
    private static func wholeMonths(_ from: Int64, _ to: Int64) -> Int64 {
        if from > to { return -wholeMonths(to, from) }
        var months = DateMath.difference(.month, from: from, to: to) ?? 0
        if months > 0, let moved = DateMath.add(Interval(months: Int32(truncatingIfNeeded: months)), to: from),
            moved > to
        {
            months -= 1
        }
        return months
    }

    private static func length(_ make: @escaping @Sendable (Int32) -> Interval) -> Kernel {
        { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                guard let count = Int32(exactly: input.int64(0, row)), count.magnitude < 1 << 26 else {
                    throw input.error("INTERVAL overflow")
                }
                return make(count)
            }
        }
    }

    private static let lengths: [String: Kernel] = [
        "to_years": length { Interval(months: $0 * 12) },
        "to_quarters": length { Interval(months: $0 * 3) },
        "to_months": length { Interval(months: $0) },
        "to_weeks": length { Interval(days: $0 * 7) },
        "to_days": length { Interval(days: $0) },
        "to_hours": length { Interval(micros: Int64($0) * CalendarMath.microsPerHour) },
        "to_minutes": length { Interval(micros: Int64($0) * CalendarMath.microsPerMinute) },
        "to_seconds": length { Interval(micros: Int64($0) * CalendarMath.microsPerSecond) },
        "to_milliseconds": length { Interval(micros: Int64($0) * 1000) },
    ]
}
