package import EventBase

/// A statement about what people do over time; stands alone or in FROM (...). SPEC 3.
package indirect enum BehaviourStatement: Sendable, Equatable {
    case funnel(FunnelStatement)
    case retention(RetentionStatement)
    case paths(PathsStatement)
    case stickiness(StickinessStatement)
    case lifecycle(LifecycleStatement)
    case sessions(SessionsStatement)
    case trends(TrendsStatement)
    case timeline(TimelineStatement)
}

/// Which events a step, a start or a condition means: a name, ANY EVENT, any of several names, with a row predicate.
package struct EventSelector: Sendable, Equatable {
    /// Empty for ANY EVENT.
    package var names: [String]
    package var filter: Expression?
    package var position: SourcePosition

    package init(names: [String], filter: Expression?, position: SourcePosition) {
        self.names = names
        self.filter = filter
        self.position = position
    }
}

/// `n SECONDS|MINUTES|HOURS|DAYS|WEEKS`, in microseconds: a day is always 24 hours here (S25).
package struct Duration: Sendable, Equatable {
    package var micros: Int64
    /// As written, for echoing: `30 DAYS`.
    package var text: String

    package init(micros: Int64, text: String) {
        self.micros = micros
        self.text = text
    }
}

package enum CalendarUnit: String, Sendable, CaseIterable {
    case hour = "HOUR", day = "DAY", week = "WEEK", month = "MONTH", quarter = "QUARTER", year = "YEAR"
}

/// How buckets of a calendar are cut: first day of the week, time zone.
package struct CalendarOptions: Sendable, Equatable {
    package enum WeekStart: String, Sendable { case monday = "MONDAY", sunday = "SUNDAY" }

    package var weekStart: WeekStart = .monday
    /// An IANA name; nil: the session's. Beside `personalZone` it is what stands behind ELSE.
    package var zone: String?
    /// Names the zone of each person.
    package var personalZone: Expression?

    package init() {}
}

/// `BREAKDOWN expression [ATTRIBUTE ...] [TOP k]`.
package struct Breakdown: Sendable, Equatable {
    /// Whose value counts: the attempt's entry row, the person's first or last row that has one, every value, or the row of a step.
    package enum Attribution: Sendable, Equatable { case entry, first, last, all, step(String) }

    package var expression: Expression
    package var attribution: Attribution = .entry
    /// The k largest values; the rest becomes one row. Nil: all.
    package var top: Int?

    package init(expression: Expression) { self.expression = expression }
}

/// COUNT USERS | SESSIONS | TOTALS: what a number counts.
package enum CountUnit: String, Sendable { case users = "USERS", sessions = "SESSIONS", totals = "TOTALS" }
