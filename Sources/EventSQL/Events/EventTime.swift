internal import EventBase
internal import EventIO

/// An instant to the microsecond, UTC.
public struct EventTime: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var micros: Int64

    public init(micros: Int64) { self.micros = micros }

    /// Seconds since 1970-01-01T00:00:00Z; fractions are cut to microseconds. Values beyond Int64 microseconds clamp.
    public init(seconds: Double) {
        let scaled = (seconds * 1_000_000).rounded(.towardZero)
        micros = scaled >= 9.2e18 ? .max : scaled <= -9.2e18 ? .min : scaled.isNaN ? 0 : Int64(scaled)
    }

    /// The present, by the system's clock.
    public static var now: EventTime { EventTime(micros: WallClock.nowMicros()) }

    public static func < (a: EventTime, b: EventTime) -> Bool { a.micros < b.micros }
}

extension EventTime: CustomStringConvertible {
    /// `2024-03-01 12:30:15`, with a fraction where there is one; UTC.
    public var description: String { TimestampText.print(micros: micros) }

    /// `2024-03-01`; UTC.
    public var dayDescription: String { TimestampText.print(day: Int(CalendarMath.day(ofMicros: micros))) }
}
