import EventBase

/// How tightly operators bind, PostgreSQL's order, loosest first.
enum Precedence {
    static let or = 1
    static let and = 2
    static let not = 3
    static let isTest = 4
    static let comparison = 5
    /// BETWEEN, IN, LIKE, SIMILAR.
    static let pattern = 6
    /// `||`, `->`, `~`, `&` and every other sign.
    static let other = 7
    static let sum = 8
    static let product = 9
    static let power = 10
    static let zone = 11
    static let sign = 12
    static let postfix = 13
}

/// Operator precedence parsing. Chains of one level are read in a loop, so only nesting costs stack.
extension Parser {
    mutating func expression() throws(EventSQLError) -> Expression { try expression(above: 0) }

    /// An expression of operators that bind tighter than `limit`.
    ///
    /// `height` follows the tree's height: it is collected from the operands and grows by one with each operator.
    mutating func expression(above limit: Int) throws(EventSQLError) -> Expression {
        try enter()
        defer { depth -= 1 }
        let outerHeight = height
        height = 0
        var left = try prefix()
        var ownHeight = height + 1
        while let precedence = infixPrecedence(), precedence > limit {
            height = 0
            if precedence == Precedence.and || precedence == Precedence.or {
                left = try chain(left, precedence)
            } else {
                left = try infix(left, precedence)
            }
            ownHeight = max(ownHeight, height) + 1
            if ownHeight > Limits.expressionHeightMax { throw tooHigh() }
        }
        height = max(outerHeight, ownHeight)
        return left
    }

    func tooHigh() -> EventSQLError {
        EventSQLError(
            .limit, "at most \(Limits.expressionHeightMax) operators may hang on each other",
            hint: "use IN, concat or WITH instead of a long chain", position: token.position)
    }

    /// The precedence of the operator at the current token, nil where there is none.
    private func infixPrecedence() -> Int? {
        if let symbol = token.symbol { return Self.precedence(of: symbol) }
        switch token.keyword {
        case .or: return endsCohortFilter ? nil : Precedence.or
        case .and: return endsCohortFilter ? nil : Precedence.and
        case .is, .isnull, .notnull: return Precedence.isTest
        case .between: return endsExclusionFilter ? nil : Precedence.pattern
        case .in: return inCohortFilter && peek().keyword == .last ? nil : Precedence.pattern
        case .like, .ilike: return Precedence.pattern
        case .similar: return peek().keyword == .to ? Precedence.pattern : nil
        case .not:
            switch peek().keyword {
            case .between, .in, .like, .ilike, .similar: return Precedence.pattern
            default: return nil
            }
        case .at: return peek().keyword == .time && peek(2).keyword == .zone ? Precedence.zone : nil
        default: return nil
        }
    }

    private static func precedence(of symbol: Symbol) -> Int? {
        switch symbol {
        case .equal, .notEqual, .bangEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: Precedence.comparison
        case .plus, .minus: Precedence.sum
        case .star, .slash, .doubleSlash, .percent: Precedence.product
        case .caret: Precedence.power
        case .concatenate, .jsonGet, .jsonGetText, .ampersand, .pipe, .shiftLeft, .shiftRight, .tilde,
            .regexInsensitive,
            .notRegex, .notRegexInsensitive:
            Precedence.other
        case .doubleColon, .openBracket: Precedence.postfix
        default: nil
        }
    }

    /// In an exclusion's filter `BETWEEN use AND pay` of two step names belongs to the exclusion.
    private var endsExclusionFilter: Bool {
        guard !exclusionStepNames.isEmpty, peek(2).keyword == .and else { return false }
        return [peek(1), peek(3)].allSatisfy { isName($0) && exclusionStepNames.contains(source.name($0)) }
            && !peek(4).isSymbol(.dot)
    }

    private var endsCohortFilter: Bool { inCohortFilter && startsCohortCondition(ahead: 1) }

    /// Reads what stands in parentheses, where the words that end an outer filter mean nothing special.
    mutating func enclosed<Result>(
        _ body: (inout Parser) throws(EventSQLError) -> Result
    ) throws(EventSQLError) -> Result {
        let (names, cohort) = (exclusionStepNames, inCohortFilter)
        exclusionStepNames = []
        inCohortFilter = false
        let result = try body(&self)
        exclusionStepNames = names
        inCohortFilter = cohort
        return result
    }

    /// The operator at the current token with its right side.
    private mutating func infix(_ left: Expression, _ precedence: Int) throws(EventSQLError) -> Expression {
        let sign = token
        switch precedence {
        case Precedence.isTest: return try isTest(left)
        case Precedence.pattern: return try patternTest(left)
        case Precedence.zone:
            for _ in 0..<3 { advance() }
            return .atTimeZone(left, zone: try expression(above: Precedence.zone), sign.position)
        case Precedence.postfix: return try postfix(left)
        default: break
        }
        advance()
        guard let symbol = sign.symbol, let binary = Self.binaryOperator(symbol) else {
            throw unexpected("an operator")
        }
        if precedence == Precedence.comparison, let quantified = try quantified(left, binary, sign) {
            return quantified
        }
        let right = try expression(above: precedence)
        if precedence == Precedence.comparison, infixPrecedence() == Precedence.comparison {
            throw unexpected(
                "the end of the comparison",
                hint: "comparisons do not chain; write a \(source.text(sign)) b AND b \(source.text(token)) c")
        }
        return .binary(binary, left, right, sign.position)
    }

    static func binaryOperator(_ symbol: Symbol) -> BinaryOperator? {
        symbol == .bangEqual ? .notEqual : BinaryOperator(rawValue: symbol.rawValue)
    }

    /// `a AND b AND c ...`: all operands of one level, joined as a balanced tree, so that ten thousand of them nest
    /// fourteen deep. Operands that are such chains themselves (in parentheses) are taken apart first.
    private mutating func chain(_ first: Expression, _ precedence: Int) throws(EventSQLError) -> Expression {
        let binary = precedence == Precedence.and ? BinaryOperator.and : .or
        var operands: [Expression] = []
        var signs: [SourcePosition] = []
        flatten(first, binary, into: &operands, &signs)
        while infixPrecedence() == precedence {
            signs.append(token.position)
            advance()
            flatten(try expression(above: precedence), binary, into: &operands, &signs)
        }
        return balanced(binary, operands[...], signs[...])
    }

    private func flatten(
        _ expression: Expression, _ binary: BinaryOperator, into operands: inout [Expression],
        _ signs: inout [SourcePosition]
    ) {
        if case .binary(binary, let left, let right, let position) = expression {
            flatten(left, binary, into: &operands, &signs)
            signs.append(position)
            flatten(right, binary, into: &operands, &signs)
        } else {
            operands.append(expression)
        }
    }

    private func balanced(
        _ binary: BinaryOperator, _ operands: ArraySlice<Expression>, _ signs: ArraySlice<SourcePosition>
    ) -> Expression {
        if operands.count == 1 { return operands[operands.startIndex] }
        let leftCount = (operands.count + 1) / 2
        return .binary(
            binary, balanced(binary, operands.prefix(leftCount), signs.prefix(leftCount - 1)),
            balanced(binary, operands.dropFirst(leftCount), signs.dropFirst(leftCount)),
            signs[signs.startIndex + leftCount - 1])
    }
}
