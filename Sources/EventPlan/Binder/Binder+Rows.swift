import EventBase
import EventColumns
import EventSyntax

/// Rows of several values, `(a, b)`: compared with one another value by value, as PostgreSQL does.
extension Binder {
    /// `left op right`, of single values or of rows. Rows are ordered by the first pair that differs.
    func comparison(
        _ sign: Comparison, _ left: Expression, _ right: Expression, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        try comparison(sign, RowMember.written(left), .written(right), position, context)
    }

    private func comparison(
        _ sign: Comparison, _ left: RowMember, _ right: RowMember, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard let pairs = try pairs(left, right, at: position, context) else {
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
        try isDistinct(RowMember.written(left), .written(right), negated: negated, position, context)
    }

    private func isDistinct(
        _ left: RowMember, _ right: RowMember, negated: Bool, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard let pairs = try pairs(left, right, at: position, context) else {
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

    /// One side of a comparison, or a member of it.
    private enum RowMember {
        case written(Expression)
        /// A column of a query that is compared with a row.
        case bound(BoundExpression)
    }

    private func bind(_ member: RowMember, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        switch member {
        case .written(let expression): try bind(expression, context)
        case .bound(let expression): expression
        }
    }

    /// The pairs of two rows; nil for two single values.
    private func pairs(
        _ left: RowMember, _ right: RowMember, at position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> [(RowMember, RowMember)]? {
        guard case .written(let a) = left, case .written(let b) = right else {
            for case .written(.row(let members, _)) in [left, right] { throw Self.single(members, position) }
            return nil
        }
        switch (a, b) {
        case (.row(let a, _), .row(let b, _)):
            try Self.check(a.count, b.count, at: position)
            return Array(zip(a.map(RowMember.written), b.map(RowMember.written)))
        case (.row(let members, _), .scalarQuery(let query, let place)):
            return Array(zip(members.map(RowMember.written), try row(query, members.count, place, position, context)))
        case (.scalarQuery(let query, let place), .row(let members, _)):
            return Array(zip(try row(query, members.count, place, position, context), members.map(RowMember.written)))
        case (.row(let members, _), _), (_, .row(let members, _)): throw Self.single(members, position)
        default: return nil
        }
    }

    private static func check(_ a: Int, _ b: Int, at position: SourcePosition) throws(EventSQLError) {
        guard a == b else {
            throw EventSQLError(.binding, "a row of \(a) values is compared with one of \(b)", position: position)
        }
        guard a <= Limits.rowValueCountMax else {
            throw EventSQLError(
                .limit, "rows of at most \(Limits.rowValueCountMax) values are compared, found \(a)",
                position: position)
        }
    }

    private static func single(_ members: [Expression], _ position: SourcePosition) -> EventSQLError {
        EventSQLError(
            .binding, "a row of \(members.count) values is compared with a single value", position: position)
    }

    /// The columns of a query of at most one row, as values; the query runs once for all of them.
    private func row(
        _ query: Query, _ count: Int, _ place: SourcePosition, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> [RowMember] {
        let written = try bindQuery(query, context.inside("the subquery"))
        try Self.check(count, written.columns.count, at: position)
        var plan = written
        if !written.readsOuter {
            let id = context.sharedBase + place.offsetBytes
            plan = .shared(SharedNode(name: "row", id: id, plan: written, columns: written.columns))
        }
        return written.columns.enumerated().map { index, column in
            let value = BoundExpression.column(index, column.type, Place(place))
            let single = LogicalPlan.project(
                ProjectNode(input: plan, expressions: [value], names: [column.name]))
            return .bound(
                .subquery(
                    Subquery(kind: .scalar, plan: single, type: column.type, site: context.site(place, part: index))))
        }
    }
}
