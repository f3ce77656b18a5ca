import EventBase

/// The first word of a statement decides what it is.
extension Parser {
    mutating func statement() throws(EventSQLError) -> Statement {
        if atQuery || at(.open) {
            let query = try query()
            guard case .behaviour(let behaviour) = query.body, query == Query(body: query.body), at(.as),
                peek().keyword == .sql
            else { return .query(query) }
            advance()
            advance()
            return .asSQL(behaviour)
        }
        let start = token
        let reader = token.keyword.flatMap { Self.readers[$0] }
        guard token.kind == .word, let reader else { throw unexpectedStatement() }
        advance()
        return try reader(&self, start)
    }

    private typealias Reader = @Sendable (inout Parser, Token) throws(EventSQLError) -> Statement

    /// By first word; the word has been taken.
    private static let readers: [Keyword: Reader] = [
        .explain: { (parser, start) throws(EventSQLError) in try parser.explain(start) },
        .describe: { (parser, start) throws(EventSQLError) in try parser.describe(start) },
        .desc: { (parser, start) throws(EventSQLError) in try parser.describe(start) },
        .show: { (parser, start) throws(EventSQLError) in try parser.show(start) },
        .create: { (parser, start) throws(EventSQLError) in try parser.create(start) },
        .drop: { (parser, start) throws(EventSQLError) in try parser.drop(start) },
        .insert: { (parser, start) throws(EventSQLError) in try parser.insert(start) },
        .update: { (parser, start) throws(EventSQLError) in try parser.update(start) },
        .delete: { (parser, start) throws(EventSQLError) in try parser.delete(start) },
        .forget: { (parser, start) throws(EventSQLError) in try parser.forget(start) },
        .purge: { (parser, start) throws(EventSQLError) in try parser.purge(start) },
        .alter: { (parser, start) throws(EventSQLError) in try parser.alter(start) },
        .identify: { (parser, start) throws(EventSQLError) in try parser.identify(start) },
        .unidentify: { (parser, start) throws(EventSQLError) in try parser.unidentify(start) },
        .refresh: { (parser, start) throws(EventSQLError) in try parser.refresh(start) },
        .summarize: { (parser, start) throws(EventSQLError) in try parser.summarize(start) },
        .set: { (parser, start) throws(EventSQLError) in try parser.set(start) },
        .reset: { (parser, start) throws(EventSQLError) in try parser.reset(start) },
        .copy: { (parser, start) throws(EventSQLError) in try parser.copy(start) },
    ]

    private func unexpectedStatement() -> EventSQLError {
        let openers: [Keyword] =
            [.select, .with, .from, .values, .funnel, .retention, .paths, .stickiness, .lifecycle, .sessions, .trends]
            + [.timeline] + Self.readers.keys
        let behaviours: [Keyword] = [.funnel, .retention, .paths, .stickiness, .lifecycle, .sessions, .trends]
        var hint: String?
        if let keyword = token.keyword, behaviours.contains(keyword) {
            hint = "write \(keyword.spelling) FROM events ..."
        } else if token.keyword == .timeline {
            hint = "write TIMELINE 'user'"
        } else if token.kind == .word {
            let words = openers.map(\.rawValue).sorted()
            hint = EditDistance.nearest(to: source.text(token), in: words).map { "did you mean \($0.uppercased())?" }
        }
        return EventSQLError(
            .syntax, "expected a statement, found \(describe(token))", hint: hint, position: token.position)
    }

    private mutating func explain(_ start: Token) throws(EventSQLError) -> Statement {
        if at(.cohort), isName(peek()) {
            advance()
            let name = try name("a cohort name")
            try expect(.for)
            return .explainCohort(name: name, user: try person("a user id"), start.position)
        }
        let analyze = accept(.analyze)
        let inner = try nested { (parser) throws(EventSQLError) in try parser.statement() }
        return .explain(.statement(inner), analyze: analyze)
    }

    private mutating func describe(_ start: Token) throws(EventSQLError) -> Statement {
        if atQuery || at(.open) { return .describeQuery(try query(), start.position) }
        _ = at(.table) && isName(peek()) && accept(.table)
        return .describe(table: try tableName(), start.position)
    }

    private mutating func show(_ start: Token) throws(EventSQLError) -> Statement {
        var words: [String] = []
        while token.kind == .word {
            words.append(source.text(token).lowercased())
            advance()
        }
        if words.isEmpty { throw unexpected("TABLES, COHORTS or a setting after SHOW") }
        return .show(what: words.joined(separator: " "), start.position)
    }
}
