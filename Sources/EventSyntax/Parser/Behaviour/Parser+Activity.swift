import EventBase

/// STICKINESS, LIFECYCLE, SESSIONS, TIMELINE.
extension Parser {
    mutating func stickiness(_ table: String, _ start: Token) throws(EventSQLError) -> StickinessStatement {
        var stickiness = StickinessStatement(table: table, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        while true {
            if try commonClause(
                &common, [.key, .every, .breakdown, .calendar, .users, .minimum, .filter], &log)
            {
                continue
            }
            if try take(.of, &log) {
                stickiness.selector = try selector()
            } else if try take(.cumulative, &log) {
                stickiness.isCumulative = true
            } else {
                break
            }
        }
        stickiness.key = common.key
        stickiness.every = common.every ?? .day
        stickiness.calendar = common.calendar
        stickiness.minimum = common.minimum ?? 1
        stickiness.breakdown = common.breakdown
        stickiness.listsUsers = common.listsUsers
        stickiness.filter = common.filter
        return stickiness
    }

    mutating func lifecycle(_ table: String, _ start: Token) throws(EventSQLError) -> LifecycleStatement {
        var lifecycle = LifecycleStatement(table: table, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        while true {
            if try commonClause(&common, [.key, .every, .breakdown, .calendar, .users, .filter], &log) { continue }
            guard try take(.of, &log) else { break }
            lifecycle.selector = try selector()
        }
        lifecycle.key = common.key
        lifecycle.every = common.every ?? .day
        lifecycle.calendar = common.calendar
        lifecycle.breakdown = common.breakdown
        lifecycle.listsUsers = common.listsUsers
        lifecycle.filter = common.filter
        return lifecycle
    }

    mutating func sessions(_ table: String, _ start: Token) throws(EventSQLError) -> SessionsStatement {
        var sessions = SessionsStatement(table: table, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        while true {
            if try commonClause(&common, [.key, .breakdown, .filter], &log) { continue }
            let clause = token
            if try take(.gap, &log) {
                sessions.gap = try duration(after: "GAP")
            } else if try take(.using, &log) {
                sessions.identifier = try expression()
            } else if try take(.start, &log) {
                sessions.start = try selector()
            } else if try take(.end, &log) {
                sessions.end = try selector()
            } else if try take(.maximum, &log) {
                sessions.maximum = try duration(after: "MAXIMUM")
            } else {
                break
            }
            if sessions.gap != nil, sessions.identifier != nil {
                throw EventSQLError(
                    .syntax, "expected GAP or USING, found both",
                    hint: "a session is told by a pause or by its own id", position: clause.position)
            }
        }
        sessions.key = common.key
        sessions.breakdown = common.breakdown
        sessions.filter = common.filter
        return sessions
    }

    mutating func timeline(_ start: Token) throws(EventSQLError) -> TimelineStatement {
        let user = try person("a user id")
        var timeline = TimelineStatement(
            table: accept(.from) ? try tableName() : Self.defaultTable, user: user, position: start.position)
        if accept(.where) { timeline.filter = try expression() }
        return timeline
    }

    /// A person's id: a string or a parameter.
    mutating func person(_ what: String) throws(EventSQLError) -> Expression {
        if token.kind == .parameter || at(.question) { return try prefix() }
        let start = token
        return .literal(.string(try string(what)), start.position)
    }
}
