package import EventColumns

/// The rows a statement answered with, column by column, and how they came to be.
///
/// ```swift
/// let result = try db.query("SELECT event_name, count(*) AS n FROM events GROUP BY 1")
/// for row in try result.rows(as: NameCount.self) { … }      // boxed once per row
/// let counts = try result.int64s("n")                        // not boxed at all
/// ```
/// - Threads: a value; read it anywhere.
public struct QueryResult: Sendable {
    /// What kind of statement answered; decides how a shell draws it.
    public enum Kind: String, Sendable {
        case rows, funnel, retention, paths, lifecycle, trends
        /// The statement changed something and has no rows of its own.
        case effect
    }

    public let kind: Kind
    public let columns: [ResultColumn]
    public let rowCount: Int
    /// The semantics used, one sentence each: `window: 30 days from the first step, end included`.
    public let notes: [String]
    /// From the start of parsing to the last row.
    public let elapsed: Duration
    /// What the statement read and held.
    public let work: QueryWork
    package let batches: [Batch]

    package init(
        kind: Kind, columns: [ResultColumn], batches: [Batch], notes: [String], elapsed: Duration,
        work: QueryWork = QueryWork()
    ) {
        self.work = work
        self.kind = kind
        self.columns = columns
        self.batches = batches
        self.notes = notes
        self.elapsed = elapsed
        rowCount = batches.reduce(0) { $0 + $1.rowCount }
    }

    /// One value. Row and column count from 0; outside the result is a programmer's mistake and traps.
    /// - Complexity: O(number of batches).
    public func value(row: Int, column: Int) -> EventValue {
        var rest = row
        for batch in batches {
            if rest < batch.rowCount { return EventValue(batch.columns[column].value(at: rest)) }
            rest -= batch.rowCount
        }
        preconditionFailure("row \(row) of a result of \(rowCount) rows")
    }

    /// All rows, in order, boxed. For output; use the typed columns for anything large.
    public var rows: some Sequence<[EventValue]> {
        batches.lazy.flatMap { batch in
            (0..<batch.rowCount).lazy.map { row in batch.columns.map { EventValue($0.value(at: row)) } }
        }
    }

    /// The index of a column by name; the first where several share it.
    public func columnIndex(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
}

/// A column of a result.
public struct ResultColumn: Sendable, Hashable {
    public var name: String
    public var type: ResultType

    public init(name: String, type: ResultType) {
        self.name = name
        self.type = type
    }
}

/// The SQL type of a result column.
public enum ResultType: String, Sendable, CaseIterable {
    case null = "NULL"
    case bool = "BOOLEAN"
    case int64 = "BIGINT"
    case double = "DOUBLE"
    case string = "VARCHAR"
    case timestamp = "TIMESTAMP"
    case date = "DATE"
    case interval = "INTERVAL"
    case json = "JSON"

    public var isNumeric: Bool { self == .int64 || self == .double }

    package init(_ type: ScalarType) {
        switch type {
        case .null: self = .null
        case .bool: self = .bool
        case .int64: self = .int64
        case .double: self = .double
        case .string: self = .string
        case .timestamp: self = .timestamp
        case .date: self = .date
        case .interval: self = .interval
        case .json: self = .json
        }
    }
}
