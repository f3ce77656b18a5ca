import EventBase

/// SELECT with its clauses up to QUALIFY.
extension Parser {
    /// `SELECT ... FROM ...`; DuckDB's `FROM t [SELECT ...]` reads as SELECT *.
    mutating func select() throws(EventSQLError) -> Select {
        let start = token
        var select = Select(position: start.position)
        if accept(.from) {
            select.from = try fromList()
            select.items = [
                SelectItem(expression: .star(qualifier: nil, start.position), alias: nil, text: "*")
            ]
            if accept(.select) { try selectList(&select) }
        } else {
            try expect(.select)
            try selectList(&select)
            if accept(.from) { select.from = try fromList() }
        }
        if accept(.where) { select.filter = try expression() }
        if accept(.group) {
            try expect(.by)
            select.groupBy = try grouping()
        }
        if accept(.having) { select.having = try expression() }
        // DuckDB writes WINDOW first, BigQuery QUALIFY.
        if accept(.qualify) { select.qualify = try expression() }
        if accept(.window) {
            select.windows = try list { (parser) throws(EventSQLError) in
                let name = try parser.name("a window name")
                try parser.expect(.as)
                return NamedWindow(name: name, definition: try parser.windowDefinition())
            }
        }
        if select.qualify == nil, accept(.qualify) { select.qualify = try expression() }
        return select
    }

    private mutating func selectList(_ select: inout Select) throws(EventSQLError) {
        if accept(.distinct) {
            if accept(.on) {
                let opener = try open(after: "DISTINCT ON")
                let keys = try list { (parser) throws(EventSQLError) in try parser.expression() }
                try close(opener)
                select.distinct = .on(keys)
            } else {
                select.distinct = .rows
            }
        } else {
            _ = accept(.all)
        }
        if atEnd { throw unexpected("a column or an expression after SELECT") }
        select.items = try list { (parser) throws(EventSQLError) in try parser.selectItem() }
    }

    private mutating func selectItem() throws(EventSQLError) -> SelectItem {
        let start = token
        let expression = try expression()
        let text = text(from: start)
        if accept(.as) { return SelectItem(expression: expression, alias: try aliasName(), text: text) }
        return SelectItem(expression: expression, alias: try looseAlias("a column name"), text: text)
    }

    private mutating func aliasName() throws(EventSQLError) -> String {
        if token.kind == .string {
            throw unexpected("a column name after AS", hint: "names stand in double quotes or without quotes")
        }
        return try anyName("a column name after AS")
    }

    /// An alias without AS. Remembered, because a misspelt keyword looks just like one.
    mutating func looseAlias(_ what: String) throws(EventSQLError) -> String? {
        guard atName, !at(.over), !atFetch else { return nil }
        looseAlias = (index, tried + [.from, .where, .group, .order, .limit, .having, .join, .left, .qualify, .offset])
        return try name(what)
    }

    private mutating func grouping() throws(EventSQLError) -> [Select.Grouping] {
        if at(.all) {
            advance()
            return [.all]
        }
        return try list { (parser) throws(EventSQLError) in
            if let sets = try parser.groupingSets() { return .sets(sets) }
            return .expression(try parser.expression())
        }
    }

    /// GROUPING SETS (...), ROLLUP (...), CUBE (...) as a list of sets; nil for a plain expression.
    private mutating func groupingSets() throws(EventSQLError) -> [[Expression]]? {
        let start = token
        if at(.grouping), peek().keyword == .sets {
            advance()
            advance()
            let opener = try open()
            let sets = try list { (parser) throws(EventSQLError) -> [[Expression]] in
                try parser.nested { (parser) throws(EventSQLError) in
                    if let inner = try parser.groupingSets() { return inner }
                    return [try parser.groupingSet()]
                }
            }
            try close(opener)
            return sets.flatMap { $0 }
        }
        guard token.keyword == .rollup || token.keyword == .cube, peek().isSymbol(.open) else { return nil }
        let isCube = token.keyword == .cube
        advance()
        let opener = try open()
        let parts = try list { (parser) throws(EventSQLError) in try parser.groupingSet() }
        try close(opener)
        if !isCube { return (0...parts.count).reversed().map { parts.prefix($0).flatMap { $0 } } }
        guard parts.count <= Limits.cubeColumnCountMax else {
            throw EventSQLError(
                .limit, "CUBE takes at most \(Limits.cubeColumnCountMax) columns, found \(parts.count)",
                hint: "write the sets you need with GROUPING SETS", position: start.position)
        }
        return (0..<(1 << parts.count)).reversed().map { mask in
            parts.indices.filter { mask & (1 << (parts.count - 1 - $0)) != 0 }.flatMap { parts[$0] }
        }
    }

    /// `a`, `(a, b)` or `()`.
    private mutating func groupingSet() throws(EventSQLError) -> [Expression] {
        if at(.open), peek().isSymbol(.close) {
            advance()
            advance()
            return []
        }
        let expression = try expression()
        if case .row(let members, _) = expression { return members }
        return [expression]
    }
}
