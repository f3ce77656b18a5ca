import EventBase

/// TRENDS: SERIES and FORMULA hold named measures, the other clauses stand in any order.
extension Parser {
    mutating func trends(_ table: String, _ start: Token) throws(EventSQLError) -> TrendsStatement {
        var trends = TrendsStatement(table: table, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        var labels: Set<String> = []
        while true {
            if try commonClause(&common, [.key, .every, .breakdown, .calendar, .filter], &log) { continue }
            if try take(.series, &log) {
                trends.series = try list { (parser) throws(EventSQLError) in try parser.series(&labels) }
            } else if try take(.formula, &log) {
                trends.formulas = try list { (parser) throws(EventSQLError) in
                    let label = try parser.label()
                    let start = parser.token
                    let expression = try parser.expression()
                    let name = Self.unique(label ?? parser.text(from: start), &labels)
                    return TrendsStatement.Formula(name: name, expression: expression)
                }
            } else {
                break
            }
        }
        guard !trends.series.isEmpty else {
            throw unexpected("SERIES", hint: "write SERIES visits: COUNT OF 'page_viewed', people: USERS OF ANY EVENT")
        }
        trends.key = common.key
        trends.every = common.every ?? .day
        trends.calendar = common.calendar
        trends.breakdown = common.breakdown
        trends.filter = common.filter
        return trends
    }

    /// `name: USERS OF 'x' [WHERE ...] [OVER d]`.
    private mutating func series(_ labels: inout Set<String>) throws(EventSQLError) -> TrendsStatement.Series {
        let start = token
        let label = try label()
        let first = token
        let measure = try trendMeasure()
        try expect(.of)
        let selector = try selector()
        let over = accept(.over) ? try duration(after: "OVER") : nil
        if let label, labels.contains(label) {
            throw EventSQLError(
                .syntax, "expected a new series name, found '\(label)' a second time", position: start.position)
        }
        var series = TrendsStatement.Series(
            name: Self.unique(label ?? text(from: first), &labels), measure: measure, selector: selector)
        series.over = over
        return series
    }

    private mutating func trendMeasure() throws(EventSQLError) -> TrendsStatement.Measure {
        if accept(.count) { return .count }
        if accept(.users) { return .users }
        if accept(.sessions) { return .sessions }
        let measures: [Keyword] = [.sum, .avg, .min, .max, .median, .quantile]
        guard let keyword = measures.first(where: { at($0) }) else {
            throw unexpected(
                "COUNT, USERS, SESSIONS, SUM(...), AVG(...), MIN(...), MAX(...), MEDIAN(...) or QUANTILE(..., 0.9)")
        }
        advance()
        let opener = try open()
        let operand = try expression()
        let share = keyword == .quantile ? try quantileShare() : 0.5
        try close(opener)
        switch keyword {
        case .sum: return .sum(operand)
        case .avg: return .average(operand)
        case .min: return .minimum(operand)
        case .max: return .maximum(operand)
        default: return .quantile(operand, share)
        }
    }

    private mutating func quantileShare() throws(EventSQLError) -> Double {
        let what = "a number from 0 to 1 in QUANTILE"
        let hint = "write QUANTILE(properties.amount, 0.9)"
        guard accept(.comma) else { throw unexpected("a comma and " + what, hint: hint) }
        guard token.kind == .decimal || token.kind == .integer, let share = NumberText.double(source.text(token)),
            share <= 1
        else { throw unexpected(what, hint: hint) }
        advance()
        return share
    }
}
