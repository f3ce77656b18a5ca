/// The type of one value as a statement sees it.
package enum ScalarType: UInt8, Sendable, CaseIterable {
    /// The type of a bare NULL; fits everywhere.
    case null = 0
    case bool = 1
    case int64 = 2
    case double = 3
    case string = 4
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp = 5
    /// Days since 1970-01-01.
    case date = 6
    case interval = 7
    /// JSON text: arrays, and what does not flatten into columns.
    case json = 8

    /// The name in SQL.
    package var name: String {
        switch self {
        case .null: "NULL"
        case .bool: "BOOLEAN"
        case .int64: "BIGINT"
        case .double: "DOUBLE"
        case .string: "VARCHAR"
        case .timestamp: "TIMESTAMP"
        case .date: "DATE"
        case .interval: "INTERVAL"
        case .json: "JSON"
        }
    }

    package var isNumeric: Bool { self == .int64 || self == .double }
}

/// A span of calendar months, whole days and microseconds, kept apart as PostgreSQL does.
package struct Interval: Sendable, Hashable {
    package var months: Int32
    package var days: Int32
    package var micros: Int64

    package init(months: Int32 = 0, days: Int32 = 0, micros: Int64 = 0) {
        self.months = months
        self.days = days
        self.micros = micros
    }
}

/// One boxed value: literals, results, group keys on slow paths. Never in a per-row loop.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int64(Int64)
    case double(Double)
    case string(String)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp(Int64)
    /// Days since 1970-01-01.
    case date(Int64)
    case interval(Interval)
    case json(String)

    package var type: ScalarType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int64: .int64
        case .double: .double
        case .string: .string
        case .timestamp: .timestamp
        case .date: .date
        case .interval: .interval
        case .json: .json
        }
    }
}
