package import EventBase

/// `RETENTION FROM table START ... RETURN ...` with its clauses. SPEC 3.
package struct RetentionStatement: Sendable, Equatable {
    package enum Occurrence: String, Sendable {
        /// The first start that matches the filter, in all history.
        case firstTime = "FIRST TIME"
        case recurring = "RECURRING"
        /// The first event of that name in all history, if it matches the filter.
        case firstEver = "FIRST EVER"
    }
    package enum Criterion: String, Sendable {
        case on = "ON", onOrAfter = "ON OR AFTER", onOrBefore = "ON OR BEFORE", streak = "STREAK"
    }
    package enum Clock: String, Sendable {
        case calendar = "CALENDAR"
        /// From the person's own start, unrounded.
        case rolling = "ROLLING"
    }
    /// VALUE SUM(x) | AVG(x): a measure of the return events instead of people.
    package enum Value: Sendable, Equatable { case sum(Expression), average(Expression) }

    package var table: String
    package var key: Expression?
    package var start: EventSelector
    package var returning: EventSelector
    package var every: CalendarUnit = .day
    /// Periods after period 0; nil: up to the end of the data.
    package var periods: Int?
    package var occurrence: Occurrence = .firstTime
    package var criterion: Criterion = .on
    package var clock: Clock = .calendar
    package var calendar = CalendarOptions()
    /// Last periods of spans, rising from 1; empty: every period by itself.
    package var brackets: [Int] = []
    package var value: Value?
    /// MINIMUM n: return events a period must have.
    package var minimum = 1
    package var breakdown: Breakdown?
    package var confidence: Double?
    /// LIST USERS: one row a person and period instead of numbers.
    package var listsUsers = false
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, start: EventSelector, returning: EventSelector, position: SourcePosition) {
        self.table = table
        self.start = start
        self.returning = returning
        self.position = position
    }
}
