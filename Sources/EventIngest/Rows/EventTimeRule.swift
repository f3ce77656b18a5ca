internal import EventBase

/// What a number stands for where a time is expected (SPEC 4.2).
enum EventTimeRule {
    /// Whole numbers below these magnitudes are seconds, milliseconds, microseconds; all others nanoseconds. Each unit so
    /// reaches from 1973 to 5138, seconds from 1970.
    static let secondsBelow: UInt64 = 100_000_000_000
    static let millisecondsBelow: UInt64 = 100_000_000_000_000
    static let microsecondsBelow: UInt64 = 100_000_000_000_000_000

    /// Microseconds since 1970; always within the storable years.
    static func micros(int64 value: Int64) -> Int64 {
        let magnitude = value.magnitude
        if magnitude < secondsBelow { return value * 1_000_000 }
        if magnitude < millisecondsBelow { return value * 1000 }
        if magnitude < microsecondsBelow { return value }
        return value / 1000 - (value % 1000 < 0 ? 1 : 0)
    }

    /// Seconds with a fraction, to the nearest microsecond; nil outside the storable years.
    static func micros(double value: Double) -> Int64? {
        let micros = (value * 1_000_000).rounded()
        guard micros >= Double(Limits.timestampMicrosMin), micros <= Double(Limits.timestampMicrosMax) else {
            return nil
        }
        return Int64(micros)
    }
}
