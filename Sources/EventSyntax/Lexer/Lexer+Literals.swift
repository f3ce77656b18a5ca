import EventBase

/// Strings, quoted names and numbers: their extent, and whether they are well formed.
extension Lexer {
    /// `'...'` with doubled quotes; with a prefix of one byte `E'...'` with backslash escapes.
    mutating func string(prefix: Int) throws(EventSQLError) -> Token {
        let opener = here(lengthBytes: prefix + 1)
        let start = offset
        advance(prefix)
        try skipQuoted(Ascii.quote, escapes: prefix > 0, opener: opener, what: "string")
        var position = opener
        position.lengthBytes = offset - start
        return Token(kind: prefix > 0 ? .escapeString : .string, position: position)
    }

    mutating func quotedName() throws(EventSQLError) -> Token {
        let opener = here(lengthBytes: 1)
        try skipQuoted(Ascii.doubleQuote, escapes: false, opener: opener, what: "quoted name")
        var position = opener
        position.lengthBytes = offset - opener.offsetBytes
        if position.lengthBytes == 2 {
            throw EventSQLError(
                .syntax, "expected a name, found an empty quoted name", hint: "an empty string is written ''",
                position: position)
        }
        return Token(kind: .quotedName, position: position)
    }

    private mutating func skipQuoted(
        _ quote: UInt8, escapes: Bool, opener: SourcePosition, what: String
    ) throws(EventSQLError) {
        advance()
        while let next = byte() {
            if next == quote {
                if byte(1) != quote {
                    advance()
                    return
                }
                advance(2)
            } else if escapes, next == Ascii.backslash {
                advance(2)
            } else {
                advance()
            }
        }
        throw EventSQLError(
            .syntax, "expected the end of the \(what), found the end of the text",
            hint: "the quote that opens here is never closed", position: opener)
    }

    /// `12`, `1_000`, `1.5`, `.5`, `2e-3`, `0x1F`.
    mutating func number() throws(EventSQLError) -> Token {
        let start = here()
        var kind = Token.Kind.integer
        if byte() == Ascii.zero, byte(1).map({ $0 | 0x20 }) == 0x78 {
            advance(2)
            while let next = byte(), Ascii.hexValue(next) != nil || next == Ascii.underscore { advance() }
        } else {
            skipDigits()
            if byte() == Ascii.dot, !(byte(1).map(Ascii.startsName) ?? false) || Ascii.isDigit(byte(1)) {
                kind = .decimal
                advance()
                skipDigits()
            }
            if byte().map({ $0 | 0x20 }) == Ascii.lowerE {
                let signed = byte(1) == Ascii.plus || byte(1) == Ascii.minus
                if Ascii.isDigit(byte(signed ? 2 : 1)) {
                    kind = .decimal
                    advance(signed ? 2 : 1)
                    skipDigits()
                }
            }
        }
        var position = start
        if let next = byte(), Ascii.startsName(next) {
            while let next = byte(), Ascii.continuesName(next) { advance() }
            position.lengthBytes = offset - start.offsetBytes
            throw EventSQLError(
                .syntax, "expected a number, found letters right behind its digits",
                hint: "put a blank behind the number, or double quotes around a name that starts with a digit",
                position: position)
        }
        position.lengthBytes = offset - start.offsetBytes
        return Token(kind: kind, position: position)
    }

    /// Digits with single underscores between them.
    private mutating func skipDigits() {
        while let next = byte() {
            guard Ascii.isDigit(next) || (next == Ascii.underscore && Ascii.isDigit(byte(1))) else { return }
            advance()
        }
    }
}
