import EventBase

/// Queries: WITH, set operations, ORDER BY, LIMIT.
extension Parser {
    /// Whether a query starts at the current token.
    var atQuery: Bool { startsQuery(ahead: 0) }

    /// Whether a query starts some tokens further on. Words that are names elsewhere need their next word to tell.
    func startsQuery(ahead: Int) -> Bool {
        switch peek(ahead).keyword {
        case .select, .with, .from: true
        case .values: peek(ahead + 1).isSymbol(.open)
        default: startsBehaviour(ahead: ahead)
        }
    }

    /// `[WITH ...] body [ORDER BY ...] [LIMIT n] [OFFSET n]`.
    mutating func query() throws(EventSQLError) -> Query {
        try enter()
        defer { depth -= 1 }
        let with = at(.with) ? try commonTables() : []
        var query = try setOperations(above: 0)
        let hasTail = at(.order) || at(.limit) || at(.offset) || atFetch
        let isPlain = query.with.isEmpty && query.orderBy.isEmpty && query.limit == nil && query.offset == nil
        if !isPlain, hasTail || !with.isEmpty { query = wrapped(query) }
        query.with = with.isEmpty ? query.with : with
        if at(.order) { query.orderBy = try orderBy(allowsAll: true) }
        try limits(of: &query)
        return query
    }

    /// `SELECT * FROM (query)`, for parenthesised queries that have clauses of their own inside and outside.
    private func wrapped(_ query: Query) -> Query {
        let position = token.position
        var select = Select(position: position)
        select.items = [SelectItem(expression: .star(qualifier: nil, position), alias: nil, text: "*")]
        select.from = .query(query, alias: nil, position)
        return Query(body: .select(select))
    }

    /// Whether `FETCH FIRST` or `FETCH NEXT` comes.
    var atFetch: Bool {
        token.keyword == .fetch && (peek().keyword == .first || peek().keyword == .next)
    }

    /// `FETCH (FIRST | NEXT) [n] (ROW | ROWS) ONLY`: LIMIT n, 1 where it is not given.
    private mutating func fetch(of query: inout Query) throws(EventSQLError) {
        let start = token
        advance()
        advance()
        let isOne = at(.row) || at(.rows)
        query.limit = isOne ? .literal(.integer(1), start.position) : try expression()
        guard accept(.row) || accept(.rows), accept(.only) else { throw unexpected("ROWS ONLY") }
    }

    private mutating func limits(of query: inout Query) throws(EventSQLError) {
        while true {
            if at(.limit), query.limit == nil {
                advance()
                if accept(.all) || accept(.null) { continue }
                query.limit = try expression()
            } else if at(.offset), query.offset == nil {
                advance()
                query.offset = try expression()
                _ = accept(.rows) || accept(.row)
            } else if atFetch, query.limit == nil {
                try fetch(of: &query)
            } else {
                return
            }
        }
    }

    private mutating func commonTables() throws(EventSQLError) -> [CommonTable] {
        advance()
        let mayRecur = at(.recursive) && isName(peek())
        if mayRecur { advance() }
        return try list { (parser) throws(EventSQLError) in
            let start = parser.token
            let name = try parser.name("a table name")
            let columns = parser.at(.open) ? try parser.nameList("a column name") : []
            try parser.expect(.as)
            // How a WITH query is computed is decided by how often it is read.
            _ = parser.accept(.not, .materialized) || parser.accept(.materialized)
            let opener = try parser.open()
            let query = try parser.query()
            try parser.close(opener)
            return CommonTable(name: name, columns: columns, query: query, mayRecur: mayRecur, position: start.position)
        }
    }

    /// UNION and EXCEPT bind alike, INTERSECT tighter; all to the left.
    private mutating func setOperations(above limit: Int) throws(EventSQLError) -> Query {
        var left = try setOperand()
        var count = 0
        while true {
            let precedence = at(.union) || at(.except) ? 1 : at(.intersect) ? 2 : 0
            guard precedence > limit else { return left }
            let operation: SetOperator = at(.union) ? .union : at(.except) ? .except : .intersect
            advance()
            let all = accept(.all)
            if !all { _ = accept(.distinct) }
            let right = try setOperations(above: precedence)
            left = Query(body: .setOperation(operation, all: all, left, right))
            count += 1
            height += 1
            if max(count, height) > Limits.expressionHeightMax { throw tooHigh() }
        }
    }

    private mutating func setOperand() throws(EventSQLError) -> Query {
        if at(.open) {
            let opener = try open()
            let query = try query()
            try close(opener)
            return query
        }
        if at(.select) || at(.from) { return Query(body: .select(try select())) }
        if at(.values) { return Query(body: try values()) }
        if startsBehaviour(ahead: 0) { return Query(body: .behaviour(try behaviour())) }
        throw unexpected("a query")
    }

    private mutating func values() throws(EventSQLError) -> QueryBody {
        let start = token
        advance()
        let rows = try list { (parser) throws(EventSQLError) in try parser.valueRow() }
        return .values(rows, start.position)
    }

    /// `(a, b, ...)`.
    mutating func valueRow() throws(EventSQLError) -> [Expression] {
        let opener = try open()
        let row = try list { (parser) throws(EventSQLError) in try parser.expression() }
        try close(opener)
        return row
    }

    /// `ORDER BY a [ASC | DESC] [NULLS FIRST | LAST], ...`; ALL, which is read as `*`, where all outputs may be meant.
    mutating func orderBy(allowsAll: Bool = false) throws(EventSQLError) -> [OrderItem] {
        try expect(.order)
        try expect(.by)
        return try list { (parser) throws(EventSQLError) in
            var item: OrderItem
            if allowsAll, parser.token.keyword == .all {
                item = OrderItem(expression: .star(qualifier: nil, parser.token.position))
                parser.advance()
            } else {
                item = OrderItem(expression: try parser.expression())
            }
            if parser.accept(.desc) { item.descending = true } else { _ = parser.accept(.asc) }
            if parser.accept(.nulls) {
                if parser.accept(.first) {
                    item.nullsFirst = true
                } else if parser.accept(.last) {
                    item.nullsFirst = false
                } else {
                    throw parser.unexpected("FIRST or LAST")
                }
            }
            return item
        }
    }
}
