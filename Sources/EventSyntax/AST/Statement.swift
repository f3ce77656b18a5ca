package import EventBase

/// One statement of a script.
package enum Statement: Sendable, Equatable {
    case query(Query)
    case explain(Statement.Explained, analyze: Bool)
    /// `FUNNEL ... AS SQL`: the same question as plain SQL, as one row of text.
    case asSQL(BehaviourStatement)
    /// DESCRIBE table.
    case describe(table: String, SourcePosition)
    /// DESCRIBE query: the columns it would give.
    case describeQuery(Query, SourcePosition)
    /// SHOW TABLES, SHOW COHORTS, SHOW a setting; lower case.
    case show(what: String, SourcePosition)
    /// SUMMARIZE table or query.
    case summarize(Query, SourcePosition)

    case createCohort(name: String, CohortDefinition, orReplace: Bool, SourcePosition)
    case dropCohort(name: String, ifExists: Bool, SourcePosition)
    case refreshCohort(name: String, SourcePosition)
    /// EXPLAIN COHORT name FOR 'user': which condition holds, which event decided.
    case explainCohort(name: String, user: Expression, SourcePosition)
    case createVirtualEvent(VirtualEvent, orReplace: Bool)

    case createTable(TableDefinition)
    case createTableAs(name: String, Query, orReplace: Bool, ifNotExists: Bool, SourcePosition)
    case createView(name: String, columns: [String], Query, text: String, orReplace: Bool, SourcePosition)
    case drop(DropKind, name: String, ifExists: Bool, SourcePosition)
    case insert(InsertStatement)
    case update(UpdateStatement)
    case delete(table: String, filter: Expression?, SourcePosition)
    /// FORGET USER 'u': hides all rows of a person at once.
    case forgetUser(Expression, SourcePosition)
    /// PURGE [table]: removes the bytes of what was deleted.
    case purge(table: String?, SourcePosition)
    /// ALTER TABLE t SET TTL d, or nil for TTL NONE.
    case setTTL(table: String, Duration?, SourcePosition)
    /// IDENTIFY 'a' AS 'b': from now on a's events are b's.
    case identify(Expression, as: Expression, SourcePosition)
    case unidentify(Expression, SourcePosition)
    case copy(CopyStatement)
    /// SET name = value.
    case set(name: String, Expression, SourcePosition)
    /// RESET name; nil for RESET ALL.
    case reset(name: String?, SourcePosition)

    package indirect enum Explained: Sendable, Equatable { case statement(Statement) }

    package enum DropKind: String, Sendable { case table = "TABLE", view = "VIEW", virtualEvent = "VIRTUAL EVENT" }
}

/// Where a statement asks for a value.
package struct ParameterUse: Sendable, Equatable {
    package var name: ParameterName
    package var position: SourcePosition

    init(_ name: ParameterName, _ position: SourcePosition) {
        self.name = name
        self.position = position
    }
}

/// A statement and the text it was read from.
package struct ParsedStatement: Sendable, Equatable {
    package var statement: Statement
    package var text: String
    /// Each use of a parameter.
    package var parameters: [ParameterUse]

    package init(statement: Statement, text: String, parameters: [ParameterUse] = []) {
        self.parameters = parameters
        self.statement = statement
        self.text = text
    }
}
