import EventBase

/// CREATE COHORT and its conditions.
extension Parser {
    /// What follows `CREATE COHORT name AS`.
    mutating func cohortDefinition() throws(EventSQLError) -> CohortDefinition {
        let start = token
        guard accept(.users) else {
            guard atQuery || at(.open) else { throw unexpected("USERS WHERE ... or a query") }
            let query = try query()
            return CohortDefinition(source: .query(query), text: text(from: start))
        }
        let table = accept(.from) ? try tableName() : Self.defaultTable
        try expect(.where)
        let condition = try cohortCondition()
        var asOf: String?
        if accept(.as) {
            try expect(.of)
            _ = accept(.timestamp) || accept(.date)
            asOf = try string("a time such as TIMESTAMP '2024-03-01'")
        }
        return CohortDefinition(
            source: .users(table: table, condition: condition, asOf: asOf), text: text(from: start))
    }

    /// Where a statement names no table.
    static let defaultTable = "events"

    mutating func cohortCondition() throws(EventSQLError) -> CohortCondition {
        try enter()
        defer { depth -= 1 }
        return try conditionChain(.or) { (parser) throws(EventSQLError) in
            try parser.conditionChain(.and) { (parser) throws(EventSQLError) in try parser.negatableCondition() }
        }
    }

    /// Conditions joined by one keyword, as a balanced tree.
    private mutating func conditionChain(
        _ keyword: Keyword, _ operand: (inout Parser) throws(EventSQLError) -> CohortCondition
    ) throws(EventSQLError) -> CohortCondition {
        var operands: [CohortCondition] = []
        repeat { flatten(try operand(&self), keyword, into: &operands) } while accept(keyword)
        return balanced(keyword, operands[...])
    }

    private func flatten(_ condition: CohortCondition, _ keyword: Keyword, into operands: inout [CohortCondition]) {
        switch condition {
        case .and(let left, let right) where keyword == .and, .or(let left, let right) where keyword == .or:
            flatten(left, keyword, into: &operands)
            flatten(right, keyword, into: &operands)
        default: operands.append(condition)
        }
    }

    private func balanced(_ keyword: Keyword, _ operands: ArraySlice<CohortCondition>) -> CohortCondition {
        if operands.count == 1 { return operands[operands.startIndex] }
        let half = (operands.count + 1) / 2
        let left = balanced(keyword, operands.prefix(half))
        let right = balanced(keyword, operands.dropFirst(half))
        return keyword == .and ? .and(left, right) : .or(left, right)
    }

    private mutating func negatableCondition() throws(EventSQLError) -> CohortCondition {
        var isNegated = false
        while accept(.not) { isNegated.toggle() }
        let condition = try condition()
        return isNegated ? .not(condition) : condition
    }

    /// Whether a cohort condition starts some tokens further on; looks through NOT and parentheses.
    func startsCohortCondition(ahead: Int) -> Bool {
        var ahead = ahead
        while peek(ahead).keyword == .not || peek(ahead).isSymbol(.open) { ahead += 1 }
        let next = peek(ahead + 1)
        switch peek(ahead).keyword {
        case .did: return next.kind == .string || [.not, .any, .in].contains(next.keyword)
        case .first, .last: return next.keyword == .did
        case .in: return next.keyword == .cohort
        case .count, .days, .weeks, .months, .sum, .avg, .min, .max: return next.isSymbol(.open)
        default: return false
        }
    }

    private mutating func condition() throws(EventSQLError) -> CohortCondition {
        let start = token
        if at(.open) {
            let opener = try open()
            let condition = try enclosed { (parser) throws(EventSQLError) in try parser.cohortCondition() }
            try close(opener)
            return condition
        }
        if accept(.in) {
            try expect(.cohort)
            return .inCohort(try name("a cohort name"), span(from: start))
        }
        var occurrence = PerformedCondition.Occurrence.any
        if at(.first, .did) || at(.last, .did) {
            occurrence = token.keyword == .first ? .first : .last
            advance()
        }
        if accept(.did) { return try did(occurrence, start) }
        return .performed(try measured(start))
    }

    /// What follows DID.
    private mutating func did(
        _ occurrence: PerformedCondition.Occurrence, _ start: Token
    ) throws(EventSQLError) -> CohortCondition {
        let isNegated = accept(.not)
        let first = try cohortSelector()
        if at(.then), occurrence == .any {
            var steps = [first]
            while accept(.then) { steps.append(try cohortSelector()) }
            var sequence = SequenceCondition(steps: steps, position: start.position)
            if accept(.within) { sequence.within = try duration(after: "WITHIN") }
            sequence.period = try cohortPeriod()
            return isNegated ? .not(.sequence(sequence)) : .sequence(sequence)
        }
        var performed = PerformedCondition(selector: first)
        performed.occurrence = occurrence
        performed.period = try cohortPeriod()
        performed.position = start.position
        return isNegated ? .not(.performed(performed)) : .performed(performed)
    }

    /// A selector whose filter ends before the next condition.
    private mutating func cohortSelector() throws(EventSQLError) -> EventSelector {
        inCohortFilter = true
        defer { inCohortFilter = false }
        return try selector()
    }

    /// `COUNT('x') >= 3`, `WEEKS('x') > 2`, `COUNT(DISTINCT path OF 'x') = 1`, `SUM(path OF 'x') > 100`.
    private mutating func measured(_ start: Token) throws(EventSQLError) -> PerformedCondition {
        let measures: [Keyword] = [.count, .days, .weeks, .months, .sum, .avg, .min, .max]
        guard let keyword = measures.first(where: { at($0) }) else {
            throw unexpected(
                "a condition: DID, COUNT, SUM, IN COHORT",
                hint: token.kind == .string
                    ? "write DID before the event" : "conditions on rows stand behind WHERE: DID 'x' WHERE a = 1")
        }
        advance()
        let opener = try open()
        let isNumber = [.sum, .avg, .min, .max].contains(keyword)
        let operand = isNumber || keyword == .count && accept(.distinct) ? try measuredOperand() : nil
        var condition = PerformedCondition(selector: try selector())
        try close(opener)
        switch (keyword, operand) {
        case (.sum, let operand?): condition.measure = .sum(operand)
        case (.avg, let operand?): condition.measure = .average(operand)
        case (.min, let operand?): condition.measure = .minimum(operand)
        case (.max, let operand?): condition.measure = .maximum(operand)
        case (.days, _): condition.measure = .periods(.day)
        case (.weeks, _): condition.measure = .periods(.week)
        case (.months, _): condition.measure = .periods(.month)
        default: condition.measure = operand.map { .distinct($0) } ?? .count
        }
        guard let symbol = token.symbol, let binary = Self.binaryOperator(symbol),
            let comparison = PerformedCondition.Comparison(rawValue: binary.rawValue)
        else { throw unexpected("a comparison such as >= 3") }
        advance()
        condition.comparison = comparison
        condition.threshold = try threshold(isWhole: !isNumber)
        condition.period = try cohortPeriod()
        condition.position = start.position
        return condition
    }

    private mutating func measuredOperand() throws(EventSQLError) -> Expression {
        let operand = try expression()
        guard accept(.of) else { throw unexpected("OF and an event", hint: "write SUM(properties.amount OF 'paid')") }
        return operand
    }

    private mutating func threshold(isWhole: Bool) throws(EventSQLError) -> Double {
        let start = token
        let isNegative = accept(.minus)
        guard token.kind == .integer || token.kind == .decimal, let value = NumberText.double(source.text(token)) else {
            throw unexpected("a number to compare with")
        }
        if isWhole, isNegative || token.kind != .integer || value > 9e15 {
            throw EventSQLError(
                .syntax, "expected a whole number of events, found \(describe(token))", position: start.position)
        }
        advance()
        return isNegative ? -value : value
    }

    /// IN LAST n DAYS, BETWEEN a AND b, SINCE a, BEFORE a; nothing: all time.
    private mutating func cohortPeriod() throws(EventSQLError) -> CohortPeriod {
        if at(.in), peek().keyword == .last {
            advance()
            advance()
            return .last(try duration(after: "IN LAST"))
        }
        if accept(.between) {
            let low = try expression(above: Precedence.pattern)
            guard accept(.and) else { throw unexpected("AND and the end of BETWEEN") }
            return .between(low, try expression(above: Precedence.pattern))
        }
        if accept(.since) { return .since(try expression(above: Precedence.pattern)) }
        if accept(.before) { return .before(try expression(above: Precedence.pattern)) }
        return .allTime
    }
}
