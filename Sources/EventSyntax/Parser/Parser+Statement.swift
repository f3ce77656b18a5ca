import EventBase

/// The first word of a statement decides what it is.
extension Parser {
    mutating func statement() throws(EventSQLError) -> Statement {
        if atQuery || at(.open) { return .query(try query()) }
        let start = token
        switch token.keyword {
        case .explain:
            advance()
            let analyze = accept(.analyze)
            return .explain(.statement(try nested { (parser) throws(EventSQLError) in try parser.statement() }), analyze: analyze)
        case .describe, .desc:
            advance()
            _ = accept(.table)
            return .describe(table: try tableName(), start.position)
        case .show:
            advance()
            return .show(what: try anyName("TABLES, COHORTS or a setting").lowercased(), start.position)
        default: throw unexpectedStatement()
        }
    }

    private func unexpectedStatement() -> EventSQLError {
        let openers: [Keyword] = [
            .select, .with, .from, .values, .funnel, .retention, .paths, .stickiness, .lifecycle, .sessions, .trends,
            .timeline, .explain, .describe, .show, .create, .drop, .refresh, .insert, .delete, .forget, .purge, .alter,
            .identify, .unidentify, .copy, .set, .reset, .summarize,
        ]
        var hint: String?
        if token.kind == .word, let meant = EditDistance.nearest(to: source.text(token), in: openers.map(\.rawValue)) {
            hint = "did you mean \(meant.uppercased())?"
        }
        return EventSQLError(
            .syntax, "expected a statement, found \(describe(token))", hint: hint, position: token.position)
    }
}
