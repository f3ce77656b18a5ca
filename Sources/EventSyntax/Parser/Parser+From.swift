import EventBase

/// FROM: tables, subqueries, table functions, joins.
extension Parser {
    /// Comma-separated references are cross joins.
    mutating func fromList() throws(EventSQLError) -> TableReference {
        var left = try joined()
        var count = 0
        while at(.comma) {
            let sign = token
            advance()
            if atEnd || token.keyword == .where || token.keyword == .group || token.keyword == .order {
                throw EventSQLError(
                    .syntax, "expected another table after ',', found \(describe(token))",
                    hint: "remove the trailing comma", position: sign.position)
            }
            left = .join(left, .cross, try joined(), .none, sign.position)
            count += 1
            if count > Limits.joinCountMax { throw tooManyJoins(sign) }
        }
        return left
    }

    private func tooManyJoins(_ sign: Token) -> EventSQLError {
        EventSQLError(
            .limit, "a FROM joins at most \(Limits.joinCountMax) tables", hint: "join in steps with WITH",
            position: sign.position)
    }

    /// A reference and the joins behind it, left to right.
    private mutating func joined() throws(EventSQLError) -> TableReference {
        var left = try tableReference()
        var count = 0
        while let (kind, natural, sign) = try joinKind() {
            let right = try tableReference()
            var condition = JoinCondition.none
            if natural {
                condition = .natural
            } else if kind != .cross {
                if accept(.on) {
                    condition = .on(try expression())
                } else if accept(.using) {
                    condition = .using(try nameList("a column name"))
                } else {
                    throw unexpected("ON or USING")
                }
            }
            left = .join(left, kind, right, condition, sign.position)
            count += 1
            if count > Limits.joinCountMax { throw tooManyJoins(sign) }
        }
        return left
    }

    /// Takes `[NATURAL] [INNER | LEFT [OUTER] | ... | SEMI | ANTI] JOIN`; nil where no join follows.
    private mutating func joinKind() throws(EventSQLError) -> (JoinKind, natural: Bool, Token)? {
        let sign = token
        let natural = accept(.natural)
        if accept(.join) { return (.inner, natural, sign) }
        let kind: JoinKind
        switch token.keyword {
        case .inner: kind = .inner
        case .left: kind = .left
        case .right: kind = .right
        case .full: kind = .full
        case .cross: kind = .cross
        case .semi where peek().keyword == .join: kind = .semi
        case .anti where peek().keyword == .join: kind = .anti
        default:
            for keyword in [Keyword.join, .inner, .left, .right, .full, .cross] { _ = at(keyword) }
            if natural { throw unexpected("JOIN") }
            return nil
        }
        advance()
        if kind == .left || kind == .right || kind == .full { _ = accept(.outer) }
        if kind == .left, accept(.semi) {
            try expect(.join)
            return (.semi, natural, sign)
        }
        if kind == .left, accept(.anti) {
            try expect(.join)
            return (.anti, natural, sign)
        }
        try expect(.join)
        return (kind, natural, sign)
    }

    private static let lateralHint = "LATERAL goes with (SELECT ...) and with functions such as unnest(...)"

    private mutating func tableReference() throws(EventSQLError) -> TableReference {
        let start = token
        if at(.open) {
            return try nested { (parser) throws(EventSQLError) in try parser.parenthesisedReference() }
        }
        // What stands behind may read what stands before it, with or without the word.
        let isLateral = token.keyword == .lateral
        if isLateral { advance() }
        if isLateral, at(.open), startsQuery(ahead: 1) {
            let opener = try open()
            let query = try query()
            try close(opener)
            return .lateral(query, alias: try alias(), start.position)
        }
        guard atName else {
            throw unexpected(
                isLateral ? "a function or (SELECT ...)" : "a table name, a function or a subquery",
                hint: isLateral
                    ? Self.lateralHint : token.kind == .string ? "names stand in double quotes or without quotes" : nil)
        }
        let name = try dottedName("a table name")
        let position = span(from: start)
        if at(.open) {
            let call = try call(named: name.joined(separator: ".").lowercased())
            let withOrdinality = accept(.with, .ordinality)
            return .function(call, withOrdinality: withOrdinality, alias: try alias(), position)
        }
        if isLateral { throw unexpected("'('", hint: Self.lateralHint) }
        return .table(name: name, alias: try alias(), position)
    }

    /// `(query) alias` or `(a JOIN b ...)`.
    private mutating func parenthesisedReference() throws(EventSQLError) -> TableReference {
        let opener = try open()
        if holdsQuery {
            let query = try query()
            try close(opener)
            return .query(query, alias: try alias(), opener.position)
        }
        let reference = try fromList()
        try close(opener)
        return reference
    }

    /// Whether what stands behind a `(` just taken is a query: `((SELECT ...) UNION ...)` is one, `((SELECT ...) a JOIN b)`
    /// is a join. What follows the inner parentheses tells.
    private var holdsQuery: Bool {
        var ahead = 0
        while peek(ahead).isSymbol(.open) {
            ahead += 1
            if ahead > Limits.expressionDepthMax { return true }
        }
        guard startsQuery(ahead: ahead) else { return false }
        if ahead == 0 { return true }
        var level = ahead
        var lowest = ahead
        for token in tokens[(index + ahead)...] {
            if token.isSymbol(.open) { level += 1 }
            if token.isSymbol(.close) { level -= 1 }
            if level < lowest {
                lowest = level
                if level < 0 { return true }
            } else if level == lowest, level < ahead {
                switch token.keyword {
                case .union, .intersect, .except, .order, .limit, .offset: return true
                default: return false
                }
            }
        }
        return true
    }

    private mutating func alias() throws(EventSQLError) -> TableAlias? {
        var name: String?
        if accept(.as) {
            name = try anyName("a table alias after AS")
        } else if (!at(.semi) && !at(.anti)) || peek().keyword != .join {
            name = try looseAlias("a table alias")
        }
        guard let name else { return nil }
        return TableAlias(name: name, columns: at(.open) ? try nameList("a column name") : [])
    }
}
