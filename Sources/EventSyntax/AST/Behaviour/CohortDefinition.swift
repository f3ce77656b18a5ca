package import EventBase

/// What follows AS in CREATE COHORT.
package struct CohortDefinition: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        /// `USERS [FROM table] WHERE condition [AS OF TIMESTAMP '...']`; `asOf` is the end of every LAST period, nil: the
        /// latest event, but never later than now.
        case users(table: String, condition: CohortCondition, asOf: String?)
        /// A query whose first column names people.
        case query(Query)
    }

    package var source: Source
    /// The text after AS, stored with the cohort.
    package var text: String

    package init(source: Source, text: String) {
        self.source = source
        self.text = text
    }
}

package indirect enum CohortCondition: Sendable, Equatable {
    case and(CohortCondition, CohortCondition)
    case or(CohortCondition, CohortCondition)
    case not(CohortCondition)
    /// `DID 'x'`, `COUNT('x') >= n`, `SUM(path OF 'x') > n`, `FIRST DID 'x'`.
    case performed(PerformedCondition)
    /// `DID 'a' THEN 'b' [THEN ...] [WITHIN d]`.
    case sequence(SequenceCondition)
    case inCohort(String, SourcePosition)
}

/// When a condition's events must lie.
package enum CohortPeriod: Sendable, Equatable {
    case allTime
    /// IN LAST n DAYS.
    case last(Duration)
    /// BETWEEN a AND b, both inclusive; a constant of a date or an instant.
    case between(Expression, Expression)
    /// SINCE a, inclusive.
    case since(Expression)
    /// BEFORE a, exclusive.
    case before(Expression)
}

package struct PerformedCondition: Sendable, Equatable {
    package enum Comparison: String, Sendable {
        case equal = "=", notEqual = "<>", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }
    /// What is compared with the threshold.
    package enum Measure: Sendable, Equatable {
        case count
        /// Calendar days, weeks or months (UTC) with a matching event.
        case periods(CalendarUnit)
        /// Different values on matching events.
        case distinct(Expression)
        case sum(Expression), average(Expression), minimum(Expression), maximum(Expression)
    }
    /// Which of the person's matching events must lie in the period: any, the first of all time, the last of all time.
    package enum Occurrence: String, Sendable { case any = "", first = "FIRST", last = "LAST" }

    package var selector: EventSelector
    package var measure: Measure = .count
    package var comparison: Comparison = .greaterOrEqual
    package var threshold: Double = 1
    package var occurrence: Occurrence = .any
    package var period: CohortPeriod = .allTime
    /// Of the condition's first word.
    package var position: SourcePosition

    package init(selector: EventSelector) {
        self.selector = selector
        position = selector.position
    }

    /// The threshold of a count.
    package var count: Int {
        get { Int(threshold) }
        set { threshold = Double(newValue) }
    }
}

package struct SequenceCondition: Sendable, Equatable {
    /// Two or more, in order.
    package var steps: [EventSelector]
    /// From the first to the last.
    package var within: Duration?
    package var period: CohortPeriod = .allTime
    package var position: SourcePosition

    package init(steps: [EventSelector], position: SourcePosition) {
        self.steps = steps
        self.position = position
    }
}
