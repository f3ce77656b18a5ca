import EventBase
import EventColumns
import EventPlan

/// Arithmetic of instants and intervals.
enum IntervalKernels {
    static let kernels: [String: Kernel] = [
        "timestamp+interval": { input throws(EventSQLError) in try shift(input, instant: 0, interval: 1, sign: 1) },
        "interval+timestamp": { input throws(EventSQLError) in try shift(input, instant: 1, interval: 0, sign: 1) },
        "timestamp-interval": { input throws(EventSQLError) in try shift(input, instant: 0, interval: 1, sign: -1) },
        "timestamp-timestamp": { input throws(EventSQLError) in
            try input.buildIntervals { row in
                let micros = input.int64(0, row) - input.int64(1, row)
                let days = micros / CalendarMath.microsPerDay
                return Interval(days: Int32(truncatingIfNeeded: days), micros: micros % CalendarMath.microsPerDay)
            }
        },
        "interval+interval": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                try sum(input.interval(0, row), input.interval(1, row), 1, input)
            }
        },
        "interval-interval": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                try sum(input.interval(0, row), input.interval(1, row), -1, input)
            }
        },
        "negate_interval": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                try sum(Interval(), input.interval(0, row), -1, input)
            }
        },
        "interval*double": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                try scaled(input.interval(0, row), input.double(1, row), input)
            }
        },
        "double*interval": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                try scaled(input.interval(1, row), input.double(0, row), input)
            }
        },
        "interval/double": { input throws(EventSQLError) in
            try input.buildIntervals { row throws(EventSQLError) in
                let divisor = input.double(1, row)
                if divisor == 0 { throw input.error("division by zero") }
                return try scaled(input.interval(0, row), 1 / divisor, input)
            }
        },
        "interval_epoch": { input throws(EventSQLError) in
            try input.buildDoubles { row in fraction(.epoch, input.interval(0, row)) }
        },
        "interval_part": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (field, value) = (try field(input, row), input.interval(1, row))
                switch field {
                case .year: return Int64(value.months / 12)
                case .month: return Int64(value.months % 12)
                case .quarter: return Int64(value.months % 12 / 3 + 1)
                case .day: return Int64(value.days)
                case .hour: return value.micros / CalendarMath.microsPerHour
                case .minute: return value.micros / CalendarMath.microsPerMinute % 60
                case .microseconds: return value.micros % CalendarMath.microsPerMinute
                default: throw input.error("an interval has no '\(field.rawValue)'")
                }
            }
        },
        "interval_part_fraction": { input throws(EventSQLError) in
            try input.buildDoubles { row throws(EventSQLError) in
                fraction(try field(input, row), input.interval(1, row))
            }
        },
    ]

    private static func field(_ input: KernelInput, _ row: Int) throws(EventSQLError) -> DateField {
        let name = input.arguments[0].strings.text(at: row)
        guard let field = DateField(name: name) else { throw input.error("there is no date field '\(name)'") }
        return field
    }

    private static func fraction(_ field: DateField, _ value: Interval) -> Double {
        switch field {
        case .milliseconds: return Double(value.micros % CalendarMath.microsPerMinute) / 1e3
        case .epoch:
            // PostgreSQL counts a year as 365.25 days and a further month as 30.
            let years = Double(value.months / 12) * 31_557_600
            return years + Double(value.months % 12) * 2_592_000 + Double(value.days) * 86_400 + Double(value.micros)
                / 1e6
        default: return Double(value.micros % CalendarMath.microsPerMinute) / 1e6
        }
    }

    private static func shift(_ input: KernelInput, instant: Int, interval: Int, sign: Int32) throws(EventSQLError)
        -> Vector
    {
        try input.buildInt64s { row throws(EventSQLError) in
            let amount = input.interval(interval, row)
            let signed = Interval(
                months: amount.months &* sign, days: amount.days &* sign, micros: amount.micros &* Int64(sign))
            guard let result = DateMath.add(signed, to: input.int64(instant, row)) else {
                throw input.error("the instant lies outside the years 1 to 9999")
            }
            return result
        }
    }

    private static func sum(_ a: Interval, _ b: Interval, _ sign: Int32, _ input: KernelInput) throws(EventSQLError)
        -> Interval
    {
        let months = Int64(a.months) + Int64(b.months) * Int64(sign)
        let days = Int64(a.days) + Int64(b.days) * Int64(sign)
        let (scaled, over) = b.micros.multipliedReportingOverflow(by: Int64(sign))
        let (micros, overAgain) = a.micros.addingReportingOverflow(scaled)
        guard let months = Int32(exactly: months), let days = Int32(exactly: days), !over, !overAgain else {
            throw input.error("INTERVAL overflow")
        }
        return Interval(months: months, days: days, micros: micros)
    }

    /// Fractions of months become days of 30 to a month, fractions of days become time.
    private static func scaled(_ a: Interval, _ factor: Double, _ input: KernelInput) throws(EventSQLError) -> Interval
    {
        let months = Double(a.months) * factor
        let wholeMonths = months.rounded(.towardZero)
        let days = Double(a.days) * factor + (months - wholeMonths) * 30
        let wholeDays = days.rounded(.towardZero)
        let micros = (Double(a.micros) * factor + (days - wholeDays) * 86_400e6).rounded()
        guard let m = Int32(exactly: wholeMonths), let d = Int32(exactly: wholeDays), let u = Int64(exactly: micros)
        else {
            throw input.error("INTERVAL overflow")
        }
        return Interval(months: m, days: d, micros: u)
    }
}
