import EventBase

/// The text being parsed, and the values of its tokens.
struct SourceText: Sendable {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The text between two byte offsets that lie on token borders.
    func text(_ start: Int, _ end: Int) -> String {
        guard start < end else { return "" }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    func text(_ token: Token) -> String { text(token.startBytes, token.endBytes) }

    /// A word as written, or a quoted name without its quotes.
    func name(_ token: Token) -> String {
        token.kind == .quotedName ? unquoted(token.startBytes + 1, token.endBytes - 1, Ascii.doubleQuote) : text(token)
    }

    /// The value of a string token.
    func string(_ token: Token) throws(EventSQLError) -> String {
        if token.kind == .escapeString { return try escaped(token) }
        return unquoted(token.startBytes + 1, token.endBytes - 1, Ascii.quote)
    }

    private func unquoted(_ start: Int, _ end: Int, _ quote: UInt8) -> String {
        guard bytes[start..<end].contains(quote) else { return text(start, end) }
        var result: [UInt8] = []
        var index = start
        while index < end {
            result.append(bytes[index])
            index += bytes[index] == quote ? 2 : 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func escaped(_ token: Token) throws(EventSQLError) -> String {
        var result: [UInt8] = []
        var index = token.startBytes + 2
        let end = token.endBytes - 1
        while index < end {
            let byte = bytes[index]
            if byte == Ascii.quote {
                result.append(byte)
                index += 2
            } else if byte == Ascii.backslash {
                index = try escape(at: index, end: end, into: &result, token)
            } else {
                result.append(byte)
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Appends what the escape at `index` stands for; returns the offset behind it.
    private func escape(
        at index: Int, end: Int, into result: inout [UInt8], _ token: Token
    ) throws(EventSQLError) -> Int {
        let letter = bytes[index + 1]
        switch letter {
        case 0x6E: result.append(10)
        case 0x74: result.append(9)
        case 0x72: result.append(13)
        case 0x62: result.append(8)
        case 0x66: result.append(12)
        case 0x78, 0x75, 0x55:
            let digitCount = letter == 0x78 ? 2 : letter == 0x75 ? 4 : 8
            var value: UInt32 = 0
            for place in 0..<digitCount {
                guard index + 2 + place < end, let digit = Ascii.hexValue(bytes[index + 2 + place]) else {
                    throw badEscape(at: index, token)
                }
                value = value << 4 | digit
            }
            guard let scalar = UnicodeScalar(value) else { throw badEscape(at: index, token) }
            result.append(contentsOf: String(Character(scalar)).utf8)
            return index + 2 + digitCount
        default:
            result.append(letter)
        }
        return index + 2
    }

    private func badEscape(at index: Int, _ token: Token) -> EventSQLError {
        var position = token.position
        // Columns count scalars, so the escape's place is found by walking the token.
        for byte in bytes[token.startBytes..<index] {
            if byte == Ascii.lineFeed {
                position.line += 1
                position.column = 1
            } else if byte & 0xC0 != 0x80 {
                position.column += 1
            }
        }
        position.offsetBytes = index
        position.lengthBytes = 2
        return EventSQLError(
            .syntax, "expected hexadecimal digits of a character, found an incomplete escape",
            hint: "write \\xHH, \\uHHHH or \\UHHHHHHHH", position: position)
    }
}
