import EventBase

/// Statements about what people do over time, alone or inside `FROM (...)`.
extension Parser {
    /// FUNNEL, RETENTION and their kin are names unless FROM follows.
    func startsBehaviour(ahead: Int) -> Bool {
        let next = peek(ahead + 1)
        switch peek(ahead).keyword {
        case .funnel, .retention, .paths, .stickiness, .lifecycle, .sessions, .trends: return next.keyword == .from
        case .timeline: return next.kind == .string || next.kind == .escapeString || next.kind == .parameter
        default: return false
        }
    }

    mutating func behaviour() throws(EventSQLError) -> BehaviourStatement {
        try enter()
        defer { depth -= 1 }
        let start = token
        advance()
        if start.keyword == .timeline { return .timeline(try timeline(start)) }
        try expect(.from)
        let table = try tableName()
        switch start.keyword {
        case .funnel: return .funnel(try funnel(table, start))
        case .retention: return .retention(try retention(table, start))
        case .paths: return .paths(try paths(table, start))
        case .stickiness: return .stickiness(try stickiness(table, start))
        case .lifecycle: return .lifecycle(try lifecycle(table, start))
        case .sessions: return .sessions(try sessions(table, start))
        default: return .trends(try trends(table, start))
        }
    }

    /// `'a'`, `'a' OR 'b'`, `IN ('a', 'b')` or `ANY EVENT`, with a row predicate behind WHERE.
    mutating func selector() throws(EventSQLError) -> EventSelector {
        var selector = try bareSelector()
        guard accept(.where) else { return selector }
        if isBeforePeriod {
            let opener = try open()
            selector.filter = try enclosed { (parser) throws(EventSQLError) in try parser.expression() }
            try close(opener)
        } else {
            selector.filter = try expression()
        }
        return selector
    }

    /// In a cohort's condition `WHERE (...) BETWEEN` is a filter in parentheses and the period behind it.
    private var isBeforePeriod: Bool {
        guard inCohortFilter, token.isSymbol(.open) else { return false }
        var (ahead, depth) = (0, 0)
        repeat {
            if peek(ahead).isSymbol(.open) { depth += 1 }
            if peek(ahead).isSymbol(.close) { depth -= 1 }
            ahead += 1
        } while depth > 0 && peek(ahead).kind != .end
        return peek(ahead).keyword == .between
    }

    /// A selector without WHERE.
    mutating func bareSelector() throws(EventSQLError) -> EventSelector {
        let start = token
        var names: [String] = []
        if at(.any), peek().keyword == .event || peek().keyword == .events {
            advance()
            advance()
        } else if accept(.in) {
            let opener = try open(after: "IN")
            names = try list { (parser) throws(EventSQLError) in try parser.string("an event name") }
            try close(opener)
        } else {
            names.append(try string("an event name or ANY EVENT"))
            while at(.or), peek().kind == .string || peek().kind == .escapeString {
                advance()
                names.append(try string("an event name"))
            }
        }
        return EventSelector(names: names, filter: nil, position: span(from: start))
    }

    /// `7 DAYS`, `90 SECONDS`.
    mutating func duration(after what: String) throws(EventSQLError) -> Duration {
        let number = token
        guard number.kind == .integer || number.kind == .decimal,
            let amount = NumberText.double(source.text(number))
        else { throw unexpected("a length of time after \(what)", hint: "write \(what) 7 DAYS") }
        advance()
        let digits = source.text(number).filter { $0 != "_" }
        guard token.kind == .word, let unit = Self.durationUnits[source.text(token).lowercased()] else {
            let isLonger = ["month", "months", "quarter", "year", "years"].contains(source.text(token).lowercased())
            throw unexpected(
                "a unit such as DAYS after \(what) \(digits)",
                hint: isLonger
                    ? "windows have a fixed length; write it in DAYS"
                    : "write \(what) \(digits) DAYS; units are SECONDS, MINUTES, HOURS, DAYS, WEEKS")
        }
        let micros = amount * Double(unit)
        guard micros >= 0, micros < 9e18 else {
            throw EventSQLError(
                .syntax, "expected a length of time below 292 000 years, found \(digits)", position: number.position)
        }
        let exact = NumberText.integer(digits).map { $0 * unit } ?? Int64(micros.rounded())
        let text = digits + " " + source.text(token).uppercased()
        advance()
        return Duration(micros: exact, text: text)
    }

    private static let durationUnits: [String: Int64] = [
        "millisecond": 1000, "milliseconds": 1000, "second": CalendarMath.microsPerSecond,
        "seconds": CalendarMath.microsPerSecond, "minute": CalendarMath.microsPerMinute,
        "minutes": CalendarMath.microsPerMinute, "hour": CalendarMath.microsPerHour,
        "hours": CalendarMath.microsPerHour, "day": CalendarMath.microsPerDay, "days": CalendarMath.microsPerDay,
        "week": CalendarMath.microsPerDay * 7, "weeks": CalendarMath.microsPerDay * 7,
    ]

    /// HOUR, DAY, WEEK or MONTH.
    mutating func calendarUnit(after what: String) throws(EventSQLError) -> CalendarUnit {
        for unit in CalendarUnit.allCases {
            let keyword: Keyword =
                switch unit {
                case .hour: .hour
                case .day: .day
                case .week: .week
                case .month: .month
                case .quarter: .quarter
                case .year: .year
                }
            if accept(keyword) { return unit }
        }
        throw unexpected("HOUR, DAY, WEEK, MONTH, QUARTER or YEAR after \(what)")
    }

    /// A positive whole number.
    mutating func positiveNumber(after what: String) throws(EventSQLError) -> Int {
        let start = token
        let value = try wholeNumber("a number after \(what)")
        guard value > 0 else {
            throw EventSQLError(
                .syntax, "expected a number of at least 1 after \(what), found \(value)", position: start.position)
        }
        return value
    }
}
