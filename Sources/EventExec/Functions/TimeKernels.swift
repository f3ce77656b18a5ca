import EventBase
import EventColumns
import EventPlan

/// Functions over instants, in microseconds since 1970 UTC.
enum TimeKernels {
    static let kernels: [String: Kernel] = calendar.merging(epochs) { a, _ in a }.merging(parts) { a, _ in a }

    private static func field(_ input: KernelInput, _ row: Int) throws(EventSQLError) -> DateField {
        let name = input.arguments[0].strings.text(at: row)
        guard let field = DateField(name: name) else { throw input.error("there is no date field '\(name)'") }
        return field
    }

    /// The field that an argument names, read once where it is the same for every row.
    private struct FieldReader {
        private let known: DateField?

        init(_ input: KernelInput) throws(EventSQLError) {
            let isOne = input.arguments[0].isConstant && !input.arguments[0].isConstantNull
            known = isOne ? try TimeKernels.field(input, 0) : nil
        }

        func field(_ input: KernelInput, _ row: Int) throws(EventSQLError) -> DateField {
            if let known { return known }
            return try TimeKernels.field(input, row)
        }
    }

    /// Truncation to units that are no fixed number of microseconds, or to a unit per row. Weeks and longer depend on the
    /// day alone, and neighbouring rows share their day, so the last answer is kept.
    private static func truncated(_ input: KernelInput) throws(EventSQLError) -> Vector {
        let hasOneUnit = input.arguments[0].isConstant && !input.arguments[0].isConstantNull
        let fields = try FieldReader(input)
        var known = (day: Int32.min, start: Int64(0))
        return try input.buildInt64s { row throws(EventSQLError) in
            let micros = input.int64(1, row)
            let day = CalendarMath.day(ofMicros: micros)
            if hasOneUnit, day == known.day { return known.start }
            let unit = try fields.field(input, row)
            guard let result = DateMath.truncate(micros, to: unit) else {
                throw input.error("date_trunc knows no '\(unit.rawValue)'")
            }
            known = (day, result)
            return result
        }
    }

    private static let calendar: [String: Kernel] = [
        "date_trunc": { input throws(EventSQLError) in
            if input.arguments[0].isConstant, !input.arguments[0].isConstantNull {
                let field = try field(input, 0)
                if let unit = DateMath.unitMicros(field), case .int64(let values) = input.arguments[1].vector.values {
                    let floored = mapValues(FloorDivision.quotients(of: values, by: unit)) { $0 &* unit }
                    return input.spread(
                        Vector(type: .timestamp, values: .int64(floored), validity: input.arguments[1].vector.validity))
                }
            }
            return try truncated(input)
        },
        "time_bucket": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                guard let result = DateMath.bucket(input.int64(1, row), width: input.interval(0, row)) else {
                    throw input.error("time_bucket needs a width above 0, of months or of days and less")
                }
                return result
            }
        },
        "date_diff": { input throws(EventSQLError) in
            let fields = try FieldReader(input)
            return try input.buildInt64s { row throws(EventSQLError) in
                let unit = try fields.field(input, row)
                guard let result = DateMath.difference(unit, from: input.int64(1, row), to: input.int64(2, row)) else {
                    throw input.error("date_diff knows no '\(unit.rawValue)'")
                }
                return result
            }
        },
        "to_date": { input throws(EventSQLError) in
            try input.buildInt64s { row in Int64(CalendarMath.day(ofMicros: input.int64(0, row))) }
        },
        "last_day": { input throws(EventSQLError) in
            try input.buildInt64s { row in
                let date = CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: input.int64(0, row))))
                let length = CalendarMath.dayCount(year: date.year, month: date.month)
                return Int64(CalendarMath.days(year: date.year, month: date.month, day: length))
            }
        },
        "make_date": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in try day(input, row) }
        },
        "make_timestamp": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (hour, minute, second) = (input.int64(3, row), input.int64(4, row), input.double(5, row))
                guard (0..<24).contains(hour), (0..<60).contains(minute), second >= 0, second < 60 else {
                    throw input.error("make_timestamp: the time of day is out of range")
                }
                let micros =
                    Int64((second * 1e6).rounded()) + hour * CalendarMath.microsPerHour + minute
                    * CalendarMath.microsPerMinute
                return try day(input, row) * CalendarMath.microsPerDay + micros
            }
        },
        "to_char": { input throws(EventSQLError) in try format(input, TimeFormat.toChar) },
        "strftime": { input throws(EventSQLError) in try format(input, TimeFormat.strftime) },
        "dayname": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(TimeFormat.dayNames[Int(DateMath.part(.isodow, of: input.int64(0, row))) - 1])
            }
        },
        "monthname": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(TimeFormat.monthNames[Int(DateMath.part(.month, of: input.int64(0, row))) - 1])
            }
        },
    ]

    private static func format(_ input: KernelInput, _ body: (Int64, String) -> String) throws(EventSQLError) -> Vector
    {
        let formats = input.arguments[1].strings
        return try input.buildStrings { row, builder in builder.append(body(input.int64(0, row), formats.text(at: row)))
        }
    }

    private static func day(_ input: KernelInput, _ row: Int) throws(EventSQLError) -> Int64 {
        let (year, month, day) = (Int(input.int64(0, row)), Int(input.int64(1, row)), Int(input.int64(2, row)))
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CalendarMath.dayCount(year: year, month: month)
        else { throw input.error("there is no day \(year)-\(month)-\(day)") }
        return Int64(CalendarMath.days(year: year, month: month, day: day))
    }

    private static let epochs: [String: Kernel] = [
        "to_timestamp": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                try instant((input.double(0, row) * 1e6).rounded(), input)
            }
        },
        "epoch_us_to_timestamp": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                try instant(Double(input.int64(0, row)), input, exact: input.int64(0, row))
            }
        },
        "epoch_ms_to_timestamp": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in try instant(Double(input.int64(0, row)) * 1000, input)
            }
        },
        "epoch": { input throws(EventSQLError) in
            try input.buildDoubles { row in Double(input.int64(0, row)) / 1e6 }
        },
        "epoch_ms": { input throws(EventSQLError) in
            try input.buildInt64s { row in DateMath.floorDivide(input.int64(0, row), 1000) }
        },
        "epoch_us": { input throws(EventSQLError) in try input.buildInt64s { row in input.int64(0, row) } },
    ]

    private static func instant(_ micros: Double, _ input: KernelInput, exact: Int64? = nil) throws(EventSQLError)
        -> Int64
    {
        guard micros >= Double(Limits.timestampMicrosMin), micros <= Double(Limits.timestampMicrosMax) else {
            throw input.error("the instant lies outside the years 1 to 9999")
        }
        return exact ?? Int64(micros)
    }

    private static let parts: [String: Kernel] = [
        "date_part": { input throws(EventSQLError) in
            let fields = try FieldReader(input)
            return try input.buildInt64s { row throws(EventSQLError) in
                DateMath.part(try fields.field(input, row), of: input.int64(1, row))
            }
        },
        "date_part_fraction": { input throws(EventSQLError) in
            let fields = try FieldReader(input)
            return try input.buildDoubles { row throws(EventSQLError) in
                let micros = input.int64(1, row)
                let inMinute = DateMath.floorModulo(micros, CalendarMath.microsPerMinute)
                switch try fields.field(input, row) {
                case .epoch: return Double(micros) / 1e6
                case .milliseconds: return Double(inMinute) / 1e3
                default: return Double(inMinute) / 1e6
                }
            }
        },
        "part_year": part(.year), "part_quarter": part(.quarter), "part_month": part(.month), "part_week": part(.week),
        "part_day": part(.day), "part_hour": part(.hour), "part_minute": part(.minute),
        "part_second": part(.second), "part_millisecond": part(.milliseconds), "part_microsecond": part(.microseconds),
        "part_dayofweek": part(.dow), "part_weekday": part(.dow), "part_isodow": part(.isodow),
        "part_dayofmonth": part(.day), "part_dayofyear": part(.doy), "part_weekofyear": part(.week),
        "part_isoyear": part(.isoyear), "part_decade": part(.decade), "part_century": part(.century),
        "part_millennium": part(.millennium),
        "part_yearweek": { input throws(EventSQLError) in
            try input.buildInt64s { row in
                let week = DateMath.isoWeek(Int(CalendarMath.day(ofMicros: input.int64(0, row))))
                return Int64(week.year * 100 + week.week)
            }
        },
    ]

    private static func part(_ field: DateField) -> Kernel {
        { input throws(EventSQLError) in try input.buildInt64s { row in DateMath.part(field, of: input.int64(0, row)) }
        }
    }
}
