public import EventBase

/// Which paths of the input become which columns: `user_id=actor.login`, or `event_name==purchase` for a constant.
///
/// Without an assignment a path keeps its name, so `timestamp`, `user_id` and `event_name` are the time, the user and the
/// name. A path whose name an assignment has taken for something else is kept as `input.<path>`.
public struct ColumnMapping: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case path(String)
        case constant(String)
    }

    /// By column, in the order given.
    private(set) var assignments: [(column: String, source: Source)] = []

    /// Everything keeps its name.
    public init() {}

    /// Reads assignments as the command line gives them.
    /// - Throws: `.invalidInput` for a text that is no assignment, or one that contradicts another.
    public init(_ texts: [String]) throws(EventSQLError) {
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw EventSQLError(
                    .invalidInput, "cannot read the mapping '\(text)'",
                    hint: "write column=path, as in user_id=actor.login, or column==text for a constant")
            }
            let column = String(text[..<equals])
            let rest = text[text.index(after: equals)...]
            if rest.hasPrefix("=") {
                try assign(column, to: .constant(String(rest.dropFirst())))
            } else {
                try assign(column, to: .path(String(rest)))
            }
        }
    }

    /// Lets the values at `path` become `column`.
    public mutating func map(_ column: String, toPath path: String) throws(EventSQLError) {
        try assign(column, to: .path(path))
    }

    /// Gives every row the same text in `column`.
    public mutating func map(_ column: String, toConstant text: String) throws(EventSQLError) {
        try assign(column, to: .constant(text))
    }

    private mutating func assign(_ column: String, to source: Source) throws(EventSQLError) {
        if assignments.contains(where: { $0.column == column }) {
            throw EventSQLError(.invalidInput, "column '\(column)' is mapped twice")
        }
        switch source {
        case .path(let path):
            if path.isEmpty { throw EventSQLError(.invalidInput, "column '\(column)' is mapped to an empty path") }
            if assignments.contains(where: { $0.source == source }) {
                throw EventSQLError(.invalidInput, "path '\(path)' is mapped to two columns")
            }
        case .constant:
            if column == RowRole.timeColumn {
                throw EventSQLError(.invalidInput, "the time of all rows cannot be one constant")
            }
        }
        assignments.append((column, source))
    }

    public static func == (a: ColumnMapping, b: ColumnMapping) -> Bool {
        a.assignments.elementsEqual(b.assignments) { $0 == $1 }
    }

    /// The column that the values at `path` go to.
    func column(ofPath path: String) -> String {
        for (column, source) in assignments where source == .path(path) { return column }
        return assignments.contains { $0.column == path } ? "input.\(path)" : path
    }

    /// The path that feeds a column, or nil where a constant does.
    func path(ofColumn column: String) -> String? {
        guard let assignment = assignments.first(where: { $0.column == column }) else { return column }
        guard case .path(let path) = assignment.source else { return nil }
        return path
    }

    /// Columns of one value, with that value.
    var constants: [(column: String, text: String)] {
        assignments.compactMap { column, source in
            guard case .constant(let text) = source else { return nil }
            return (column, text)
        }
    }
}

/// What a column of an event table is for, as far as ingestion treats it differently.
enum RowRole: UInt8, Sendable {
    case property
    case time
    case user
    case name
    /// Session and event ids: properties with a shorter limit.
    case identifier
    /// A column of a table with declared columns.
    case declared

    static let timeColumn = "timestamp"
    static let userColumn = "user_id"
    static let nameColumn = "event_name"

    init(column: String) {
        self =
            switch column {
            case Self.timeColumn: .time
            case Self.userColumn: .user
            case Self.nameColumn: .name
            case "event_id", "session_id": .identifier
            default: .property
            }
    }
}
