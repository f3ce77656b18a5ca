public import EventBase
internal import EventColumns
internal import EventSyntax

/// A statement with parameters, read once and run as often as one likes.
///
/// ```swift
/// let statement = try db.prepare("SELECT count(*) AS n FROM events WHERE event_name = $1 AND properties.amount > :least")
/// let result = try statement.run(["payment_completed"], ["least": 100])
/// ```
/// Values take the place of constants: they are never read as SQL, and a text becomes what its neighbour is.
/// - Threads: may be shared; each run sees the snapshot of its start.
public struct PreparedStatement: Sendable {
    private let database: EventDatabase
    private let statement: ParsedStatement
    /// How many values `$1`, `$2`, ... and `?` take: the highest number.
    public let valueCount: Int
    /// Names of `:name` parameters, sorted.
    public let names: [String]

    init(_ database: EventDatabase, _ sql: String) throws(EventSQLError) {
        self.database = database
        statement = try Parser.parseStatement(sql)
        var count = 0
        var names: Set<String> = []
        for use in statement.parameters {
            switch use.name {
            case .position(let number): count = max(count, number)
            case .name(let name): names.insert(name)
            }
        }
        valueCount = count
        self.names = names.sorted()
    }

    /// Runs the statement with values for `$1`, `$2`, ... in order, and for names.
    ///
    /// Throws `.binding` at a parameter without a value, `.invalidInput` for a value that no parameter takes or that is no
    /// value of a column, and all that `EventDatabase.query` throws.
    public func run(
        _ values: [EventValue] = [], _ named: [String: EventValue] = [:], cancellation: Cancellation? = nil
    ) throws(EventSQLError) -> QueryResult {
        let start = ContinuousClock.now
        guard values.count <= valueCount else {
            throw EventSQLError(
                .invalidInput, "\(values.count) values for a statement that takes \(valueCount)",
                hint: "parameters are written $1, $2, ... or ?")
        }
        if let surplus = named.keys.sorted().first(where: { !names.contains($0) }) {
            throw EventSQLError(.invalidInput, "the statement has no parameter :\(surplus)")
        }
        var parameters: [(name: ParameterName, value: Value)] = []
        for (index, value) in values.enumerated() {
            parameters.append((.position(index + 1), try Self.value(value, "$\(index + 1)")))
        }
        for (name, value) in named { parameters.append((.name(name), try Self.value(value, ":\(name)"))) }
        for use in statement.parameters where !parameters.contains(where: { $0.name == use.name }) {
            throw EventSQLError(
                .binding, "parameter \(use.name.text) has no value", position: use.position)
        }
        return try database.run(statement, parameters, since: start, cancellation: cancellation)
    }

    private static func value(_ value: EventValue, _ name: String) throws(EventSQLError) -> Value {
        switch value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int64(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .timestamp(let time): return .timestamp(time.micros)
        case .date(let day): return .date(Int64(day))
        case .interval(let months, let days, let micros):
            return .interval(Interval(months: months, days: days, micros: micros))
        case .json(let text): return .json(text)
        case .object:
            throw EventSQLError(.invalidInput, "\(name) is an object, which no column holds", hint: "pass JSON text")
        }
    }
}

extension EventDatabase {
    /// Reads a statement so that it can be run many times with other values.
    ///
    /// Throws `.syntax` with a position; names and types are looked up when it runs.
    public func prepare(_ sql: String) throws(EventSQLError) -> PreparedStatement {
        try PreparedStatement(self, sql)
    }

    /// Runs one statement with values for its parameters `$1`, `$2`, ... (or `?`) and `:name`.
    public func query(
        _ sql: String, _ values: [EventValue], _ named: [String: EventValue] = [:], cancellation: Cancellation? = nil
    ) throws(EventSQLError) -> QueryResult {
        try prepare(sql).run(values, named, cancellation: cancellation)
    }
}
