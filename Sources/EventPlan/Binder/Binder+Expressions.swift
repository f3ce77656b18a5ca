import EventBase
import EventColumns
import EventSyntax

extension Binder {
    func bind(_ ast: Expression, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        switch ast {
        case .literal(let literal, let position): return try constant(literal, at: position)
        case .parameter(let name, let position): return try parameter(name, at: position)
        case .name(let parts, let position): return try column(parts, at: position, context)
        case .star(_, let position), .columns(_, let position):
            throw EventSQLError(
                .binding, "* stands only in a select list or in count(*)",
                hint: "COLUMNS(*) stands inside expressions of the select list", position: position)
        case .unary(let sign, let operand, let position): return try unary(sign, operand, position, context)
        case .binary(let sign, let left, let right, let position):
            return try binary(sign, left, right, position, context)
        case .isNull(let operand, let negated, _): return try isNull(operand, negated: negated, context)
        case .isDistinct(let left, let right, let negated, let position):
            return try isDistinct(left, right, negated: negated, position, context)
        case .isBool(let operand, let wanted, let negated, let position):
            let bound = try coerce(try bind(operand, context), to: .bool, at: position)
            return .isDistinct(bound, .constant(.bool(wanted), .bool), negated: !negated)
        case .between(let operand, let low, let high, let negated, let position):
            let above = try binary(.greaterOrEqual, operand, low, position, context)
            let below = try binary(.lessOrEqual, operand, high, position, context)
            return negated ? .not(.and([above, below])) : .and([above, below])
        case .inList, .inQuery, .inCohort, .exists, .quantified, .scalarQuery:
            return try membership(ast, context)
        case .like(let operand, let pattern, let escape, let caseInsensitive, let negated, let position):
            let name = caseInsensitive ? "ilike" : "like"
            let escaped =
                try escape.map { e throws(EventSQLError) in try bind(e, context) } ?? .constant(.string("\\"), .string)
            let call = try self.call(
                name, [try bind(operand, context), try bind(pattern, context), escaped], at: position)
            return negated ? .not(call) : call
        case .caseWhen(let operand, let branches, let otherwise, let position):
            return try caseWhen(operand, branches, otherwise, position, context)
        case .cast(let operand, let type, let isTry, let position):
            return try cast(try bind(operand, context), to: try scalarType(type), isTry: isTry, at: position)
        case .extract(let field, let operand, let position):
            return try datePart(.constant(.string(field), .string), try bind(operand, context), at: position)
        case .function(let call, let position): return try function(call, position, context)
        case .array(let members, let position):
            // A list is a JSON array.
            var values: [BoundExpression] = []
            for member in members { values.append(try bind(member, context)) }
            if values.isEmpty { return .constant(.json("[]"), .json) }
            return try call("json_array", values, at: position)
        case .row(_, let position):
            throw EventSQLError(
                .binding, "rows of several values are not values here",
                hint: "they can be compared: (a, b) = (1, 2), (a, b) IN (...)", position: position)
        case .atTimeZone(let operand, let zone, let position): return try atTimeZone(operand, zone, position, context)
        }
    }

    func constant(_ literal: Literal, at position: SourcePosition) throws(EventSQLError) -> BoundExpression {
        switch literal {
        case .null: return .constant(.null, .null)
        case .bool(let value): return .constant(.bool(value), .bool)
        case .integer(let value): return .constant(.int64(value), .int64)
        case .double(let value): return .constant(.double(value), .double)
        case .string(let text): return .constant(.string(text), .string)
        case .timestamp(let text): return try parsed(text, as: .timestamp, at: position)
        case .date(let text): return try parsed(text, as: .date, at: position)
        case .interval(let months, let days, let micros):
            return .constant(.interval(Interval(months: months, days: days, micros: micros)), .interval)
        }
    }

    private func parameter(_ name: ParameterName, at position: SourcePosition) throws(EventSQLError) -> BoundExpression
    {
        guard let value = parameters.first(where: { $0.name == name })?.value else {
            throw EventSQLError(.binding, "parameter \(name.text) has no value", position: position)
        }
        return .constant(value, value.type)
    }

    private func column(
        _ parts: [String], at position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        if let index = try context.scope.find(parts, at: position) {
            return .column(index, context.scope.columns[index].type, Place(position))
        }
        if parts.count == 1, let aliased = context.aliases[parts[0].lowercased()] { return aliased }
        for (level, outer) in context.scope.outer.enumerated() {
            guard let index = try? outer.find(parts, at: position) else { continue }
            if level == 0 { return .outer(index, outer.columns[index].type, Place(position)) }
            throw EventSQLError(
                .binding, "\(parts.joined(separator: ".")) belongs to a query two levels outside",
                hint: "a subquery reads columns of the query directly around it", position: position)
        }
        if parts.count == 1, let call = Self.constantNames[parts[0].lowercased()] {
            return try self.call(call, [], at: position)
        }
        throw context.scope.unknown(parts, at: position)
    }

    /// Functions that SQL writes without parentheses.
    private static let constantNames = [
        "current_timestamp": "now", "localtimestamp": "now", "current_date": "current_date",
    ]

    private func unary(
        _ sign: UnaryOperator, _ operand: Expression, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        switch sign {
        case .not: return .not(try condition(operand, context))
        case .plus: return try bind(operand, context)
        case .bitNot: return try call("~", [try bind(operand, context)], at: position)
        case .minus:
            if case .literal(.double(9_223_372_036_854_775_808), _) = operand { return .constant(.int64(.min), .int64) }
            return try call("negate", [try bind(operand, context)], at: position)
        }
    }

    private func binary(
        _ sign: BinaryOperator, _ left: Expression, _ right: Expression, _ position: SourcePosition,
        _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        switch sign {
        case .and, .or:
            // A long chain leans to the left; it becomes one flat node.
            let parts = [try condition(left, context), try condition(right, context)].flatMap {
                part -> [BoundExpression] in
                switch part {
                case .and(let inner) where sign == .and: inner
                case .or(let inner) where sign == .or: inner
                default: [part]
                }
            }
            return sign == .and ? .and(parts) : .or(parts)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try comparison(Comparison(rawValue: sign.rawValue)!, left, right, position, context)
        case .regexMatch, .regexMatchInsensitive, .notRegexMatch, .notRegexMatchInsensitive, .similarTo:
            let name =
                switch sign {
                case .similarTo: "similar_to"
                case .regexMatchInsensitive, .notRegexMatchInsensitive: "regex_match_insensitive"
                default: "regex_match"
                }
            let call = try self.call(
                name,
                [try bind(left, context), try bind(right, context)], at: position)
            return sign == .notRegexMatch || sign == .notRegexMatchInsensitive ? .not(call) : call
        case .subscript_:
            return try call("->", [try bind(left, context), try bind(right, context)], at: position)
        default:
            return try call(sign.rawValue, [try bind(left, context), try bind(right, context)], at: position)
        }
    }

    func compare(
        _ comparison: Comparison, _ left: BoundExpression, _ right: BoundExpression, at position: SourcePosition
    ) throws(EventSQLError) -> BoundExpression {
        let (a, b) = try unified(left, right, at: position)
        return .compare(comparison, a, b)
    }

    private func caseWhen(
        _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?, _ position: SourcePosition,
        _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        var whens: [BoundExpression] = []
        var values: [BoundExpression] = []
        for branch in branches {
            if let operand {
                whens.append(try binary(.equal, operand, branch.when, branch.when.position, context))
            } else {
                whens.append(try condition(branch.when, context))
            }
            values.append(try bind(branch.then, context))
        }
        values.append(try otherwise.map { e throws(EventSQLError) in try bind(e, context) } ?? .constant(.null, .null))
        let (unified, type) = try common(values, at: position)
        let bound = zip(whens, unified).map { BoundBranch(when: $0, then: $1) }
        return .caseWhen(bound, otherwise: unified[unified.count - 1], type)
    }

    private func atTimeZone(
        _ operand: Expression, _ zone: Expression, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        try call("timezone", [try bind(zone, context), try bind(operand, context)], at: position)
    }
}
