import EventBase

/// One word, number, string or sign of a statement. Its value is decoded from the source when the parser wants it.
struct Token: Sendable {
    enum Kind: Sendable {
        case word, quotedName, string, escapeString, integer, decimal, parameter, symbol, end
    }

    var kind: Kind
    /// The keyword that a word spells.
    var keyword: Keyword?
    var symbol: Symbol?
    var position: SourcePosition

    var startBytes: Int { position.offsetBytes }
    var endBytes: Int { position.offsetBytes + position.lengthBytes }

    func isSymbol(_ symbol: Symbol) -> Bool { self.symbol == symbol }
}

/// The signs of the grammar. Longer ones are tried first.
enum Symbol: String, CaseIterable, Sendable {
    case notRegexInsensitive = "!~*"
    case jsonGetText = "->>"
    case doubleColon = "::", concatenate = "||", notEqual = "<>", bangEqual = "!=", lessOrEqual = "<="
    case greaterOrEqual = ">=", jsonGet = "->", doubleSlash = "//", regexInsensitive = "~*", notRegex = "!~"
    case shiftLeft = "<<", shiftRight = ">>", doubleEqual = "==", doubleAnd = "&&"
    case plus = "+", minus = "-", star = "*", slash = "/", percent = "%", caret = "^", equal = "=", less = "<"
    case greater = ">", tilde = "~", ampersand = "&", pipe = "|", comma = ",", dot = ".", semicolon = ";"
    case colon = ":", open = "(", close = ")", openBracket = "[", closeBracket = "]", question = "?"

    private static let byFirstByte: [[(bytes: [UInt8], symbol: Symbol)]] = {
        var table: [[(bytes: [UInt8], symbol: Symbol)]] = Array(repeating: [], count: 128)
        for symbol in allCases {
            let bytes = Array(symbol.rawValue.utf8)
            table[Int(bytes[0])].append((bytes, symbol))
        }
        return table.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
    }()

    /// The longest sign that starts at `offset`, and its length in bytes.
    static func match(_ bytes: [UInt8], at offset: Int) -> (symbol: Symbol, lengthBytes: Int)? {
        guard offset < bytes.count, bytes[offset] < 128 else { return nil }
        for (spelling, symbol) in byFirstByte[Int(bytes[offset])] {
            if offset + spelling.count <= bytes.count, bytes[offset..<offset + spelling.count].elementsEqual(spelling) {
                return (symbol, spelling.count)
            }
        }
        return nil
    }
}
