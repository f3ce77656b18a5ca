import EventBase

/// IS, BETWEEN, IN, LIKE, casts and subscripts: what follows an operand.
extension Parser {
    /// IS [NOT] NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM x, ISNULL, NOTNULL.
    mutating func isTest(_ operand: Expression) throws(EventSQLError) -> Expression {
        let sign = token
        advance()
        if sign.keyword != .is { return .isNull(operand, negated: sign.keyword == .notnull, sign.position) }
        let negated = accept(.not)
        if accept(.null) || accept(.unknown) { return .isNull(operand, negated: negated, span(from: sign)) }
        if accept(.true) { return .isBool(operand, true, negated: negated, span(from: sign)) }
        if accept(.false) { return .isBool(operand, false, negated: negated, span(from: sign)) }
        guard accept(.distinct) else {
            throw unexpected("NULL, TRUE, FALSE or DISTINCT FROM", hint: "compare values with = instead of IS")
        }
        try expect(.from)
        let position = span(from: sign)
        return .isDistinct(operand, try expression(above: Precedence.isTest), negated: negated, position)
    }

    /// [NOT] BETWEEN, IN, LIKE, ILIKE, SIMILAR TO.
    mutating func patternTest(_ operand: Expression) throws(EventSQLError) -> Expression {
        let sign = token
        let negated = accept(.not)
        if accept(.between) {
            _ = accept(.symmetric)
            let low = try expression(above: Precedence.pattern)
            guard accept(.and) else { throw unexpected("AND and the upper bound of BETWEEN") }
            let high = try expression(above: Precedence.pattern)
            return .between(operand, low: low, high: high, negated: negated, sign.position)
        }
        if accept(.in) { return try membership(operand, negated: negated, sign) }
        if accept(.similar) {
            try expect(.to)
            let match = Expression.binary(
                .similarTo, operand, try expression(above: Precedence.pattern), sign.position)
            return negated ? .unary(.not, match, sign.position) : match
        }
        let caseInsensitive = accept(.ilike)
        if !caseInsensitive { try expect(.like) }
        let pattern = try expression(above: Precedence.pattern)
        let escape = accept(.escape) ? try expression(above: Precedence.pattern) : nil
        return .like(
            operand, pattern: pattern, escape: escape, caseInsensitive: caseInsensitive, negated: negated, sign.position
        )
    }

    /// What follows IN: a list, a query, or COHORT and a name.
    private mutating func membership(
        _ operand: Expression, negated: Bool, _ sign: Token
    ) throws(EventSQLError) -> Expression {
        if at(.cohort), isName(peek()) {
            advance()
            return .inCohort(operand, cohort: try name("a cohort name"), negated: negated, sign.position)
        }
        guard at(.open) else { throw unexpected("'(' or COHORT after IN", hint: "write IN (...)") }
        let opener = try open()
        if atQuery {
            let query = try query()
            try close(opener)
            return .inQuery(operand, query, negated: negated, sign.position)
        }
        let items = try list { (parser) throws(EventSQLError) in try parser.expression() }
        try close(opener)
        return .inList(operand, items, negated: negated, sign.position)
    }

    /// `x = ANY (query)` is IN, `x <> ALL (query)` is NOT IN; of a list they ask whether it holds x.
    mutating func quantified(
        _ left: Expression, _ binary: BinaryOperator, _ sign: Token
    ) throws(EventSQLError) -> Expression? {
        guard token.keyword == .any || token.keyword == .some || token.keyword == .all, peek().isSymbol(.open) else {
            return nil
        }
        let isAll = token.keyword == .all
        let isMembership = binary == (isAll ? .notEqual : .equal)
        advance()
        let opener = try open()
        guard atQuery else {
            guard isMembership else { throw unexpected("a query", hint: "a list goes with = ANY and <> ALL") }
            let list = try enclosed { (parser) throws(EventSQLError) in try parser.expression() }
            try close(opener)
            let holds = Expression.function(
                FunctionCall(name: "list_contains", arguments: [list, left]), sign.position)
            return isAll ? .unary(.not, holds, sign.position) : holds
        }
        let query = try query()
        try close(opener)
        if isMembership { return .inQuery(left, query, negated: isAll, sign.position) }
        return .quantified(left, binary, query, isAll: isAll, sign.position)
    }

    /// `x::type` and `x[i]`.
    mutating func postfix(_ operand: Expression) throws(EventSQLError) -> Expression {
        let sign = token
        advance()
        if sign.isSymbol(.doubleColon) { return .cast(operand, try typeName(), isTry: false, sign.position) }
        let subscript_ = try expression()
        try expect(.closeBracket)
        return .binary(.subscript_, operand, subscript_, sign.position)
    }

    /// `BIGINT`, `DOUBLE PRECISION`, `VARCHAR(20)`, `TIMESTAMP WITH TIME ZONE`, with `[]` for arrays.
    mutating func typeName() throws(EventSQLError) -> TypeName {
        let start = token
        guard token.kind == .word, token.keyword?.isReserved != true else { throw unexpected("a type name") }
        var name = source.text(token).uppercased()
        advance()
        if start.keyword == .double, accept(.precision) { name += " PRECISION" }
        if start.keyword == .character, accept(.varying) { name += " VARYING" }
        if at(.open), peek().kind == .integer {
            let opener = try open()
            _ = try list { (parser) throws(EventSQLError) in try parser.wholeNumber("a length") }
            try close(opener)
        }
        if start.keyword == .timestamp || start.keyword == .time {
            if accept(.with, .time, .zone) { name += " WITH TIME ZONE" }
            if accept(.without, .time, .zone) { name += " WITHOUT TIME ZONE" }
        }
        while at(.openBracket), peek().isSymbol(.closeBracket) {
            advance()
            advance()
            name += "[]"
        }
        return TypeName(name: name, position: span(from: start))
    }
}
