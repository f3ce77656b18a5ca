import EventBase

/// CREATE and DROP.
extension Parser {
    mutating func create(_ start: Token) throws(EventSQLError) -> Statement {
        let orReplace = accept(.or, .replace)
        if accept(.cohort) {
            let name = try name("a cohort name")
            try expect(.as)
            return .createCohort(name: name, try cohortDefinition(), orReplace: orReplace, start.position)
        }
        if accept(.virtual) {
            try expect(.event)
            return .createVirtualEvent(try virtualEvent(start), orReplace: orReplace)
        }
        if accept(.view) {
            let name = try tableName()
            let columns = at(.open) ? try nameList("a column name") : []
            try expect(.as)
            let first = token
            let query = try query()
            return .createView(
                name: name, columns: columns, query, text: text(from: first), orReplace: orReplace, start.position)
        }
        guard accept(.table) else { throw unexpected("COHORT, VIRTUAL EVENT, TABLE or VIEW after CREATE") }
        return try createTable(start, orReplace: orReplace)
    }

    /// What follows CREATE TABLE.
    private mutating func createTable(_ start: Token, orReplace: Bool) throws(EventSQLError) -> Statement {
        let ifNotExists = accept(.if, .not, .exists)
        let name = try tableName()
        if accept(.as) {
            return .createTableAs(
                name: name, try query(), orReplace: orReplace, ifNotExists: ifNotExists, start.position)
        }
        var table = TableDefinition(name: name, position: start.position)
        table.ifNotExists = ifNotExists
        table.orReplace = orReplace
        let opener = try open(after: "the table's name")
        _ = try list { (parser) throws(EventSQLError) in try parser.tableElement(&table) }
        try close(opener)
        return .createTable(table)
    }

    /// A column, or `PRIMARY KEY (a, b)`.
    private mutating func tableElement(_ table: inout TableDefinition) throws(EventSQLError) {
        let start = token
        if at(.primary), peek().keyword == .key {
            try notePrimaryKey(table, start)
            table.primaryKey = try columnList()
            return
        }
        let name = try dottedName("a column name").joined(separator: ".")
        if table.columns.contains(where: { $0.name == name }) {
            throw EventSQLError(
                .syntax, "expected a new column name, found '\(name)' a second time", position: start.position)
        }
        var column = TableDefinition.Column(name: name, type: try typeName(), position: start.position)
        while true {
            let constraint = token
            if at(.primary), peek().keyword == .key {
                try notePrimaryKey(table, constraint)
                table.primaryKey = [name]
            } else if accept(.not, .null) {
                column.isNotNull = true
            } else if !accept(.null) {
                break
            }
        }
        table.columns.append(column)
    }

    private mutating func notePrimaryKey(_ table: TableDefinition, _ start: Token) throws(EventSQLError) {
        guard table.primaryKey.isEmpty else {
            throw EventSQLError(
                .syntax, "expected one PRIMARY KEY, found a second one",
                hint: "a key of several columns is written PRIMARY KEY (a, b)", position: start.position)
        }
        advance()
        advance()
    }

    /// `name [FROM table] AS selector`.
    private mutating func virtualEvent(_ start: Token) throws(EventSQLError) -> VirtualEvent {
        let name = token.kind == .string ? try string("an event name") : try name("an event name")
        let table = accept(.from) ? try tableName() : Self.defaultTable
        try expect(.as)
        let first = token
        let selector = try selector()
        return VirtualEvent(
            name: name, table: table, selector: selector, text: text(from: first), position: start.position)
    }

    mutating func drop(_ start: Token) throws(EventSQLError) -> Statement {
        if accept(.cohort) {
            let ifExists = try ifExists()
            return .dropCohort(name: try name("a cohort name"), ifExists: ifExists, start.position)
        }
        let kind: Statement.DropKind
        if accept(.virtual) {
            try expect(.event)
            kind = .virtualEvent
        } else {
            kind = accept(.view) ? .view : .table
            if kind == .table, !accept(.table) { throw unexpected("COHORT, VIRTUAL EVENT, TABLE or VIEW after DROP") }
        }
        let ifExists = try ifExists()
        let name = kind == .virtualEvent && token.kind == .string ? try string("an event name") : try tableName()
        return .drop(kind, name: name, ifExists: ifExists, start.position)
    }

    private mutating func ifExists() throws(EventSQLError) -> Bool {
        guard at(.if), peek().keyword == .exists else { return false }
        return accept(.if, .exists)
    }
}
