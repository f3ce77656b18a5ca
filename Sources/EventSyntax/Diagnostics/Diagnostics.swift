package import EventBase

/// Errors as people read them: the message, the line it is about with a mark below, and what to do.
package enum Diagnostics {
    /// Columns of source shown; longer lines are cut around the mark.
    private static let widthMax = 100

    /// ```
    /// syntax error: expected a table name, found 'WHERE' (line 1, column 15)
    /// SELECT * FROM WHERE a = 1
    ///               ^^^^^
    /// hint: ...
    /// ```
    package static func render(_ error: EventSQLError, _ text: String) -> String {
        var lines = ["\(error.kind.rawValue) error: \(error.message)"]
        if let path = error.path { lines[0] += " (\(path))" }
        if let position = error.position {
            lines[0] += " (line \(position.line), column \(position.column))"
            lines += excerpt(position, text)
        }
        if let hint = error.hint { lines.append("hint: \(hint)") }
        return lines.joined(separator: "\n")
    }

    /// The line of a position and the carets under its run, tabs and control characters as blanks.
    private static func excerpt(_ position: SourcePosition, _ text: String) -> [String] {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard position.line >= 1, position.line <= lines.count else { return [] }
        let scalars = lines[position.line - 1].map { $0.value < 32 ? " " : $0 }
        let start = min(max(position.column - 1, 0), scalars.count)
        let run = runLength(position, text, room: scalars.count - start)
        let first = start > widthMax * 3 / 4 ? start - widthMax / 2 : 0
        let last = min(scalars.count, first + widthMax)
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars[first..<last])
        let head = first > 0 ? "..." : ""
        let tail = last < scalars.count ? "..." : ""
        let blanks = String(repeating: " ", count: head.count + start - first)
        return [head + String(shown) + tail, blanks + String(repeating: "^", count: max(1, min(run, last - start)))]
    }

    /// Scalars of the run that lie on its first line.
    private static func runLength(_ position: SourcePosition, _ text: String, room: Int) -> Int {
        let utf8 = text.utf8
        guard position.offsetBytes >= 0, position.offsetBytes < utf8.count else { return 1 }
        let run = utf8.dropFirst(position.offsetBytes).prefix(min(position.lengthBytes, 4096)).prefix {
            $0 != Ascii.lineFeed
        }
        return min(run.count { $0 & 0xC0 != 0x80 }, max(1, room))
    }
}
