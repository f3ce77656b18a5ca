/// A part of an instant, as date_trunc, EXTRACT and date_diff name it.
package enum DateField: String, Sendable, CaseIterable {
    case microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year, decade, century, millennium
    case dow, isodow, doy, isoyear, epoch

    /// Any spelling, in any case.
    package init?(name: String) {
        let lower = name.lowercased()
        if let field = Self(rawValue: lower) ?? Self.aliases[lower] {
            self = field
        } else {
            return nil
        }
    }

    private static let aliases: [String: DateField] = [
        "seconds": .second, "minutes": .minute, "hours": .hour, "days": .day, "weeks": .week, "months": .month,
        "quarters": .quarter, "years": .year, "decades": .decade, "sec": .second, "min": .minute, "dayofweek": .dow,
        "weekday": .dow, "dayofyear": .doy, "dayofmonth": .day, "us": .microseconds, "ms": .milliseconds,
        "microsecond": .microseconds, "millisecond": .milliseconds, "yearweek": .week, "centuries": .century,
    ]

    package static let allNames = (allCases.map(\.rawValue) + aliases.keys).sorted()

    /// Whether the part is a DOUBLE: it has digits after the point.
    package var hasFraction: Bool { self == .second || self == .milliseconds || self == .epoch }
}
