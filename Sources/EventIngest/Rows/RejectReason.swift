/// Why an input row was not stored (SPEC 4.2). The raw value is the code in the rejects file.
public enum RejectReason: String, Sendable, CaseIterable {
    /// The line is not one JSON value.
    case notJSON = "not_json"
    /// The line is JSON, but no object.
    case notAnObject = "not_an_object"
    case invalidUTF8 = "invalid_utf8"
    /// More than `Limits.jsonDepthMax` levels.
    case tooDeep = "too_deep"
    /// The same key twice in one object, or two keys that make the same path.
    case duplicateKey = "duplicate_key"
    /// A whole number beyond Int64, or a number beyond what a double can hold.
    case numberOutOfRange = "number_out_of_range"
    /// A string, or an array as text, above `Limits.stringSizeBytesMax`.
    case stringTooLong = "string_too_long"
    /// A user id, session id, event id or event name above `Limits.identifierSizeBytesMax`.
    case identifierTooLong = "identifier_too_long"
    /// A line, or a CSV record, above `Limits.lineSizeBytesMax`.
    case lineTooLong = "line_too_long"
    case noTime = "no_time"
    /// A time that is no time, or outside years 1 to 9999.
    case badTime = "bad_time"
    /// A user id that is neither text nor number.
    case badUser = "bad_user"
    /// An event name that is neither text nor number.
    case badEventName = "bad_event_name"
    /// An empty key, or a path above `Limits.pathSizeBytesMax`.
    case badPath = "bad_path"
    /// The row would take the table beyond `Limits.columnCountMax`.
    case tooManyColumns = "too_many_columns"
    /// A CSV record whose count of fields is not the header's.
    case fieldCount = "field_count"
    /// A CSV field with text behind its closing quote.
    case badQuote = "bad_quote"
    /// The CSV ends inside a quoted field.
    case unclosedQuote = "unclosed_quote"
    /// COPY: a value that its declared column cannot hold.
    case badValue = "bad_value"
    /// COPY: no value for a NOT NULL column.
    case missingValue = "missing_value"
    /// COPY: a key that the table has no column for.
    case unknownColumn = "unknown_column"
}

/// One row that was not stored.
public struct RejectedRow: Sendable {
    /// Bytes of a rejected line that are kept.
    public static let rawSizeBytesMax = 64 << 10

    /// Of the input, from 1; of a CSV record, where it begins.
    public var line: Int
    public var reason: RejectReason
    /// What exactly was found, for a person.
    public var detail: String
    /// The line as it came, cut to `rawSizeBytesMax`.
    public var raw: [UInt8]
}
