import EventBase
import EventColumns
import EventIO
import EventPlan

/// Instants and wall clocks of time zones.
enum TimeZoneKernels {
    static let kernels: [String: Kernel] = [
        "timezone": { input throws(EventSQLError) in
            var zones = ZoneCache(input, argument: 0)
            return try input.buildInt64s { row throws(EventSQLError) in
                try zones.rules(row).local(ofMicros: input.int64(1, row))
            }
        },
        "local_to_utc": { input throws(EventSQLError) in
            var zones = ZoneCache(input, argument: 1)
            return try input.buildInt64s { row throws(EventSQLError) in
                try zones.rules(row).instant(ofLocal: input.int64(0, row))
            }
        },
        "date_trunc_zone": { input throws(EventSQLError) in
            var zones = ZoneCache(input, argument: 2)
            return try input.buildInt64s { row throws(EventSQLError) in
                try truncated(input, row, try zones.rules(row))
            }
        },
    ]

    /// Days and longer begin at the zone's midnight; shorter units keep the offset of their instant.
    private static func truncated(_ input: KernelInput, _ row: Int, _ zone: TimeZoneRules) throws(EventSQLError)
        -> Int64
    {
        let name = input.arguments[0].strings.text(at: row)
        guard let field = DateField(name: name) else { throw input.error("there is no date field '\(name)'") }
        let micros = input.int64(1, row)
        let local = zone.local(ofMicros: micros)
        if let unit = DateMath.unitMicros(field), unit < CalendarMath.microsPerDay {
            return DateMath.floor(local, unit) - (local - micros)
        }
        guard let start = DateMath.truncate(local, to: field) else {
            throw input.error("date_trunc knows no '\(name)'")
        }
        return zone.instant(ofLocal: start)
    }
}

/// The zone of each row; looked up once where it stays the same.
private struct ZoneCache {
    private let input: KernelInput
    private let argument: Int
    private var known: (name: String, rules: TimeZoneRules)?

    init(_ input: KernelInput, argument: Int) {
        self.input = input
        self.argument = argument
    }

    mutating func rules(_ row: Int) throws(EventSQLError) -> TimeZoneRules {
        if let known, input.arguments[argument].isConstant { return known.rules }
        let name = input.arguments[argument].strings.text(at: row)
        if let known, known.name == name { return known.rules }
        do throws(EventSQLError) {
            let rules = try TimeZones.rules(named: name)
            known = (name, rules)
            return rules
        } catch { throw EventSQLError(error.kind, error.message, hint: error.hint, position: input.position) }
    }
}
