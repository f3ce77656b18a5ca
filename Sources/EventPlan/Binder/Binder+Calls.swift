import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// A function as written: one of the forms with rules of their own, an aggregate, or a row of `FunctionTable`.
    func function(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        if written.parameters != nil, StreamTable.byName[written.name] == nil {
            throw EventSQLError(
                .binding, "\(written.name) takes one pair of parentheses",
                hint: "two are for window_funnel(...)(...) and its kin", position: position)
        }
        if written.name == "columns" { return try columns(written, position, context) }
        if written.name == "unnest", written.over == nil { return try unnest(written, position, context) }
        if written.over != nil { return try window(written, position, context) }
        if AggregateTable.contains(written.name) { return try aggregate(written, position, context) }
        if written.isDistinct || written.filter != nil || !written.orderBy.isEmpty || !written.withinGroup.isEmpty {
            throw EventSQLError(
                .binding, "\(written.name) is no aggregate, so DISTINCT, ORDER BY and FILTER do not apply",
                position: position)
        }
        if WindowTable.names.contains(written.name) {
            throw EventSQLError(.binding, "\(written.name) needs OVER (...)", position: position)
        }
        if ["grouping", "grouping_id"].contains(written.name) { return try grouping(written, position, context) }
        var arguments: [BoundExpression] = []
        for argument in written.arguments { arguments.append(try bind(argument, context)) }
        switch (written.name, arguments.count) {
        case ("coalesce", 1...), ("ifnull", 2):
            let (unified, type) = try common(arguments, at: position)
            return .coalesce(unified, type)
        case ("nullif", 2):
            let (a, b) = try unified(arguments[0], arguments[1], at: position)
            return .caseWhen(
                [BoundBranch(when: .compare(.equal, a, b), then: .constant(.null, a.type))], otherwise: a, a.type)
        case ("if", 3), ("iif", 3):
            let test = try coerce(arguments[0], to: .bool, at: position)
            let (values, type) = try common(Array(arguments[1...]), at: position)
            return .caseWhen([BoundBranch(when: test, then: values[0])], otherwise: values[1], type)
        case ("typeof", 1): return typeName(of: arguments[0], context)
        case ("date_part", 2), ("datepart", 2), ("extract", 2):
            return try datePart(arguments[0], arguments[1], at: position)
        default: return try call(written.name, arguments, at: position)
        }
    }

    /// `grouping(a, b)`: a bit for each key, 1 where the row's grouping set is without it. Settled by the select binder.
    private func grouping(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard context.allowsAggregates, !written.arguments.isEmpty, written.arguments.count <= 62 else {
            throw EventSQLError(
                .binding, "grouping(...) takes keys of GROUP BY and stands where aggregates may stand",
                position: position)
        }
        var keys: [BoundExpression] = []
        for argument in written.arguments { keys.append(try bind(argument, context.inside("grouping(...)"))) }
        return .call(BoundCall(SelectBody.groupingFunction, keys, type: .int64, place: Place(position)))
    }

    /// The call of the best overload of a function.
    func call(_ name: String, _ arguments: [BoundExpression], at position: SourcePosition) throws(EventSQLError)
        -> BoundExpression
    {
        guard let overloads = FunctionTable.byName[name] else {
            let names =
                Array(FunctionTable.byName.keys) + Array(AggregateTable.byName.keys) + Array(StreamTable.byName.keys)
                + ["coalesce", "nullif", "typeof"]
            let near = EditDistance.nearest(to: name, in: names.sorted())
            throw EventSQLError(
                .binding, "there is no function \(name)", hint: near.map { "did you mean \($0)?" }, position: position)
        }
        var best: (signature: FunctionSignature, cost: Int)?
        for signature in overloads {
            guard let cost = Self.cost(of: arguments, for: signature) else { continue }
            if cost < best?.cost ?? Int.max { best = (signature, cost) }
        }
        guard let signature = best?.signature else { throw misfit(name, arguments, overloads, at: position) }
        if signature.kernel == "now" { return .constant(.timestamp(nowMicros), .timestamp) }
        if signature.kernel == "current_date" {
            return .constant(.date(today), .date)
        }
        if let zoned = try zoned(signature, arguments, at: position) { return zoned }
        return try apply(signature, arguments, at: position)
    }

    private func apply(
        _ signature: FunctionSignature, _ arguments: [BoundExpression], at position: SourcePosition
    ) throws(EventSQLError) -> BoundExpression {
        var cast: [BoundExpression] = []
        var commonType = ScalarType.null
        if signature.parameters.contains(.common) { commonType = try common(arguments, at: position).1 }
        for (index, argument) in arguments.enumerated() {
            switch signature.parameters[min(index, signature.parameters.count - 1)] {
            case .any: cast.append(argument)
            case .common: cast.append(try coerce(argument, to: commonType, at: position))
            case .exactly(let type): cast.append(try coerce(argument, to: type, at: position))
            }
        }
        let type = if case .exactly(let type) = signature.result { type } else { commonType }
        return .call(BoundCall(signature.kernel, cast, type: type, place: Place(position)))
    }

    /// How far the arguments are from a signature; nil when they do not fit.
    private static func cost(of arguments: [BoundExpression], for signature: FunctionSignature) -> Int? {
        let wanted = signature.parameters.count
        guard arguments.count == wanted || signature.isVariadic && arguments.count >= wanted else { return nil }
        var cost = 0
        for (index, argument) in arguments.enumerated() {
            guard case .exactly(let type) = signature.parameters[min(index, wanted - 1)] else { continue }
            if argument.type == type { continue }
            if case .string(let text) = argument.constantValue {
                if TextConversion.value(text, as: type) == nil { return nil }
                cost += 2
            } else if Self.fits(argument.type, type) {
                cost += argument.type == .null ? 0 : 1
            } else {
                return nil
            }
        }
        return cost
    }

    private func misfit(
        _ name: String, _ arguments: [BoundExpression], _ overloads: [FunctionSignature], at position: SourcePosition
    ) -> EventSQLError {
        let given = arguments.map(\.type.name).joined(separator: ", ")
        let known = overloads.prefix(4).map(\.text).joined(separator: "; ")
        return EventSQLError(
            .binding, "\(name)(\(given)) does not exist", hint: "known: \(known)", position: position)
    }

    private func typeName(of operand: BoundExpression, _ context: BindContext) -> BoundExpression {
        if case .column(let index, _, let place) = operand {
            let column = context.scope.columns[index]
            if let typeName = column.typeNameIndex { return .column(typeName, .string, place) }
        }
        let name = BoundExpression.constant(.string(operand.type.name), .string)
        if operand.type == .null { return .constant(.string("NULL"), .string) }
        return .caseWhen(
            [BoundBranch(when: .isNull(operand, negated: false), then: .constant(.string("NULL"), .string))],
            otherwise: name, .string)
    }

    /// EXTRACT and date_part: whole numbers, but for fields that have a fraction.
    func datePart(_ field: BoundExpression, _ operand: BoundExpression, at position: SourcePosition)
        throws(EventSQLError)
        -> BoundExpression
    {
        guard case .string(let written) = field.constantValue else {
            throw EventSQLError(.binding, "the field of date_part must be a text constant", position: position)
        }
        guard let name = DateField(name: written) else {
            let near = EditDistance.nearest(to: written, in: DateField.allNames)
            throw EventSQLError(
                .binding, "there is no date field \(written)", hint: near.map { "did you mean \($0)?" },
                position: position)
        }
        let kernel = name.hasFraction ? "date_part_fraction" : "date_part"
        return try call(kernel, [.constant(.string(name.rawValue), .string), operand], at: position)
    }
}
