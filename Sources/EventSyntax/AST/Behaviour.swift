package import EventBase

/// A statement about what people do over time; stands alone or in FROM (...). SPEC 3.
package indirect enum BehaviourStatement: Sendable, Equatable {
    case funnel(FunnelStatement)
    case retention(RetentionStatement)
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

package struct FunnelStatement: Sendable, Equatable {
    package enum Order: String, Sendable { case ordered = "ORDERED", strict = "STRICT", any = "ANY ORDER" }
    package enum Ties: String, Sendable { case any = "ANY", strict = "STRICT" }

    package struct Step: Sendable, Equatable {
        /// The label before the colon, or the event name, made unique by the parser (`name_2`).
        package var name: String
        package var selector: EventSelector
        package var isOptional = false

        package init(name: String, selector: EventSelector) {
            self.name = name
            self.selector = selector
        }
    }

    package struct Exclusion: Sendable, Equatable {
        package var selector: EventSelector
        /// Step names; nil means between every pair.
        package var between: (first: String, second: String)?
        package var dropsUser = false

        package init(selector: EventSelector, between: (first: String, second: String)?) {
            self.selector = selector
            self.between = between
        }

        package static func == (a: Self, b: Self) -> Bool {
            a.selector == b.selector && a.dropsUser == b.dropsUser && a.between?.first == b.between?.first
                && a.between?.second == b.between?.second
        }
    }

    package struct Breakdown: Sendable, Equatable {
        package enum Attribution: Sendable, Equatable { case entry, first, last, all, step(String) }
        package var expression: Expression
        package var attribution: Attribution = .entry
        package var top: Int?

        package init(expression: Expression) { self.expression = expression }
    }

    package var table: String
    package var steps: [Step] = []
    package var window: Duration?
    package var order: Order = .ordered
    package var ties: Ties = .any
    package var exclusions: [Exclusion] = []
    package var hold: [Expression] = []
    package var breakdown: Breakdown?
    /// EVERY unit: one row set per bucket of the entry row.
    package var every: CalendarUnit?
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}

package enum CalendarUnit: String, Sendable { case hour = "HOUR", day = "DAY", week = "WEEK", month = "MONTH" }

package struct RetentionStatement: Sendable, Equatable {
    package enum Occurrence: String, Sendable { case firstTime = "FIRST TIME", recurring = "RECURRING" }
    package enum Criterion: String, Sendable { case on = "ON", onOrAfter = "ON OR AFTER" }

    package var table: String
    package var start: EventSelector
    package var returning: EventSelector
    package var every: CalendarUnit = .day
    /// Periods after period 0; nil: up to the end of the data.
    package var periods: Int?
    package var occurrence: Occurrence = .firstTime
    package var criterion: Criterion = .on
    package var brackets: [Int] = []
    package var breakdown: Expression?
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, start: EventSelector, returning: EventSelector, position: SourcePosition) {
        self.table = table
        self.start = start
        self.returning = returning
        self.position = position
    }
}

/// `CREATE COHORT name AS USERS [FROM table] WHERE condition`.
package struct CohortDefinition: Sendable, Equatable {
    package var table: String
    package var condition: CohortCondition
    /// `AS OF TIMESTAMP '...'`: the end of every LAST period; nil: the latest event, but never later than now.
    package var asOf: String?
    /// The text after AS, stored with the cohort.
    package var text: String

    package init(table: String, condition: CohortCondition, asOf: String?, text: String) {
        self.table = table
        self.condition = condition
        self.asOf = asOf
        self.text = text
    }
}

package indirect enum CohortCondition: Sendable, Equatable {
    case and(CohortCondition, CohortCondition)
    case or(CohortCondition, CohortCondition)
    case not(CohortCondition)
    /// `DID 'x' [WHERE ...]`, `COUNT('x' [WHERE ...]) >= n`; SUM(path) OF etc. come with the aggregate.
    case performed(PerformedCondition)
    case inCohort(String, SourcePosition)
}

package struct PerformedCondition: Sendable, Equatable {
    package enum Comparison: String, Sendable {
        case equal = "=", notEqual = "<>", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    package var selector: EventSelector
    package var comparison: Comparison = .greaterOrEqual
    package var count: Int = 1
    /// IN LAST n DAYS; nil: in all time.
    package var last: Duration?

    package init(selector: EventSelector) { self.selector = selector }
}
