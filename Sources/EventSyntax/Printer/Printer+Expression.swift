import EventBase

extension Printer {
    mutating func expression(_ expression: Expression) { self.expression(expression, above: 0) }

    /// Prints an expression where only operators that bind tighter than `limit` may stand bare.
    mutating func expression(_ expression: Expression, above limit: Int) {
        if Self.precedence(expression) <= limit {
            parenthesised { $0.bare(expression) }
        } else {
            bare(expression)
        }
    }

    private static let primary = Precedence.postfix + 1

    private static func precedence(_ expression: Expression) -> Int {
        switch expression {
        case .unary(.not, _, _), .exists(_, negated: true, _): Precedence.not
        case .unary(.bitNot, _, _): Precedence.other
        case .unary, .literal(.integer(.min), _): Precedence.sign
        case .binary(let binary, _, _, _): precedence(binary)
        case .isNull, .isDistinct, .isBool: Precedence.isTest
        case .quantified: Precedence.comparison
        case .between, .inList, .inQuery, .inCohort, .like: Precedence.pattern
        case .atTimeZone: Precedence.zone
        default: primary
        }
    }

    private static func precedence(_ binary: BinaryOperator) -> Int {
        switch binary {
        case .or: Precedence.or
        case .and: Precedence.and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: Precedence.comparison
        case .similarTo: Precedence.pattern
        case .add, .subtract: Precedence.sum
        case .multiply, .divide, .integerDivide, .modulo: Precedence.product
        case .power: Precedence.power
        case .subscript_: Precedence.postfix
        default: Precedence.other
        }
    }

    private mutating func bare(_ expression: Expression) {
        switch expression {
        case .literal(let value, _): literal(value)
        case .name(let parts, _): write(parts.map(Printer.name).joined(separator: "."))
        case .star(let qualifier, _): write(qualifier.map { Printer.dotted($0) + ".*" } ?? "*")
        case .columns(let selection, _): columns(selection)
        case .unary(let sign, let operand, _): unary(sign, operand)
        case .binary(let sign, let left, let right, _): binary(sign, left, right)
        case .function(let call, _): function(call)
        case .parameter(let name, _): parameter(name)
        case .array(let items, _):
            write("[")
            list(items)
            write("]")
        case .row(let items, _):
            write("ROW")
            parenthesised { $0.list(items) }
        case .caseWhen(let operand, let branches, let otherwise, _): caseWhen(operand, branches, otherwise)
        case .cast(let operand, let type, let isTry, _):
            write(isTry ? "TRY_CAST(" : "CAST(")
            self.expression(operand)
            write(" AS \(type.name))")
        case .extract(let field, let operand, _):
            write("EXTRACT(\(Printer.name(field) == field ? field : Printer.string(field)) FROM ")
            self.expression(operand)
            write(")")
        case .scalarQuery(let query, _): parenthesised { $0.query(query) }
        case .exists(let query, let negated, _):
            write(negated ? "NOT EXISTS " : "EXISTS ")
            parenthesised { $0.query(query) }
        case .atTimeZone(let operand, let zone, _):
            self.expression(operand, above: Precedence.zone - 1)
            write(" AT TIME ZONE ")
            self.expression(zone, above: Precedence.zone)
        default: predicate(expression)
        }
    }

    private mutating func predicate(_ expression: Expression) {
        switch expression {
        case .isNull(let operand, let negated, _): test(operand, negated ? "IS NOT NULL" : "IS NULL")
        case .isBool(let operand, let value, let negated, _):
            test(operand, "IS \(negated ? "NOT " : "")\(value ? "TRUE" : "FALSE")")
        case .isDistinct(let left, let right, let negated, _):
            test(left, negated ? "IS NOT DISTINCT FROM " : "IS DISTINCT FROM ")
            self.expression(right, above: Precedence.isTest)
        case .between(let operand, let low, let high, let negated, _):
            match(operand, negated, "BETWEEN")
            self.expression(low, above: Precedence.pattern)
            write(" AND ")
            self.expression(high, above: Precedence.pattern)
        case .inList(let operand, let items, let negated, _):
            match(operand, negated, "IN")
            parenthesised { $0.list(items) }
        case .inQuery(let operand, let query, let negated, _):
            match(operand, negated, "IN")
            parenthesised { $0.query(query) }
        case .quantified(let left, let sign, let query, let isAll, _):
            self.expression(left, above: Precedence.comparison)
            write(" \(sign.rawValue) \(isAll ? "ALL" : "ANY") ")
            parenthesised { $0.query(query) }
        case .inCohort(let operand, let cohort, let negated, _):
            match(operand, negated, "IN COHORT")
            write(Printer.name(cohort))
        case .like(let operand, let pattern, let escape, let caseInsensitive, let negated, _):
            match(operand, negated, caseInsensitive ? "ILIKE" : "LIKE")
            self.expression(pattern, above: Precedence.pattern)
            if let escape {
                write(" ESCAPE ")
                self.expression(escape, above: Precedence.pattern)
            }
        default: preconditionFailure("BUG: an expression that bare() prints")
        }
    }

    private mutating func test(_ operand: Expression, _ words: String) {
        expression(operand, above: Precedence.isTest - 1)
        write(" " + words)
    }

    private mutating func match(_ operand: Expression, _ negated: Bool, _ word: String) {
        expression(operand, above: Precedence.pattern - 1)
        write(negated ? " NOT \(word) " : " \(word) ")
    }

    mutating func literal(_ literal: Literal) {
        switch literal {
        case .null: write("NULL")
        case .bool(let value): write(value ? "TRUE" : "FALSE")
        case .integer(let value): write(String(value))
        case .double(let value): write(String(value))
        case .string(let value): write(Printer.string(value))
        case .timestamp(let value): write("TIMESTAMP " + Printer.string(value))
        case .date(let value): write("DATE " + Printer.string(value))
        case .interval(let months, let days, let micros):
            write("INTERVAL '\(IntervalText.print(months: months, days: days, micros: micros))'")
        }
    }

    private mutating func parameter(_ name: ParameterName) {
        switch name {
        case .position(let number): write("$\(number)")
        case .name(let name): write("$\(name)")
        }
    }

    private static func beginsWithExists(_ expression: Expression) -> Bool {
        switch expression {
        case .exists: true
        case .binary(_, let left, _, _), .isNull(let left, _, _), .isDistinct(let left, _, _, _),
            .isBool(let left, _, _, _), .between(let left, _, _, _, _), .inList(let left, _, _, _),
            .inQuery(let left, _, _, _), .quantified(let left, _, _, _, _), .inCohort(let left, _, _, _),
            .like(let left, _, _, _, _, _),
            .cast(let left, _, _, _), .atTimeZone(let left, _, _):
            beginsWithExists(left)
        default: false
        }
    }

    private mutating func unary(_ sign: UnaryOperator, _ operand: Expression) {
        switch sign {
        case .not:
            write("NOT ")
            // NOT in front of an operand that begins with EXISTS would read as NOT EXISTS, and bind tighter.
            if Self.beginsWithExists(operand) { return parenthesised { $0.bare(operand) } }
            expression(operand, above: Precedence.not)
        case .bitNot:
            write("~")
            expression(operand, above: Precedence.other)
        case .minus, .plus:
            write(sign.rawValue)
            // Two signs in a row would begin a comment, and a minus in front of 2^63 is one literal.
            if case .literal(.integer(let value), _) = operand, value >= 0 { return bare(operand) }
            expression(operand, above: Precedence.sign)
        }
    }

    private mutating func binary(_ binary: BinaryOperator, _ left: Expression, _ right: Expression) {
        let precedence = Self.precedence(binary)
        switch binary {
        case .and, .or: chain(binary, left, right)
        case .subscript_:
            expression(left, above: precedence - 1)
            write("[")
            expression(right)
            write("]")
        default:
            let isComparison = precedence == Precedence.comparison
            expression(left, above: isComparison ? precedence : precedence - 1)
            write(" \(binary.rawValue) ")
            expression(right, above: precedence)
        }
    }

    /// All operands of an AND or OR tree in a row, as the parser reads them.
    private mutating func chain(_ binary: BinaryOperator, _ left: Expression, _ right: Expression) {
        for (index, operand) in [left, right].enumerated() {
            if index > 0 { write(" \(binary.rawValue) ") }
            if case .binary(binary, let first, let second, _) = operand {
                chain(binary, first, second)
            } else {
                expression(operand, above: Self.precedence(binary))
            }
        }
    }

    private mutating func caseWhen(_ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?) {
        write("CASE ")
        if let operand {
            expression(operand)
            write(" ")
        }
        for branch in branches {
            write("WHEN ")
            expression(branch.when)
            write(" THEN ")
            expression(branch.then)
            write(" ")
        }
        if let otherwise {
            write("ELSE ")
            expression(otherwise)
            write(" ")
        }
        write("END")
    }
}
