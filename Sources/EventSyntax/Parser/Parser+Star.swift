import EventBase

/// `*` and what may stand behind it.
extension Parser {
    /// `EXCLUDE (a, ...)`, `REPLACE (x AS a, ...)` and `RENAME (a AS b, ...)` behind a star that has been taken.
    mutating func star(qualifier: String?, from start: Token) throws(EventSQLError) -> Expression {
        var selection = ColumnSelection(qualifier: qualifier)
        while true {
            // BigQuery writes EXCEPT; in front of a query it is the set operation.
            let excludes =
                token.keyword == .exclude
                || token.keyword == .except && peek().isSymbol(.open) && !startsQuery(ahead: 2)
            if excludes, selection.excluded.isEmpty {
                advance()
                selection.excluded = try excludedColumns()
            } else if token.keyword == .replace, peek().isSymbol(.open), selection.replaced.isEmpty {
                advance()
                selection.replaced = try bracketed { (parser) throws(EventSQLError) in
                    let expression = try parser.expression()
                    try parser.expect(.as)
                    return ColumnSelection.Replacement(expression: expression, column: try parser.starColumn())
                }
            } else if token.keyword == .rename, peek().isSymbol(.open), selection.renamed.isEmpty {
                advance()
                selection.renamed = try bracketed { (parser) throws(EventSQLError) in
                    let column = try parser.starColumn()
                    try parser.expect(.as)
                    return ColumnSelection.Renaming(column: column, name: try parser.anyName("a column name after AS"))
                }
            } else {
                break
            }
        }
        let position = span(from: start)
        if selection == ColumnSelection(qualifier: qualifier) { return .star(qualifier: qualifier, position) }
        return .columns(selection, position)
    }

    private mutating func excludedColumns() throws(EventSQLError) -> [ColumnSelection.Column] {
        guard at(.open) else { return [try starColumn()] }
        return try bracketed { (parser) throws(EventSQLError) in try parser.starColumn() }
    }

    private mutating func starColumn() throws(EventSQLError) -> ColumnSelection.Column {
        let start = token
        let parts = try dottedName("a column name")
        return ColumnSelection.Column(parts: parts, position: span(from: start))
    }

    private mutating func bracketed<Item>(
        _ item: (inout Parser) throws(EventSQLError) -> Item
    ) throws(EventSQLError) -> [Item] {
        let opener = try open()
        let items = try enclosed { (parser) throws(EventSQLError) in try parser.list(item) }
        try close(opener)
        return items
    }
}
