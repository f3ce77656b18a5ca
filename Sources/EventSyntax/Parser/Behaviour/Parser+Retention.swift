import EventBase

/// RETENTION: START and RETURN are needed, all clauses stand in any order.
extension Parser {
    mutating func retention(_ table: String, _ start: Token) throws(EventSQLError) -> RetentionStatement {
        let nothing = EventSelector(names: [], filter: nil, position: start.position)
        var retention = RetentionStatement(
            table: table, start: nothing, returning: nothing, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        while true {
            if try commonClause(
                &common, [.key, .every, .breakdown, .calendar, .confidence, .users, .minimum, .filter], &log)
            {
                continue
            }
            guard try retentionClause(&retention, &log) else { break }
        }
        guard log.has("START") else { throw unexpected("START and an event", hint: "write START 'signed_up'") }
        guard log.has("RETURN") else { throw unexpected("RETURN and an event", hint: "write RETURN ANY EVENT") }
        retention.key = common.key
        retention.every = common.every ?? .day
        retention.breakdown = common.breakdown
        retention.calendar = common.calendar
        retention.confidence = common.confidence
        retention.listsUsers = common.listsUsers
        retention.minimum = common.minimum ?? 1
        retention.filter = common.filter
        return retention
    }

    private mutating func retentionClause(
        _ retention: inout RetentionStatement, _ log: inout ClauseLog
    ) throws(EventSQLError) -> Bool {
        let start = token
        if try take(.start, &log) {
            retention.start = try selector()
        } else if try take(.return, &log) {
            retention.returning = try selector()
        } else if try take(.periods, &log) {
            retention.periods = try positiveNumber(after: "PERIODS")
        } else if let occurrence = retentionOccurrence() {
            try log.note("FIRST TIME, FIRST EVER or RECURRING", start, in: self)
            retention.occurrence = occurrence
        } else if let criterion = retentionCriterion() {
            try log.note("ON, ON OR AFTER, ON OR BEFORE or STREAK", start, in: self)
            retention.criterion = criterion
        } else if try take(.clock, &log) {
            retention.clock = accept(.rolling) ? .rolling : .calendar
            if retention.clock == .calendar, !accept(.calendar) {
                throw unexpected("CALENDAR or ROLLING after CLOCK")
            }
        } else if try take(.brackets, &log) {
            retention.brackets = try brackets()
        } else if try take(.value, &log) {
            retention.value = try retentionValue()
        } else {
            return false
        }
        return true
    }

    private mutating func retentionOccurrence() -> RetentionStatement.Occurrence? {
        if accept(.first, .time) { return .firstTime }
        if accept(.first, .ever) { return .firstEver }
        return accept(.recurring) ? .recurring : nil
    }

    private mutating func retentionCriterion() -> RetentionStatement.Criterion? {
        if accept(.on, .or, .after) { return .onOrAfter }
        if accept(.on, .or, .before) { return .onOrBefore }
        if accept(.on) { return .on }
        return accept(.streak) ? .streak : nil
    }

    /// `(1, 3, 7, 14, 30)`, rising.
    private mutating func brackets() throws(EventSQLError) -> [Int] {
        let opener = try open(after: "BRACKETS")
        var last = 0
        let brackets = try list { (parser) throws(EventSQLError) in
            let start = parser.token
            let value = try parser.positiveNumber(after: "BRACKETS")
            guard value > last else {
                throw EventSQLError(
                    .syntax, "expected rising numbers after BRACKETS, found \(value) behind \(last)",
                    position: start.position)
            }
            last = value
            return value
        }
        try close(opener)
        return brackets
    }

    private mutating func retentionValue() throws(EventSQLError) -> RetentionStatement.Value {
        let isSum = accept(.sum)
        if !isSum, !accept(.avg) { throw unexpected("SUM(...) or AVG(...) after VALUE") }
        let opener = try open()
        let expression = try expression()
        try close(opener)
        return isSum ? .sum(expression) : .average(expression)
    }
}
