import EventBase

/// Names, strings and whole numbers.
extension Parser {
    /// Whether the current token can be a name: quoted, or a word that is not reserved.
    var atName: Bool { isName(token) }

    func isName(_ token: Token) -> Bool {
        token.kind == .quotedName || (token.kind == .word && !(token.keyword?.isReserved ?? false))
    }

    mutating func name(_ what: String) throws(EventSQLError) -> String {
        guard atName else {
            throw unexpected(what, hint: token.kind == .string ? "names stand in double quotes or without quotes" : nil)
        }
        let name = source.name(token)
        advance()
        return name
    }

    /// A name after a dot or in a place where nothing else can stand: reserved words are welcome too.
    mutating func anyName(_ what: String) throws(EventSQLError) -> String {
        guard token.kind == .quotedName || token.kind == .word else { throw unexpected(what) }
        let name = source.name(token)
        advance()
        return name
    }

    /// `schema.table`.
    mutating func dottedName(_ what: String) throws(EventSQLError) -> [String] {
        var parts = [try name(what)]
        while accept(.dot) { parts.append(try anyName("a name after '.'")) }
        return parts
    }

    /// The name of a table where statements keep it as one string.
    mutating func tableName() throws(EventSQLError) -> String {
        try dottedName("a table name").joined(separator: ".")
    }

    mutating func string(_ what: String) throws(EventSQLError) -> String {
        guard token.kind == .string || token.kind == .escapeString else {
            throw unexpected(
                what,
                hint: token.kind == .quotedName || token.kind == .word
                    ? "strings stand in single quotes: '\(source.name(token))'" : nil)
        }
        let value = try source.string(token)
        advance()
        return value
    }

    /// A whole number of 0 or more that fits Int.
    mutating func wholeNumber(_ what: String) throws(EventSQLError) -> Int {
        guard token.kind == .integer, let value = NumberText.integer(source.text(token)) else {
            throw unexpected(what)
        }
        advance()
        return Int(value)
    }

    /// `(name, name, ...)`.
    mutating func nameList(_ what: String) throws(EventSQLError) -> [String] {
        let opener = try open()
        let names = try list { (parser) throws(EventSQLError) in try parser.name(what) }
        try close(opener)
        return names
    }
}

/// The values of number tokens.
enum NumberText {
    /// The value of `12`, `1_000` or `0x1F`; nil beyond Int64.
    static func integer(_ text: String) -> Int64? {
        let digits = text.utf8.contains(Ascii.underscore) ? text.filter { $0 != "_" } : text
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return Int64(digits.dropFirst(2), radix: 16) }
        return Int64(digits)
    }

    /// The value of any number token; nil beyond the range of Double.
    static func double(_ text: String) -> Double? {
        let digits = text.filter { $0 != "_" }
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            return UInt64(digits.dropFirst(2), radix: 16).map(Double.init)
        }
        guard let value = Double(digits.hasSuffix(".") ? digits + "0" : digits), value.isFinite else { return nil }
        return value
    }
}
