package import EventBase

/// `STICKINESS FROM table [OF selector] EVERY unit ...`: people by the number of periods they were active in. SPEC 3.
package struct StickinessStatement: Sendable, Equatable {
    package var table: String
    package var key: Expression?
    /// Nil: ANY EVENT.
    package var selector: EventSelector?
    package var every: CalendarUnit = .day
    package var calendar = CalendarOptions()
    /// CUMULATIVE: at least k periods instead of exactly k.
    package var isCumulative = false
    /// Events that make a period active.
    package var minimum = 1
    package var breakdown: Breakdown?
    package var listsUsers = false
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}

/// `LIFECYCLE FROM table [OF selector] EVERY unit ...`: new, returning, resurrecting and dormant people. SPEC 3.
package struct LifecycleStatement: Sendable, Equatable {
    package var table: String
    package var key: Expression?
    /// Nil: ANY EVENT.
    package var selector: EventSelector?
    package var every: CalendarUnit = .day
    package var calendar = CalendarOptions()
    package var breakdown: Breakdown?
    /// LIST USERS: the people of each cell.
    package var listsUsers = false
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}

/// `SESSIONS FROM table ...`: one row a session. SPEC 3.
package struct SessionsStatement: Sendable, Equatable {
    package var table: String
    package var key: Expression?
    /// GAP d: a longer pause ends a session (S53).
    package var gap: Duration?
    /// USING column: the session's own id instead of a gap.
    package var identifier: Expression?
    /// START / END selector: such an event opens or closes a session (S55).
    package var start: EventSelector?
    package var end: EventSelector?
    /// MAXIMUM d: the longest a session may last (S54).
    package var maximum: Duration?
    package var breakdown: Breakdown?
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}

/// `TIMELINE 'user' [FROM table] ...`: everything one person did. SPEC 3.
package struct TimelineStatement: Sendable, Equatable {
    package var table: String
    /// A string or a parameter.
    package var user: Expression
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, user: Expression, position: SourcePosition) {
        self.table = table
        self.user = user
        self.position = position
    }
}
