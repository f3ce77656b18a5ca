import EventBase

/// Looking at tokens, taking them, and saying what was expected.
extension Parser {
    var token: Token { tokens[index] }

    var atEnd: Bool { token.kind == .end || token.isSymbol(.semicolon) }

    func peek(_ ahead: Int = 1) -> Token { tokens[min(index + ahead, tokens.count - 1)] }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
        tried.removeAll(keepingCapacity: true)
    }

    /// Whether the current token is this keyword; remembers that it was looked for.
    mutating func at(_ keyword: Keyword) -> Bool {
        if token.keyword == keyword { return true }
        tried.append(keyword)
        return false
    }

    func at(_ symbol: Symbol) -> Bool { token.symbol == symbol }

    /// Whether the next tokens are these keywords.
    mutating func at(_ first: Keyword, _ rest: Keyword...) -> Bool {
        guard at(first) else { return false }
        for (ahead, keyword) in rest.enumerated() where peek(ahead + 1).keyword != keyword { return false }
        return true
    }

    mutating func accept(_ keyword: Keyword) -> Bool {
        guard at(keyword) else { return false }
        advance()
        return true
    }

    /// Takes a run of keywords, all or none.
    mutating func accept(_ first: Keyword, _ second: Keyword, _ third: Keyword? = nil) -> Bool {
        guard at(first), peek().keyword == second, third == nil || peek(2).keyword == third else { return false }
        for _ in 0..<(third == nil ? 2 : 3) { advance() }
        return true
    }

    mutating func accept(_ symbol: Symbol) -> Bool {
        guard at(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ keyword: Keyword) throws(EventSQLError) {
        guard accept(keyword) else { throw unexpected(keyword.spelling) }
    }

    mutating func expect(_ symbol: Symbol, after what: String? = nil) throws(EventSQLError) {
        guard accept(symbol) else {
            throw unexpected("'\(symbol.rawValue)'" + (what.map { " after \($0)" } ?? ""))
        }
    }

    /// Takes `(` and returns it, so that a missing `)` can point at it.
    mutating func open(after what: String? = nil) throws(EventSQLError) -> Token {
        let opener = token
        try expect(.open, after: what)
        return opener
    }

    /// Takes the `)` that belongs to `opener`.
    mutating func close(_ opener: Token) throws(EventSQLError) {
        if accept(.close) { return }
        if atEnd {
            throw EventSQLError(
                .syntax, "expected ')', found the end of the statement",
                hint: "the parenthesis that opens here is never closed", position: opener.position)
        }
        let error = unexpected("',' or ')'")
        let isClause = token.keyword?.isReserved == true
        let open = "the parenthesis of line \(opener.position.line), column \(opener.position.column) is still open"
        throw EventSQLError(
            .syntax, error.message, hint: isClause ? open : error.hint ?? open, position: error.position)
    }

    /// Reads `item, item, ...`; says so where a comma has no item behind it.
    mutating func list<Item>(
        _ item: (inout Parser) throws(EventSQLError) -> Item
    ) throws(EventSQLError) -> [Item] {
        var items = [try item(&self)]
        while at(.comma) {
            let comma = token
            advance()
            if atEnd || at(.close) || (token.keyword?.isReserved == true && endsList(token)) {
                throw EventSQLError(
                    .syntax, "expected another item after ',', found \(describe(token))",
                    hint: "remove the trailing comma", position: comma.position)
            }
            items.append(try item(&self))
        }
        return items
    }

    private func endsList(_ token: Token) -> Bool {
        switch token.keyword {
        case .from, .where, .group, .having, .qualify, .order, .limit, .offset, .window, .union, .intersect, .except:
            true
        default: false
        }
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(
        _ body: (inout Parser) throws(EventSQLError) -> Result
    ) throws(EventSQLError) -> Result {
        try enter()
        let result = try body(&self)
        depth -= 1
        return result
    }

    /// Counts one level of nesting; the caller subtracts it again.
    mutating func enter() throws(EventSQLError) {
        depth += 1
        if depth > Limits.expressionDepthMax {
            throw EventSQLError(
                .limit, "expressions and subqueries nest at most \(Limits.expressionDepthMax) levels deep",
                hint: "split the statement with WITH", position: token.position)
        }
    }

    /// The run from one token to the last one taken.
    func span(from start: Token) -> SourcePosition {
        var position = start.position
        position.lengthBytes = max(position.lengthBytes, tokens[max(0, index - 1)].endBytes - start.startBytes)
        return position
    }

    /// The text from a token to the last one taken.
    func text(from start: Token) -> String {
        source.text(start.startBytes, tokens[max(0, index - 1)].endBytes)
    }
}
