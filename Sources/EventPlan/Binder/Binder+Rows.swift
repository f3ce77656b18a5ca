import EventBase
import EventColumns
import EventSyntax

/// Rows of several values, `(a, b)`: compared with one another value by value, as PostgreSQL does.
extension Binder {
    /// `left op right`, of single values or of rows. Rows are ordered by the first pair that differs.
    func comparison(
        _ sign: Comparison, _ left: Expression, _ right: Expression, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard let pairs = try Self.pairs(left, right, at: position) else {
            return try compare(sign, try bind(left, context), try bind(right, context), at: position)
        }
        if sign == .equal || sign == .notEqual {
            var parts: [BoundExpression] = []
            for (a, b) in pairs { parts.append(try comparison(sign, a, b, position, context)) }
            return sign == .equal ? .and(parts) : .or(parts)
        }
        // a < c OR a = c AND (b < d OR ...), from the last pair to the first.
        let strict: Comparison = sign == .less || sign == .lessOrEqual ? .less : .greater
        let last = pairs[pairs.count - 1]
        var result = try comparison(sign, last.0, last.1, position, context)
        for (a, b) in pairs.dropLast().reversed() {
            let isDecided = try comparison(strict, a, b, position, context)
            result = .or([isDecided, .and([try comparison(.equal, a, b, position, context), result])])
        }
        return result
    }

    func isDistinct(
        _ left: Expression, _ right: Expression, negated: Bool, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard let pairs = try Self.pairs(left, right, at: position) else {
            let (a, b) = try unified(try bind(left, context), try bind(right, context), at: position)
            return .isDistinct(a, b, negated: negated)
        }
        var parts: [BoundExpression] = []
        for (a, b) in pairs { parts.append(try isDistinct(a, b, negated: negated, position, context)) }
        return negated ? .and(parts) : .or(parts)
    }

    /// A row IS NULL where all its values are, and IS NOT NULL where none is.
    func isNull(_ operand: Expression, negated: Bool, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        guard case .row(let members, _) = operand else { return .isNull(try bind(operand, context), negated: negated) }
        var parts: [BoundExpression] = []
        for member in members { parts.append(try isNull(member, negated: negated, context)) }
        return .and(parts)
    }

    /// `(a, b) IN ((1, 2), (3, 4))`.
    func rowInList(
        _ operand: Expression, _ members: [Expression], negated: Bool, _ position: SourcePosition,
        _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        var parts: [BoundExpression] = []
        for member in members { parts.append(try comparison(.equal, operand, member, member.position, context)) }
        return negated ? .not(.or(parts)) : .or(parts)
    }

    /// The members of a row, or the one value that an expression is.
    func members(of operand: Expression, _ context: BindContext) throws(EventSQLError) -> [BoundExpression] {
        guard case .row(let written, _) = operand else { return [try bind(operand, context)] }
        var members: [BoundExpression] = []
        for member in written { members.append(try bind(member, context)) }
        return members
    }

    /// The pairs of two rows; nil for two single values.
    private static func pairs(
        _ left: Expression, _ right: Expression, at position: SourcePosition
    ) throws(EventSQLError) -> [(Expression, Expression)]? {
        switch (left, right) {
        case (.row(let a, _), .row(let b, _)):
            guard a.count == b.count else {
                throw EventSQLError(
                    .binding, "a row of \(a.count) values is compared with one of \(b.count)", position: position)
            }
            guard a.count <= Limits.rowValueCountMax else {
                throw EventSQLError(
                    .limit, "rows of at most \(Limits.rowValueCountMax) values are compared, found \(a.count)",
                    position: position)
            }
            return Array(zip(a, b))
        case (.row(let members, _), let other), (let other, .row(let members, _)):
            let isQuery = if case .scalarQuery = other { true } else { false }
            throw EventSQLError(
                .binding, "a row of \(members.count) values is compared with a single value",
                hint: isQuery ? "compare a row with a query by IN, = ANY or <> ALL" : nil, position: position)
        default: return nil
        }
    }
}
