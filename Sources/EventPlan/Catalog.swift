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
    /// Names of all cohorts.
    var cohortNames: [String] { get }
    /// The virtual event of a name over a table; nil when there is none.
    func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent?
}

extension Catalog {
    package func virtualEvent(named name: String, inTable table: String) throws(EventSQLError) -> VirtualEvent? { nil }
}
