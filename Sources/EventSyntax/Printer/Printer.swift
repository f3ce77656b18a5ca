import EventBase

/// Writes syntax trees as canonical text that parses back to the same tree, positions aside.
///
/// Keywords are in upper case, defaults are left out, parentheses stand only where precedence needs them, and names are
/// quoted only where they must be.
/// - Threads: a value; each call stands alone.
/// - Complexity: O(tree).
package struct Printer {
    var text = ""

    package static func print(_ statement: Statement) -> String {
        var printer = Printer()
        printer.statement(statement)
        return printer.text
    }

    package static func print(_ query: Query) -> String {
        var printer = Printer()
        printer.query(query)
        return printer.text
    }

    package static func print(_ expression: Expression) -> String {
        var printer = Printer()
        printer.expression(expression)
        return printer.text
    }

    package static func print(_ behaviour: BehaviourStatement) -> String {
        var printer = Printer()
        printer.behaviour(behaviour)
        return printer.text
    }

    // MARK: Pieces

    mutating func write(_ part: String) { text += part }

    /// Items with a comma and a blank between them.
    mutating func list<Item>(_ items: [Item], _ print: (inout Printer, Item) -> Void) {
        for (index, item) in items.enumerated() {
            if index > 0 { write(", ") }
            print(&self, item)
        }
    }

    mutating func list(_ expressions: [Expression]) { list(expressions) { $0.expression($1) } }

    mutating func parenthesised(_ body: (inout Printer) -> Void) {
        write("(")
        body(&self)
        write(")")
    }

    /// `'...'` with quotes doubled.
    package static func string(_ value: String) -> String {
        "'" + (value.utf8.contains(Ascii.quote) ? doubled(value, Ascii.quote) : value) + "'"
    }

    private static func doubled(_ value: String, _ quote: UInt8) -> String {
        String(decoding: value.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self)
    }

    /// Words that are no column right where an expression begins, or no function in front of a parenthesis.
    private static let quotedKeywords: Set<Keyword> = [
        .array, .row, .currentDate, .currentTimestamp, .unbounded, .current, .primary, .any, .some, .rollup, .cube,
        .cast, .tryCast, .extract, .exists, .values, .partition, .rows, .range, .groups, .trim, .substring, .position,
    ]

    /// A name, in double quotes where the bare word would not read back as one.
    package static func name(_ name: String) -> String {
        let bytes = name.utf8
        guard let first = bytes.first, Ascii.startsName(first), bytes.allSatisfy(Ascii.continuesName) else {
            return "\"" + doubled(name, Ascii.doubleQuote) + "\""
        }
        if let keyword = Keyword.lookUp(name), keyword.isReserved || quotedKeywords.contains(keyword) {
            return "\"" + name + "\""
        }
        return name
    }

    /// A name whose dots separate parts.
    package static func dotted(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.contains(where: \.isEmpty) { return Printer.name(name) }
        return parts.map { Printer.name(String($0)) }.joined(separator: ".")
    }

    /// A function's name: the calls that the parser spells out keep their bare word.
    static func functionName(_ name: String) -> String {
        name == "substring" || name == "trim" ? name : dotted(name)
    }

    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
