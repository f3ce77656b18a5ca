import EventBase

/// Statements that change rows, people and settings.
extension Parser {
    /// `INSERT [OR REPLACE | OR IGNORE] INTO table [(columns)] query [ON CONFLICT ...]`.
    mutating func insert(_ start: Token) throws(EventSQLError) -> Statement {
        var conflict = InsertStatement.Conflict.fail
        if accept(.or) {
            conflict = accept(.replace) ? .replace : .ignore
            if conflict == .ignore, !accept(.ignore) { throw unexpected("REPLACE or IGNORE after INSERT OR") }
        }
        try expect(.into)
        let table = try tableName()
        let columns = at(.open) && !startsQuery(ahead: 1) && !peek().isSymbol(.open) ? try columnList() : []
        guard atQuery || at(.open) else { throw unexpected("VALUES or a query") }
        var insert = InsertStatement(table: table, columns: columns, source: try query(), position: start.position)
        insert.conflict = conflict
        if at(.on) {
            let sign = token
            if conflict != .fail {
                throw EventSQLError(
                    .syntax, "expected the end of the statement, found ON CONFLICT behind INSERT OR",
                    hint: "one of the two says what happens to existing keys", position: sign.position)
            }
            insert.conflict = try onConflict()
        }
        return .insert(insert)
    }

    /// `ON CONFLICT [(columns)] DO NOTHING | DO REPLACE`.
    private mutating func onConflict() throws(EventSQLError) -> InsertStatement.Conflict {
        try expect(.on)
        try expect(.conflict)
        if at(.open) { _ = try columnList() }
        try expect(.do)
        if accept(.nothing) { return .ignore }
        guard accept(.replace) else {
            throw unexpected(
                "NOTHING or REPLACE after DO",
                hint: at(.update) ? "rows are replaced whole: write ON CONFLICT DO REPLACE" : nil)
        }
        return .replace
    }

    /// `(a, b.c, ...)`: dotted paths are one name.
    mutating func columnList() throws(EventSQLError) -> [String] {
        let opener = try open()
        let columns = try list { (parser) throws(EventSQLError) in
            try parser.dottedName("a column name").joined(separator: ".")
        }
        try close(opener)
        return columns
    }

    /// `UPDATE table SET a = x, ... [WHERE condition]`.
    mutating func update(_ start: Token) throws(EventSQLError) -> Statement {
        let table = try tableName()
        try expect(.set)
        let assignments = try list { (parser) throws(EventSQLError) in
            let first = parser.token
            let column = try parser.dottedName("a column name").joined(separator: ".")
            let position = parser.span(from: first)
            try parser.expect(.equal)
            return UpdateStatement.Assignment(column: column, value: try parser.expression(), position: position)
        }
        if token.keyword == .from {
            throw unexpected("WHERE", hint: "take values of other tables by queries: SET a = (SELECT ... WHERE ...)")
        }
        let filter = accept(.where) ? try expression() : nil
        return .update(
            UpdateStatement(table: table, assignments: assignments, filter: filter, position: start.position))
    }

    mutating func delete(_ start: Token) throws(EventSQLError) -> Statement {
        try expect(.from)
        let table = try tableName()
        return .delete(table: table, filter: accept(.where) ? try expression() : nil, start.position)
    }

    mutating func forget(_ start: Token) throws(EventSQLError) -> Statement {
        try expect(.user)
        return .forgetUser(try person("a user id"), start.position)
    }

    mutating func purge(_ start: Token) throws(EventSQLError) -> Statement {
        _ = at(.table) && isName(peek()) && accept(.table)
        return .purge(table: atEnd ? nil : try tableName(), start.position)
    }

    /// `ALTER TABLE t SET TTL 400 DAYS | NONE`.
    mutating func alter(_ start: Token) throws(EventSQLError) -> Statement {
        try expect(.table)
        let table = try tableName()
        try expect(.set)
        try expect(.ttl)
        if accept(.none) { return .setTTL(table: table, nil, start.position) }
        return .setTTL(table: table, try duration(after: "TTL"), start.position)
    }

    mutating func identify(_ start: Token) throws(EventSQLError) -> Statement {
        let alias = try person("a user id")
        try expect(.as)
        return .identify(alias, as: try person("a user id"), start.position)
    }

    mutating func unidentify(_ start: Token) throws(EventSQLError) -> Statement {
        .unidentify(try person("a user id"), start.position)
    }

    mutating func refresh(_ start: Token) throws(EventSQLError) -> Statement {
        try expect(.cohort)
        return .refreshCohort(name: try name("a cohort name"), start.position)
    }

    /// `SUMMARIZE table` or `SUMMARIZE query`.
    mutating func summarize(_ start: Token) throws(EventSQLError) -> Statement {
        if atQuery || at(.open) { return .summarize(try query(), start.position) }
        return .summarize(try wholeTable(), start.position)
    }

    /// `SELECT * FROM table` of a table's name.
    private mutating func wholeTable(columns: [String] = []) throws(EventSQLError) -> Query {
        let first = token
        let name = try dottedName("a table name")
        var select = Select(position: first.position)
        select.items = columns.map { path in
            let parts = path.split(separator: ".").map(String.init)
            return SelectItem(expression: .name(parts, first.position), alias: nil, text: path)
        }
        if columns.isEmpty {
            select.items = [SelectItem(expression: .star(qualifier: nil, first.position), alias: nil, text: "*")]
        }
        select.from = .table(name: name, alias: nil, span(from: first))
        return Query(body: .select(select))
    }

    /// `SET name = value`, `SET name TO value`, `SET TIME ZONE zone`; a bare word is a string.
    mutating func set(_ start: Token) throws(EventSQLError) -> Statement {
        if accept(.time, .zone) {
            let value = token
            let zone = token.kind == .word ? try anyName("a zone") : try string("a time zone such as 'Europe/Berlin'")
            if ["default", "local"].contains(zone.lowercased()) {
                return .reset(name: "timezone", start.position)
            }
            return .set(name: "timezone", .literal(.string(zone), value.position), start.position)
        }
        let name = try dottedName("a setting").joined(separator: ".").lowercased()
        guard accept(.equal) || accept(.to) else { throw unexpected("'=' and a value") }
        let value = token
        if value.kind == .word, value.keyword != .null, value.keyword != .true, value.keyword != .false,
            !peek().isSymbol(.open)
        {
            advance()
            return .set(name: name, .literal(.string(source.text(value)), value.position), start.position)
        }
        return .set(name: name, try expression(), start.position)
    }

    mutating func reset(_ start: Token) throws(EventSQLError) -> Statement {
        if accept(.all) { return .reset(name: nil, start.position) }
        return .reset(name: try dottedName("a setting or ALL").joined(separator: ".").lowercased(), start.position)
    }

    /// `COPY table [(columns)] FROM 'file'`, `COPY table [(columns)] | (query) TO 'file'`, with options in parentheses.
    mutating func copy(_ start: Token) throws(EventSQLError) -> Statement {
        if at(.open) {
            let opener = try open()
            let query = try query()
            try close(opener)
            guard accept(.to) else { throw unexpected("TO and a file", hint: "a query can only be copied TO a file") }
            return .copy(try copied(.to(query), start))
        }
        let first = index
        let table = try tableName()
        let columns = at(.open) ? try columnList() : []
        if accept(.from) { return .copy(try copied(.from(table: table, columns: columns), start)) }
        guard accept(.to) else { throw unexpected("FROM or TO and a file") }
        let end = index
        index = first
        let query = try wholeTable(columns: columns)
        index = end
        return .copy(try copied(.to(query), start))
    }

    private mutating func copied(
        _ direction: CopyStatement.Direction, _ start: Token
    ) throws(EventSQLError) -> CopyStatement {
        var copy = CopyStatement(direction: direction, path: try string("a file name"), position: start.position)
        _ = at(.with) && peek().isSymbol(.open) && accept(.with)
        guard at(.open) else { return copy }
        let opener = try open()
        copy.options = try list { (parser) throws(EventSQLError) in
            let position = parser.token.position
            let name = try parser.anyName("an option such as FORMAT").lowercased()
            return CopyStatement.Option(name: name, value: try parser.optionValue(), position: position)
        }
        try close(opener)
        return copy
    }

    /// A literal or a bare word; nil before `,` and `)`.
    private mutating func optionValue() throws(EventSQLError) -> Literal? {
        if at(.comma) || at(.close) { return nil }
        if token.kind == .word, token.keyword != .null, token.keyword != .true, token.keyword != .false {
            return .string(try anyName("a value"))
        }
        let start = token
        guard case .literal(let literal, _) = try expression(above: Precedence.zone) else {
            throw EventSQLError(
                .syntax, "expected a constant, found \(describe(start))", position: start.position)
        }
        return literal
    }
}
