import EventBase

/// Cuts a text into tokens, one statement at a time, and counts lines and columns on the way.
///
/// - Complexity: O(bytes), nothing recursive: comments nest by a counter.
struct Lexer {
    let bytes: [UInt8]
    private(set) var offset = 0
    private var line = 1
    private var column = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Where the next byte stands, as a position of `lengthBytes`.
    func here(lengthBytes: Int = 0) -> SourcePosition {
        SourcePosition(line: line, column: column, offsetBytes: offset, lengthBytes: lengthBytes)
    }

    func byte(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < bytes.count ? bytes[offset + ahead] : nil
    }

    /// Moves on, counting lines at LF and columns in Unicode scalars.
    mutating func advance(_ count: Int = 1) {
        let end = min(offset + count, bytes.count)
        while offset < end {
            let byte = bytes[offset]
            if byte == Ascii.lineFeed {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
    }

    /// The tokens up to and including the next `;` or the end of the text.
    mutating func statement() throws(EventSQLError) -> [Token] {
        var tokens: [Token] = []
        while true {
            let token = try next()
            tokens.append(token)
            if token.kind == .end || token.isSymbol(.semicolon) { return tokens }
            if token.endBytes - tokens[0].startBytes > Limits.statementSizeBytesMax {
                throw EventSQLError(
                    .limit, "a statement is at most \(Limits.statementSizeBytesMax) bytes long",
                    hint: "load rows with COPY or ingest instead of literals", position: tokens[0].position)
            }
        }
    }

    mutating func next() throws(EventSQLError) -> Token {
        try skipBlanks()
        guard let first = byte() else { return Token(kind: .end, position: here()) }
        if Ascii.startsName(first) {
            if first == Ascii.upperE || first == Ascii.lowerE, byte(1) == Ascii.quote { return try string(prefix: 1) }
            return word()
        }
        switch first {
        case Ascii.quote: return try string(prefix: 0)
        case Ascii.doubleQuote: return try quotedName()
        case Ascii.zero...Ascii.nine: return try number()
        case Ascii.dot where Ascii.isDigit(byte(1)) && !followsOperand: return try number()
        case Ascii.dollar: return try dollarParameter()
        case Ascii.colon where byte(1).map(Ascii.startsName) == true && !followsOperand: return namedParameter()
        default: return try sign()
        }
    }

    /// True right behind a name, a quote or a closing bracket, without a blank: `t.5`, `a:b`.
    private var followsOperand: Bool {
        guard offset > 0 else { return false }
        let before = bytes[offset - 1]
        return Ascii.continuesName(before) || before == Ascii.doubleQuote || before == Ascii.quote
            || before == Ascii.closeParenthesis || before == Ascii.closeBracket
    }

    private mutating func skipBlanks() throws(EventSQLError) {
        while let first = byte() {
            if Ascii.isBlank(first) {
                advance()
            } else if first == Ascii.minus, byte(1) == Ascii.minus {
                while let next = byte(), next != Ascii.lineFeed { advance() }
            } else if first == Ascii.slash, byte(1) == Ascii.star {
                try skipComment()
            } else if first == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF, offset == 0 {
                advance(3)
                column = 1
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(EventSQLError) {
        let opener = here(lengthBytes: 2)
        var depth = 0
        repeat {
            if byte() == Ascii.slash, byte(1) == Ascii.star {
                depth += 1
                advance(2)
            } else if byte() == Ascii.star, byte(1) == Ascii.slash {
                depth -= 1
                advance(2)
            } else if byte() == nil {
                throw EventSQLError(
                    .syntax, "expected */, found the end of the text", hint: "this comment is never closed",
                    position: opener)
            } else {
                advance()
            }
        } while depth > 0
    }

    private mutating func word() -> Token {
        let length = nameLength(from: 0)
        var token = Token(kind: .word, position: here(lengthBytes: length))
        if length <= 24 {
            token.keyword = Keyword.lookUp(String(decoding: bytes[offset..<offset + length], as: UTF8.self))
        }
        advance(length)
        return token
    }

    /// Bytes of the name that starts `ahead` bytes further on.
    private func nameLength(from ahead: Int) -> Int {
        var length = 0
        while let next = byte(ahead + length), Ascii.continuesName(next) { length += 1 }
        return length
    }

    private mutating func namedParameter() -> Token {
        let token = Token(kind: .parameter, position: here(lengthBytes: 1 + nameLength(from: 1)))
        advance(token.position.lengthBytes)
        return token
    }

    private mutating func dollarParameter() throws(EventSQLError) -> Token {
        let length = nameLength(from: 1)
        guard length > 0 else {
            throw EventSQLError(
                .syntax, "expected a parameter, found '$'", hint: "parameters are written $1 or :name",
                position: here(lengthBytes: 1))
        }
        return namedParameter()
    }

    private mutating func sign() throws(EventSQLError) -> Token {
        if let (symbol, length) = Symbol.match(bytes, at: offset) {
            let token = Token(kind: .symbol, symbol: symbol, position: here(lengthBytes: length))
            advance(length)
            return token
        }
        let character = String(UnicodeScalar(bytes[offset]))
        throw EventSQLError(
            .syntax, "expected a statement, found the character \(character.debugDescription)",
            hint: bytes[offset] == 0x60 ? "names are quoted with double quotes, strings with single quotes" : nil,
            position: here(lengthBytes: 1))
    }
}
