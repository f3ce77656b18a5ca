package import EventBase

/// `FUNNEL FROM table STEPS ...` with its clauses. SPEC 3.
package struct FunnelStatement: Sendable, Equatable {
    package enum Order: String, Sendable {
        case ordered = "ORDERED"
        /// Consecutive rows of the person.
        case strict = "STRICT"
        /// Consecutive among the rows that match a step.
        case strictAmongSteps = "STRICT AMONG STEPS"
        case any = "ANY ORDER"
    }
    package enum Ties: String, Sendable { case any = "ANY", strict = "STRICT" }
    /// Which step-1 row opens an attempt: only the first, every one with the best reported, every one reported.
    package enum Entry: String, Sendable { case first = "FIRST", last = "LAST", best = "BEST", every = "EVERY" }
    package typealias Breakdown = EventSyntax.Breakdown

    package struct Step: Sendable, Equatable {
        /// Which of a person's rows may be the step: any, the first that matches the filter, or the first of that event if
        /// it matches; "first" looks at all history (S24).
        package enum Occurrence: String, Sendable { case any = "", firstTime = "FIRST TIME", firstEver = "FIRST EVER" }

        /// The label before the colon, or the event name, made unique by the parser (`name_2`).
        package var name: String
        package var selector: EventSelector
        package var isOptional = false
        /// In ANY ORDER: the step keeps its place and the others move around it.
        package var isAnchored = false
        package var occurrence: Occurrence = .any
        /// WITHIN d OF PREVIOUS.
        package var gap: Duration?

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

    /// LIST ...: which rows the statement yields.
    package enum Output: Sendable, Equatable {
        /// One row a step (the default).
        case steps
        /// People: all with the step they reached, those who reached a step, or those who reached it and went no further.
        case users
        case usersAt(String)
        case usersDroppedAfter(String)
        /// One row a conversion with the time of each step.
        case times
        /// Conversion times in bins; nil: as many as the cube root of the conversions (S21).
        case histogram(bins: Int?)
    }

    package var table: String
    /// BY column: who is counted instead of the person (S17).
    package var key: Expression?
    package var steps: [Step] = []
    /// All windows asked for; each yields its own rows.
    package var windows: [Duration] = []
    /// WITHIN SESSION.
    package var withinSession = false
    package var order: Order = .ordered
    package var ties: Ties = .any
    /// TIES WITHIN d: rows in one slot of that length are at one instant.
    package var tieSlot: Duration?
    package var entry: Entry = .best
    package var exclusions: [Exclusion] = []
    package var hold: [Expression] = []
    package var breakdown: Breakdown?
    /// EVERY unit: one row set per bucket of the entry row.
    package var every: CalendarUnit?
    package var calendar = CalendarOptions()
    package var count: CountUnit = .users
    /// Of the interval on every rate.
    package var confidence: Double?
    package var output: Output = .steps
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }

    /// The first window.
    package var window: Duration? { windows.first }
}
