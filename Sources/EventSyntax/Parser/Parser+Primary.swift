import EventBase

/// Operands: literals, names, calls, parentheses, CASE, subqueries.
extension Parser {
    /// An operand with its leading signs.
    mutating func prefix() throws(EventSQLError) -> Expression {
        let sign = token
        if accept(.not) {
            if at(.exists), peek().isSymbol(.open) { return try exists(sign, negated: true) }
            return .unary(.not, try expression(above: Precedence.not), sign.position)
        }
        guard let symbol = sign.symbol else { return try primary() }
        switch symbol {
        case .minus:
            advance()
            if token.kind == .integer, source.text(token).filter({ $0 != "_" }) == "9223372036854775808" {
                advance()
                return .literal(.integer(.min), span(from: sign))
            }
            return .unary(.minus, try expression(above: Precedence.sign), sign.position)
        case .plus:
            advance()
            return .unary(.plus, try expression(above: Precedence.sign), sign.position)
        case .tilde:
            advance()
            return .unary(.bitNot, try expression(above: Precedence.other), sign.position)
        case .open: return try enclosed { (parser) throws(EventSQLError) in try parser.parenthesised() }
        case .openBracket: return try array()
        case .star:
            advance()
            return try star(qualifier: nil, from: sign)
        case .question:
            advance()
            anonymousParameterCount += 1
            return parameter(.position(anonymousParameterCount), sign.position)
        default: throw unexpected("an expression")
        }
    }

    private mutating func primary() throws(EventSQLError) -> Expression {
        let start = token
        switch start.kind {
        case .string, .escapeString:
            return .literal(.string(try string("a string")), start.position)
        case .integer, .decimal: return try number()
        case .parameter: return try parameter()
        case .quotedName: return try nameOrCall()
        case .word:
            if let keyword = start.keyword, let special = try keywordPrimary(keyword) { return special }
            let isCall = peek().isSymbol(.open)
            guard isName(start) || isCall && (start.keyword == .left || start.keyword == .right) else {
                throw unexpected("an expression")
            }
            return try nameOrCall()
        case .symbol, .end: throw unexpected("an expression")
        }
    }

    /// Operands that begin with a keyword; nil where the word is a plain name here.
    private mutating func keywordPrimary(_ keyword: Keyword) throws(EventSQLError) -> Expression? {
        let start = token
        let next = peek()
        switch keyword {
        case .null, .true, .false:
            advance()
            return .literal(keyword == .null ? .null : .bool(keyword == .true), start.position)
        case .case: return try caseWhen()
        case .cast, .tryCast: return next.isSymbol(.open) ? try cast() : nil
        case .extract: return next.isSymbol(.open) ? try extract() : nil
        case .exists: return next.isSymbol(.open) && startsQuery(ahead: 2) ? try exists(start, negated: false) : nil
        case .interval: return try interval()
        case .timestamp, .timestamptz, .date: return try typedLiteral()
        case .array: return next.isSymbol(.openBracket) ? try array() : nil
        case .row: return next.isSymbol(.open) ? try row() : nil
        case .position, .substring, .trim: return next.isSymbol(.open) ? try spelledCall(keyword) : nil
        case .currentDate, .currentTimestamp:
            guard !next.isSymbol(.open), !next.isSymbol(.dot) else { return nil }
            advance()
            return .function(FunctionCall(name: keyword.rawValue, arguments: []), start.position)
        default: return nil
        }
    }

    private mutating func number() throws(EventSQLError) -> Expression {
        let start = token
        let text = source.text(start)
        if start.kind == .integer, let value = NumberText.integer(text) {
            advance()
            return .literal(.integer(value), start.position)
        }
        guard let value = NumberText.double(text) else {
            throw EventSQLError(
                .syntax, "expected a number within the range of DOUBLE, found \(describe(start))",
                position: start.position)
        }
        advance()
        return .literal(.double(value), start.position)
    }

    mutating func parameter() throws(EventSQLError) -> Expression {
        let start = token
        let text = String(source.text(start).dropFirst())
        if text.utf8.allSatisfy({ Ascii.isDigit($0) }) {
            guard let number = Int(text), number >= 1, number <= 65_535 else {
                throw EventSQLError(
                    .syntax, "expected a parameter $1 to $65535, found \(describe(start))", position: start.position)
            }
            advance()
            return parameter(.position(number), start.position)
        }
        advance()
        return parameter(.name(text), start.position)
    }

    private mutating func parameter(_ name: ParameterName, _ position: SourcePosition) -> Expression {
        parameters.append(ParameterUse(name, position))
        return .parameter(name, position)
    }

    /// `TIMESTAMP '...'`, `DATE '...'`; nil where the word is a name.
    private mutating func typedLiteral() throws(EventSQLError) -> Expression? {
        let start = token
        var ahead = 1
        if start.keyword == .timestamp, peek(1).keyword == .with || peek(1).keyword == .without,
            peek(2).keyword == .time, peek(3).keyword == .zone
        {
            ahead = 4
        }
        guard peek(ahead).kind == .string || peek(ahead).kind == .escapeString else { return nil }
        for _ in 0..<ahead { advance() }
        let text = try string("a string")
        return .literal(start.keyword == .date ? .date(text) : .timestamp(text), span(from: start))
    }

    /// `(x)`, `(a, b)` or a query that yields one value.
    private mutating func parenthesised() throws(EventSQLError) -> Expression {
        let opener = try open()
        if atQuery {
            let query = try query()
            try close(opener)
            return .scalarQuery(query, span(from: opener))
        }
        let first = try expression()
        guard at(.comma) else {
            try close(opener)
            return first
        }
        advance()
        let rest = try list { (parser) throws(EventSQLError) in try parser.expression() }
        try close(opener)
        return .row([first] + rest, span(from: opener))
    }

    private mutating func row() throws(EventSQLError) -> Expression {
        let start = token
        advance()
        let opener = try open()
        let items = try list { (parser) throws(EventSQLError) in try parser.expression() }
        try close(opener)
        return .row(items, span(from: start))
    }

    private mutating func array() throws(EventSQLError) -> Expression {
        let start = token
        _ = accept(.array)
        try expect(.openBracket)
        if accept(.closeBracket) { return .array([], span(from: start)) }
        let items = try list { (parser) throws(EventSQLError) in try parser.expression() }
        try expect(.closeBracket)
        return .array(items, span(from: start))
    }

    private mutating func exists(_ start: Token, negated: Bool) throws(EventSQLError) -> Expression {
        try expect(.exists)
        let opener = try open()
        let query = try query()
        try close(opener)
        return .exists(query, negated: negated, start.position)
    }

    private mutating func caseWhen() throws(EventSQLError) -> Expression {
        let start = token
        advance()
        let operand = at(.when) ? nil : try expression()
        var branches: [CaseBranch] = []
        while accept(.when) {
            let when = try expression()
            try expect(.then)
            branches.append(CaseBranch(when: when, then: try expression()))
        }
        guard !branches.isEmpty else { throw unexpected("WHEN") }
        let otherwise = accept(.else) ? try expression() : nil
        guard accept(.end) else { throw unexpected("WHEN, ELSE or END", hint: "a CASE closes with END") }
        return .caseWhen(operand: operand, branches, otherwise: otherwise, start.position)
    }

    private mutating func cast() throws(EventSQLError) -> Expression {
        let start = token
        let isTry = token.keyword == .tryCast
        advance()
        let opener = try open()
        let operand = try expression()
        guard accept(.as) else { throw unexpected("AS and a type", hint: "write CAST(x AS BIGINT)") }
        let type = try typeName()
        try close(opener)
        return .cast(operand, type, isTry: isTry, start.position)
    }

    private mutating func extract() throws(EventSQLError) -> Expression {
        let start = token
        advance()
        let opener = try open()
        let field: String
        if token.kind == .string {
            field = try string("a field")
        } else {
            guard token.kind == .word else { throw unexpected("a field such as HOUR") }
            field = source.text(token)
            advance()
        }
        try expect(.from)
        let operand = try expression()
        try close(opener)
        return .extract(field: field.lowercased(), operand, start.position)
    }
}
