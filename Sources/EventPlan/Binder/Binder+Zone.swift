import EventBase
import EventColumns
import EventSyntax

/// What SET TIME ZONE changes (SPEC 2.5): functions that read a calendar off an instant see the zone's wall clock, and
/// dates and texts without a zone are of its clock. Instants themselves stay UTC.
extension Binder {
    /// Functions whose instants are read as wall clock times.
    private static let clockKernels: Set = [
        "date_part", "date_part_fraction", "date_diff", "to_date", "to_char", "strftime", "dayname", "monthname",
        "last_day", "part_year", "part_quarter", "part_month", "part_week", "part_day", "part_hour", "part_minute",
        "part_second", "part_millisecond", "part_microsecond", "part_dayofweek", "part_weekday", "part_isodow",
        "part_dayofmonth", "part_dayofyear", "part_weekofyear", "part_isoyear", "part_decade", "part_century",
        "part_millennium", "part_yearweek", "date_sub",
    ]

    /// A call in the session's zone; nil where the zone changes nothing.
    func zoned(
        _ signature: FunctionSignature, _ arguments: [BoundExpression], at position: SourcePosition
    ) throws(EventSQLError) -> BoundExpression? {
        guard let zone else { return nil }
        let name = BoundExpression.constant(.string(zone.name), .string)
        if signature.kernel == "date_trunc" {
            // What AT TIME ZONE has made is cut by its own clock.
            if case .call(let inner) = arguments[1], inner.function == "timezone" { return nil }
            return try call("date_trunc", arguments + [name], at: position)
        }
        guard Self.clockKernels.contains(signature.kernel) else { return nil }
        if case .string(let field) = arguments.first?.constantValue, field.lowercased() == "epoch" { return nil }
        var clocks: [BoundExpression] = []
        for argument in arguments {
            clocks.append(argument.type == .timestamp ? wallClock(argument, zone, at: position) : argument)
        }
        return try unzoned.call(signature.name, clocks, at: position)
    }

    /// The same binder in UTC.
    var unzoned: Binder {
        Binder(
            catalog: catalog, parameters: parameters, nowMicros: nowMicros, behaviour: behaviour, patterns: patterns)
    }

    /// An instant as the zone's clock shows it; what AT TIME ZONE has made is such a time already.
    private func wallClock(
        _ instant: BoundExpression, _ zone: NamedZone, at position: SourcePosition
    ) -> BoundExpression {
        if case .call(let call) = instant, call.function == "timezone" { return instant }
        if case .timestamp(let micros) = instant.constantValue {
            return .constant(.timestamp(zone.rules.local(ofMicros: micros)), .timestamp)
        }
        return zoneCall("timezone", [.constant(.string(zone.name), .string), instant], at: position)
    }

    /// DATE and TIMESTAMP to one another by the zone's clock; nil where the zone changes nothing.
    func zonedCast(_ operand: BoundExpression, to type: ScalarType, at position: SourcePosition) -> BoundExpression? {
        guard let zone else { return nil }
        switch (operand.type, type) {
        case (.timestamp, .date):
            return .cast(wallClock(operand, zone, at: position), to: .date, isTry: false, Place(position))
        case (.date, .timestamp):
            if case .date(let day) = operand.constantValue, abs(day) < 100_000_000 {
                let midnight = zone.rules.instant(ofLocal: day * CalendarMath.microsPerDay)
                return .constant(.timestamp(midnight), .timestamp)
            }
            let midnight = BoundExpression.cast(operand, to: .timestamp, isTry: false, Place(position))
            return zoneCall("local_to_utc", [midnight, .constant(.string(zone.name), .string)], at: position)
        default: return nil
        }
    }

    /// A constant text as an instant, of the session's zone where it names none.
    func instant(_ value: Value, from text: String) -> Value {
        guard let zone, case .timestamp(let micros) = value else { return value }
        // Behind the date only a zone has a sign or a letter but T.
        let namesZone = text[...].trimmed().dropFirst(10).contains { "+-zZuUcC".contains($0) }
        return namesZone ? value : .timestamp(zone.rules.instant(ofLocal: micros))
    }

    /// The day it is in the session's zone.
    var today: Int64 {
        Int64(CalendarMath.day(ofMicros: zone.map { $0.rules.local(ofMicros: nowMicros) } ?? nowMicros))
    }

    private func zoneCall(
        _ kernel: String, _ arguments: [BoundExpression], at position: SourcePosition
    ) -> BoundExpression {
        .call(BoundCall(kernel, arguments, type: .timestamp, place: Place(position)))
    }
}
