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
        throw unexpected("COHORT, VIRTUAL EVENT, TABLE or VIEW after CREATE")
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
        throw unexpected("COHORT, VIRTUAL EVENT, TABLE or VIEW after DROP")
    }

    private mutating func ifExists() throws(EventSQLError) -> Bool {
        guard at(.if), peek().keyword == .exists else { return false }
        return accept(.if, .exists)
    }
}
