package import EventBase

/// One statement of a script.
package enum Statement: Sendable, Equatable {
    case query(Query)
    case explain(Statement.Explained, analyze: Bool)
    case createCohort(name: String, CohortDefinition, orReplace: Bool, SourcePosition)
    case dropCohort(name: String, ifExists: Bool, SourcePosition)
    /// DESCRIBE table.
    case describe(table: String, SourcePosition)
    /// SHOW TABLES, SHOW COHORTS.
    case show(what: String, SourcePosition)

    package indirect enum Explained: Sendable, Equatable { case statement(Statement) }
}

/// A statement and the text it was read from.
package struct ParsedStatement: Sendable, Equatable {
    package var statement: Statement
    package var text: String

    package init(statement: Statement, text: String) {
        self.statement = statement
        self.text = text
    }
}
