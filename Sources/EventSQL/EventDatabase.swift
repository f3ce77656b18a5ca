public import EventBase
internal import EventColumns
internal import EventIO
internal import EventStore
internal import EventSyntax

/// The error every function of this library throws.
public typealias EventSQLError = EventBase.EventSQLError
/// A run of a statement's text.
public typealias SourcePosition = EventBase.SourcePosition

/// An event database: a directory that one process writes and any number read.
///
/// ```swift
/// let db = try EventDatabase.open(at: "mydb")
/// try db.append([Event("payment_completed", user: "u1", at: .now, ["amount": 42.5])])
/// let result = try db.query("SELECT event_name, count(*) AS n FROM events GROUP BY 1")
/// ```
/// - Threads: all members may be called from any thread; each statement sees the snapshot of its start.
/// - Errors: `EventSQLError`, whose `kind` says who can mend it.
public final class EventDatabase: Sendable {
    /// The directory.
    public let path: String
    let store: EventStore
    let options: DatabaseOptions
    let settings: StatementSettings

    private init(path: String, store: EventStore, options: DatabaseOptions) {
        self.path = path
        self.store = store
        self.options = options
        settings = StatementSettings(options)
    }

    /// Opens a directory, or makes one.
    ///
    /// Throws `.notFound` for a missing directory (when not to be made), `.invalidInput` for one that holds something else,
    /// `.conflict` when another process writes to it, `.corruption` when nothing in it can be trusted.
    /// - Complexity: O(segments): footers are read when a statement needs them.
    public static func open(
        at path: String, options: DatabaseOptions = DatabaseOptions()
    ) throws(EventSQLError) -> EventDatabase {
        var storeOptions = StoreOptions(
            readOnly: options.readOnly, createIfMissing: options.createIfMissing && !options.readOnly)
        storeOptions.leavesOutDuplicates = options.leavesOutDuplicates
        let store = try EventStore.open(at: path, options: storeOptions, storage: PosixStorage())
        return EventDatabase(path: path, store: store, options: options)
    }

    /// Lets go of the writer's lock. Results stay valid; later calls that write throw.
    public func close() { store.close() }

    /// Runs one statement.
    ///
    /// Throws `.syntax` or `.binding` with a position, `.limit`, `.cancelled`, `.invalidInput`, `.corruption`.
    /// - Parameter cancellation: stops the statement from another thread.
    public func query(_ sql: String, cancellation: Cancellation? = nil) throws(EventSQLError) -> QueryResult {
        let start = ContinuousClock.now
        let statement = try Parser.parseStatement(sql)
        return try run(statement, since: start, cancellation: cancellation)
    }

    /// Runs the statements of a script one after another, each seeing what the ones before it changed, and hands over each
    /// result. The first error ends the script; what came before it stays done.
    public func execute(
        _ script: String, cancellation: Cancellation? = nil,
        each body: (QueryResult) throws(EventSQLError) -> Void = { _ in }
    ) throws(EventSQLError) {
        for statement in try Parser.parseScript(script) {
            try body(try run(statement, since: .now, cancellation: cancellation))
        }
    }

    /// Adds events. When the call returns they are durable and visible to every later statement; when it throws, none is.
    /// - Returns: how many events were left out because an event with the same id is stored already.
    @discardableResult
    public func append(_ events: some Sequence<Event>) throws(EventSQLError) -> Int {
        var buffer = EventBuffer()
        for event in events { try buffer.add(event) }
        return try store.append(buffer, table: "events")
    }

    /// Whether a text ends inside a statement, a string or a comment, so that a shell should ask for another line.
    public static func isIncomplete(_ text: String) -> Bool { Parser.isIncomplete(text) }

    /// An error as a person reads it: the message, the line of the statement with a caret under the place, the hint.
    public static func describe(_ error: EventSQLError, in sql: String) -> String { Diagnostics.render(error, sql) }

    /// A bulk import: all of it is committed at once or not at all. For ingestion, which fills whole buffers.
    package func beginImport(table: String) throws(EventSQLError) -> EventImport {
        try EventImport(store, table: table)
    }

    /// From this memory limit on, statements leave freed memory to the ones after them.
    private static let plentySizeBytes = 1 << 30

    func run(
        _ statement: ParsedStatement, _ parameters: [(name: ParameterName, value: Value)] = [],
        since start: ContinuousClock.Instant, cancellation: Cancellation?
    ) throws(EventSQLError) -> QueryResult {
        let context = makeContext()
        if context.memoryLimitBytes >= Self.plentySizeBytes { FreeMemory.keepForReuse() }
        cancellation?.attach(context)
        defer { cancellation?.detach(context) }
        let runner = StatementRunner(
            store: store, context: context, nowMicros: WallClock.nowMicros(), parameters: parameters,
            settings: settings, copyReader: options.copyReader?.reader)
        let answer = try runner.run(statement)
        return QueryResult(
            kind: answer.kind, columns: answer.columns, batches: answer.batches, notes: answer.notes,
            elapsed: ContinuousClock.now - start, work: QueryWork(context))
    }

    private func makeContext() -> QueryContext {
        let values = settings.current
        return QueryContext(
            memoryLimitBytes: values.memoryLimitBytes, timeoutMilliseconds: values.timeoutMilliseconds,
            threadCount: values.threadCount, spillFolder: options.readOnly ? "/tmp" : path)
    }
}
