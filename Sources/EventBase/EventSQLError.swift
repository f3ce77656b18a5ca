/// The one error of the library: what kind of thing went wrong, where, and what to do about it.
///
/// Every throwing function of the engine throws this type, so a caller decides by `kind` and shows `description`.
/// - Threads: a value, `Sendable`.
public struct EventSQLError: Error, Sendable, CustomStringConvertible {
    /// Who is at fault, and therefore who can mend it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The statement cannot be read; `position` says where.
        case syntax
        /// The statement reads well but names something that does not exist or does not fit; `position` says where.
        case binding
        /// A value cannot be what it was asked to be: overflow, division by zero, a bad cast, a bad input row.
        case invalidInput
        /// A file, table, cohort or person that was asked for does not exist.
        case notFound
        /// Somebody else holds what was asked for: a second writer, an existing name.
        case conflict
        /// A limit was reached: memory, time, length. The message names the limit and how to change it.
        case limit
        /// The caller cancelled the work.
        case cancelled
        /// The operating system refused: disk full, permission, read-only.
        case io
        /// Bytes on disk are not what was written there.
        case corruption
        /// A fault of EventSQL itself. Please report it.
        case `internal`
    }

    /// Held on the heap so that the error stays one word wide in typed throws.
    private final class Facts: Sendable {
        let kind: Kind
        let message: String
        let hint: String?
        let position: SourcePosition?
        let path: String?

        init(kind: Kind, message: String, hint: String?, position: SourcePosition?, path: String?) {
            self.kind = kind
            self.message = message
            self.hint = hint
            self.position = position
            self.path = path
        }
    }

    private let facts: Facts

    public init(
        _ kind: Kind, _ message: String, hint: String? = nil, position: SourcePosition? = nil, path: String? = nil
    ) {
        facts = Facts(kind: kind, message: message, hint: hint, position: position, path: path)
    }

    public var kind: Kind { facts.kind }
    /// One sentence without a full stop: what was found and what was expected.
    public var message: String { facts.message }
    /// What to do next, when the library knows.
    public var hint: String? { facts.hint }
    /// Where in the statement's text.
    public var position: SourcePosition? { facts.position }
    /// The file or directory concerned.
    public var path: String? { facts.path }

    /// The same error with a position, unless it has one already.
    public func at(_ position: SourcePosition?) -> EventSQLError {
        EventSQLError(kind, message, hint: hint, position: self.position ?? position, path: path)
    }

    /// The same error with a path, unless it has one already.
    public func at(path: String) -> EventSQLError {
        EventSQLError(kind, message, hint: hint, position: position, path: self.path ?? path)
    }

    /// One line of kind and message, with path, position and hint where known.
    public var description: String {
        var text = "\(kind.rawValue) error: \(message)"
        if let path { text += " (\(path))" }
        if let position { text += " at line \(position.line), column \(position.column)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}

/// A run of a statement's text. Lines and columns count from 1, columns in Unicode scalars.
public struct SourcePosition: Sendable, Hashable {
    public var line: Int
    public var column: Int
    /// Distance from the start of the text in UTF-8 bytes.
    public var offsetBytes: Int
    /// Length in UTF-8 bytes, at least 1 unless at the end of the text.
    public var lengthBytes: Int

    public init(line: Int, column: Int, offsetBytes: Int, lengthBytes: Int) {
        self.line = line
        self.column = column
        self.offsetBytes = offsetBytes
        self.lengthBytes = lengthBytes
    }
}
