internal import EventBase
internal import EventColumns

/// Takes blocks of rows in order of input: the import of a database, or whatever a test counts with.
protocol EventSink {
    /// Columns that the table has already, roles not among them.
    var knownColumns: [String] { get }
    mutating func add(_ buffer: EventBuffer) throws(EventSQLError)
}
