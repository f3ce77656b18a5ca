internal import EventBase
internal import EventColumns
internal import EventPlan

/// Rows of a query on their way into an event table.
struct EventRowWriter {
    private let columns: [ColumnSchema]
    private let nowMicros: Int64
    private(set) var buffer = EventBuffer()
    /// By column; nil for time, user and event name.
    private var targets: [Int?] = []

    init(columns: [ColumnSchema], nowMicros: Int64) {
        self.columns = columns
        self.nowMicros = nowMicros
        for column in columns {
            targets.append(Self.assignedType(of: column) == nil ? buffer.column(path: column.path) : nil)
        }
    }

    /// The type that a column insists on; properties keep what they get.
    static func assignedType(of column: ColumnSchema) -> ScalarType? {
        switch column.role {
        case .time: .timestamp
        case .user, .eventName: .string
        case .property, .eventID, .session: nil
        }
    }

    /// - Errors: `.invalidInput` and `.limit` naming row and column, rows counted over all batches from 1.
    mutating func add(_ batch: Batch) throws(EventSQLError) {
        for row in 0..<batch.rowCount {
            var time = nowMicros
            var user = ""
            var name = ""
            for (index, column) in columns.enumerated() {
                let value = batch.columns[index].value(at: row)
                switch (column.role, value) {
                case (.time, .timestamp(let micros)): time = micros
                case (.time, _): throw refusal(column, .invalidInput, "an event needs a time")
                case (.user, .string(let text)):
                    user = text
                    try check(text, column, Limits.identifierSizeBytesMax)
                case (.eventName, .string(let text)):
                    name = text
                    try check(text, column, Limits.identifierSizeBytesMax)
                default: if let target = targets[index] { try set(target, value, column) }
                }
            }
            guard (Limits.timestampMicrosMin...Limits.timestampMicrosMax).contains(time) else {
                throw EventSQLError(.invalidInput, "row \(buffer.rowCount + 1): a time outside years 1 to 9999")
            }
            buffer.commitRow(time: time, user: Array(user.utf8).rawBytes, name: Array(name.utf8).rawBytes)
        }
    }

    private mutating func set(_ target: Int, _ value: Value, _ column: ColumnSchema) throws(EventSQLError) {
        switch value {
        case .null: break
        case .bool(let value): buffer.set(target, bool: value)
        case .int64(let value): buffer.set(target, int64: value)
        case .double(let value): buffer.set(target, double: value)
        case .json(let text):
            try check(text, column, Limits.stringSizeBytesMax)
            buffer.set(target, json: Array(text.utf8).rawBytes)
        case .string, .timestamp, .date, .interval:
            let text = TextConversion.text(value)
            let isIdentifier = column.role == .eventID || column.role == .session
            try check(text, column, isIdentifier ? Limits.identifierSizeBytesMax : Limits.stringSizeBytesMax)
            buffer.set(target, string: Array(text.utf8).rawBytes)
        }
    }

    private func check(_ text: String, _ column: ColumnSchema, _ sizeBytesMax: Int) throws(EventSQLError) {
        let count = text.utf8.count
        if count > sizeBytesMax { throw refusal(column, .limit, "\(count) bytes, at most \(sizeBytesMax)") }
    }

    private func refusal(_ column: ColumnSchema, _ kind: EventSQLError.Kind, _ what: String) -> EventSQLError {
        EventSQLError(kind, "row \(buffer.rowCount + 1), column \(column.path): \(what)")
    }
}
