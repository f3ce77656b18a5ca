import EventBase

/// Which clauses of a behaviour statement have been read, so that a second one can name the first.
struct ClauseLog {
    private var positions: [String: SourcePosition] = [:]

    /// Notes a clause that may stand once.
    mutating func note(_ clause: String, _ token: Token, in parser: Parser) throws(EventSQLError) {
        if let first = positions[clause] { throw parser.duplicate(clause, first: first, again: token) }
        positions[clause] = token.position
    }

    func has(_ clause: String) -> Bool { positions[clause] != nil }
}

/// The clauses that several behaviour statements share.
struct CommonClauses {
    enum Clause: CaseIterable { case key, every, breakdown, calendar, confidence, count, users, minimum, filter }

    var key: Expression?
    var every: CalendarUnit?
    var breakdown: Breakdown?
    var calendar = CalendarOptions()
    var confidence: Double?
    var count: CountUnit?
    var listsUsers = false
    var minimum: Int?
    var filter: Expression?
}

extension Parser {
    /// Reads the clause at the current token if it is one of `allowed`; false leaves the token alone.
    ///
    /// `steps` are the names that ATTRIBUTE STEP may mean.
    mutating func commonClause(
        _ clauses: inout CommonClauses, _ allowed: [CommonClauses.Clause], _ log: inout ClauseLog, steps: [String] = []
    ) throws(EventSQLError) -> Bool {
        for clause in allowed where try commonClause(clause, &clauses, &log, steps) { return true }
        return false
    }

    private mutating func commonClause(
        _ clause: CommonClauses.Clause, _ clauses: inout CommonClauses, _ log: inout ClauseLog, _ steps: [String]
    ) throws(EventSQLError) -> Bool {
        let start = token
        switch clause {
        case .key:
            guard try take(.by, &log) else { return false }
            clauses.key = try expression()
        case .every:
            guard try take(.every, &log) else { return false }
            clauses.every = try calendarUnit(after: "EVERY")
        case .breakdown:
            guard try take(.breakdown, &log) else { return false }
            clauses.breakdown = try breakdown(steps)
        case .calendar: return try calendarClause(&clauses.calendar, &log)
        case .confidence:
            guard accept(.with, .confidence) else { return false }
            try log.note("WITH CONFIDENCE", start, in: self)
            clauses.confidence = try confidence()
        case .count:
            guard try take(.count, &log) else { return false }
            clauses.count = try countUnit()
        case .users:
            guard accept(.list, .users) else { return false }
            try log.note("LIST USERS", start, in: self)
            clauses.listsUsers = true
        case .minimum:
            guard try take(.minimum, &log) else { return false }
            clauses.minimum = try positiveNumber(after: "MINIMUM")
        case .filter:
            guard try take(.where, &log) else { return false }
            clauses.filter = try expression()
        }
        return true
    }

    /// Takes a clause's keyword and notes it.
    mutating func take(_ keyword: Keyword, _ log: inout ClauseLog) throws(EventSQLError) -> Bool {
        let start = token
        guard accept(keyword) else { return false }
        try log.note(keyword.spelling, start, in: self)
        return true
    }

    /// `WEEK STARTS MONDAY | SUNDAY`, `ZONE 'Europe/Berlin'`, `ZONE properties.tz [ELSE 'UTC']`.
    private mutating func calendarClause(
        _ calendar: inout CalendarOptions, _ log: inout ClauseLog
    ) throws(EventSQLError) -> Bool {
        let start = token
        if accept(.week, .starts) {
            try log.note("WEEK STARTS", start, in: self)
            if accept(.sunday) {
                calendar.weekStart = .sunday
            } else {
                guard accept(.monday) else { throw unexpected("MONDAY or SUNDAY after WEEK STARTS") }
                calendar.weekStart = .monday
            }
            return true
        }
        guard try take(.zone, &log) else { return false }
        let what = "a time zone such as 'Europe/Berlin'"
        if token.kind == .string || token.kind == .escapeString {
            calendar.zone = try string(what)
            return true
        }
        if atEnd { throw unexpected(what) }
        calendar.personalZone = try expression()
        if accept(.else) { calendar.zone = try string(what) }
        return true
    }

    private mutating func confidence() throws(EventSQLError) -> Double {
        guard token.kind == .decimal || token.kind == .integer, let value = NumberText.double(source.text(token)),
            value > 0, value < 1
        else {
            throw unexpected("a number between 0 and 1 after WITH CONFIDENCE", hint: "write WITH CONFIDENCE 0.95")
        }
        advance()
        return value
    }

    private mutating func countUnit() throws(EventSQLError) -> CountUnit {
        if accept(.users) { return .users }
        if accept(.sessions) { return .sessions }
        guard accept(.totals) else { throw unexpected("USERS, SESSIONS or TOTALS after COUNT") }
        return .totals
    }

    /// What follows BREAKDOWN.
    private mutating func breakdown(_ steps: [String]) throws(EventSQLError) -> Breakdown {
        var breakdown = Breakdown(expression: try expression())
        var log = ClauseLog()
        while true {
            if try take(.attribute, &log) {
                if accept(.entry) {
                    breakdown.attribution = .entry
                } else if accept(.first) {
                    breakdown.attribution = .first
                } else if accept(.last) {
                    breakdown.attribution = .last
                } else if accept(.all) {
                    breakdown.attribution = .all
                } else if !steps.isEmpty, accept(.step) {
                    breakdown.attribution = .step(try stepReference(steps))
                } else {
                    throw unexpected(
                        "ENTRY, FIRST, LAST\(steps.isEmpty ? " or ALL" : ", ALL or STEP") after ATTRIBUTE")
                }
            } else if try take(.top, &log) {
                breakdown.top = try positiveNumber(after: "TOP")
            } else {
                return breakdown
            }
        }
    }
}
