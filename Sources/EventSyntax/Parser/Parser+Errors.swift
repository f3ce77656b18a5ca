import EventBase

/// What was found, what was expected, and what the writer probably meant.
extension Parser {
    func describe(_ token: Token) -> String {
        switch token.kind {
        case .end: return "the end of the statement"
        case .string, .escapeString: return "the string \(shortened(source.text(token)))"
        default: return token.isSymbol(.semicolon) ? "the end of the statement" : "'\(shortened(source.text(token)))'"
        }
    }

    private func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 40
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(37))) + "..."
    }

    /// The error for the current token where `expected` should stand.
    func unexpected(_ expected: String, hint: String? = nil) -> EventSQLError {
        if let alias = looseAlias, alias.index == index - 1,
            let meant = nearestKeyword(to: tokens[alias.index], among: alias.tried)
        {
            let found = tokens[alias.index]
            return EventSQLError(
                .syntax, "expected \(meant.spelling), found \(describe(found))",
                hint: "did you mean \(meant.spelling)?", position: found.position)
        }
        return EventSQLError(
            .syntax, "expected \(expected), found \(describe(token))", hint: hint ?? usualHint(),
            position: token.position)
    }

    private func nearestKeyword(to token: Token, among keywords: [Keyword]) -> Keyword? {
        guard token.kind == .word else { return nil }
        return EditDistance.nearest(to: source.text(token), in: keywords.map(\.rawValue)).flatMap(Keyword.init)
    }

    /// Mistakes that are made again and again.
    private func usualHint() -> String? {
        switch token.symbol {
        case .doubleEqual: return "equality is written with one ="
        case .doubleAnd: return "write AND"
        case .close: return "this parenthesis closes nothing, or something is missing before it"
        case .comma: return "something is missing before the comma"
        default: break
        }
        if token.kind == .quotedName { return "double quotes name columns; strings stand in single quotes" }
        if let meant = nearestKeyword(to: token, among: tried), meant != token.keyword {
            return "did you mean \(meant.spelling)?"
        }
        if let keyword = token.keyword, keyword.isReserved {
            return "\(keyword.spelling) is reserved; as a name it stands in double quotes"
        }
        return nil
    }

    /// The error for a clause that stands twice.
    func duplicate(_ clause: String, first: SourcePosition, again: Token) -> EventSQLError {
        EventSQLError(
            .syntax, "expected one \(clause), found a second one",
            hint: "the first \(clause) is at line \(first.line), column \(first.column)", position: again.position)
    }
}
