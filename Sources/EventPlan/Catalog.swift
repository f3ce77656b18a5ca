package import EventBase
package import EventColumns
package import EventSyntax

/// What names mean while a statement is bound: tables and cohorts.
///
/// - Threads: called from the binding thread only, but values are shared, so conformers are `Sendable`.
package protocol Catalog: Sendable {
    /// Names of all tables, for `SHOW TABLES` and suggestions.
    var tableNames: [String] { get }
    /// The columns of a table; nil when there is none of that name.
    func schema(ofTable name: String) throws(EventSQLError) -> TableSchema?
    /// Names of all views.
    var viewNames: [String] { get }
    /// The query behind a view and the names of its columns, which may be fewer; nil when there is none of that name.
    func view(named name: String) throws(EventSQLError) -> (columns: [String], query: Query)?
    /// Names of all cohorts.
    var cohortNames: [String] { get }
    /// The virtual event of a name over a table; nil when there is none.
    func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent?
    /// The rules of an IANA time zone, or of an offset such as `+02:00`.
    /// - Errors: `.invalidInput` for a name that is none.
    func timeZone(named name: String) throws(EventSQLError) -> TimeZoneRules
}

extension Catalog {
    package func timeZone(named name: String) throws(EventSQLError) -> TimeZoneRules {
        throw EventSQLError(.invalidInput, "there is no time zone '\(name)' in this catalog")
    }
}

extension Catalog {
    package func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent? { nil }
}

extension Catalog {
    package var viewNames: [String] { [] }
    package func view(named name: String) throws(EventSQLError) -> (columns: [String], query: Query)? { nil }
}
