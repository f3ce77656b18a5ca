package import EventBase

/// Reads statements: recursive descent for clauses, operator precedence for expressions.
///
/// - Errors: `.syntax` with a position inside the text; `.limit` where a bound of `Limits` is met.
/// - Threads: a value; each call stands alone.
/// - Complexity: O(bytes); stack depth is bounded by `Limits.expressionDepthMax`.
package struct Parser {
    let source: SourceText
    /// The tokens of one statement; the last one is `;` or the end of the text.
    var tokens: [Token]
    var index = 0
    /// Open nested constructs around the current token.
    var depth = 0
    /// Height of the highest expression tree read since this was last reset.
    var height = 0
    /// Keywords that were looked for at the current token, for messages.
    var tried: [Keyword] = []
    /// The last name taken as an alias without AS, with the keywords that could have stood there: a misspelt keyword lands here.
    var looseAlias: (index: Int, tried: [Keyword])?
    /// Bare `?` parameters so far.
    var anonymousParameterCount = 0
    var parameters: [ParameterUse] = []
    /// Step names while an exclusion's filter is read, where `BETWEEN a AND b` of two steps ends the filter.
    var exclusionStepNames: Set<String> = []
    /// While the filter of a cohort condition is read: AND before another condition ends the filter.
    var inCohortFilter = false

    init(source: SourceText, tokens: [Token]) {
        self.source = source
        self.tokens = tokens
    }

    /// All statements of a text, split at semicolons; empty ones are skipped.
    package static func parseScript(_ text: String) throws(EventSQLError) -> [ParsedStatement] {
        let source = SourceText(text)
        var lexer = Lexer(bytes: source.bytes)
        var statements: [ParsedStatement] = []
        while true {
            let tokens = try lexer.statement()
            if tokens.count > 1 { statements.append(try parse(source, tokens)) }
            if tokens[tokens.count - 1].kind == .end { return statements }
        }
    }

    /// The one statement of a text; a semicolon may follow it.
    package static func parseStatement(_ text: String) throws(EventSQLError) -> ParsedStatement {
        let source = SourceText(text)
        var lexer = Lexer(bytes: source.bytes)
        var found: ParsedStatement?
        while true {
            let tokens = try lexer.statement()
            if tokens.count > 1 {
                if found != nil {
                    throw EventSQLError(
                        .syntax, "expected one statement, found a second one",
                        hint: "send statements one by one, or as a script", position: tokens[0].position)
                }
                found = try parse(source, tokens)
            }
            guard let last = tokens.last, last.kind == .end else { continue }
            guard let found else {
                throw EventSQLError(
                    .syntax, "expected a statement, found the end of the text", position: last.position)
            }
            return found
        }
    }

    /// True when a text ends inside a statement, string or comment, so that an interactive reader should ask for more lines.
    package static func isIncomplete(_ text: String) -> Bool {
        let source = SourceText(text)
        var lexer = Lexer(bytes: source.bytes)
        do throws(EventSQLError) {
            while true {
                let tokens = try lexer.statement()
                if tokens[tokens.count - 1].kind == .end { return tokens.count > 1 }
            }
        } catch {
            return error.message.hasSuffix("found the end of the text")
        }
    }

    private static func parse(_ source: SourceText, _ tokens: [Token]) throws(EventSQLError) -> ParsedStatement {
        let start = tokens[0].startBytes
        let end = tokens[tokens.count - 2].endBytes
        guard end - start <= Limits.statementSizeBytesMax else {
            throw EventSQLError(
                .limit,
                "a statement is at most \(Limits.statementSizeBytesMax) bytes long, this one has \(end - start)",
                hint: "load rows with COPY or ingest instead of literals", position: tokens[0].position)
        }
        var parser = Parser(source: source, tokens: tokens)
        let statement = try parser.statement()
        guard parser.atEnd else { throw parser.unexpected("the end of the statement") }
        return ParsedStatement(
            statement: statement, text: source.text(start, end), parameters: parser.parameters)
    }
}
