package import EventColumns

/// One value of a result or of an event's properties.
///
/// Literals work as they read: `["amount": 42.5, "plan": "pro", "trial": false, "referrer": nil]`.
public enum EventValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    /// An instant.
    case timestamp(EventTime)
    /// Days since 1970-01-01.
    case date(dayNumber: Int32)
    /// Months, days and microseconds, kept apart as PostgreSQL does.
    case interval(months: Int32, days: Int32, micros: Int64)
    /// JSON text: an array, or an object that does not flatten.
    case json(String)
    /// A nested object; its members become columns with dotted paths. Never in a result.
    case object([String: EventValue])

    package init(_ value: EventColumns.Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int64(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .timestamp(let micros): self = .timestamp(EventTime(micros: micros))
        case .date(let day): self = .date(dayNumber: Int32(truncatingIfNeeded: day))
        case .interval(let span): self = .interval(months: span.months, days: span.days, micros: span.micros)
        case .json(let text): self = .json(text)
        }
    }
}

extension EventValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    /// A key written twice keeps its last value.
    public init(dictionaryLiteral elements: (String, EventValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
