import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// An aggregate call as written; the select binder takes it out again.
    func aggregate(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard context.allowsAggregates else {
            throw EventSQLError(
                .binding, "\(written.name)(...) is an aggregate and may not stand in \(context.clause)",
                hint: context.clause == "WHERE" ? "put the condition in HAVING" : nil, position: position)
        }
        var inner = context.inside("the argument of \(written.name)")
        inner.windows = [:]
        return .aggregate(try aggregateCall(written, position, inner))
    }

    /// The call with its arguments bound over `context`, which must not allow aggregates.
    func aggregateCall(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> AggregateCall {
        if let family = StreamTable.byName[written.name] { return try streamCall(family, written, position, context) }
        var arguments: [BoundExpression] = []
        for argument in written.arguments {
            if case .star = argument, written.name == "count" { continue }
            if case .row(let members, let place) = argument, written.name == "count", written.isDistinct {
                // Rows that differ have lists that differ; a row of NULLs is a row.
                let list = FunctionCall(name: "json_array", arguments: members)
                arguments.append(try bind(.function(list, place), context))
                continue
            }
            arguments.append(try bind(argument, context))
        }
        var orderBy = try sortKeys(written.orderBy, context)
        if !written.withinGroup.isEmpty {
            let keys = try sortKeys(written.withinGroup, context)
            guard keys.count == 1 else {
                throw EventSQLError(.binding, "WITHIN GROUP takes one ORDER BY expression", position: position)
            }
            arguments.insert(keys[0].expression, at: 0)
            if keys[0].descending, written.name != "percentile_disc", arguments.count == 2,
                case .double(let fraction) = arguments[1].constantValue
            {
                arguments[1] = .constant(.double(1 - fraction), .double)
            }
        }
        let filter = try written.filter.map { f throws(EventSQLError) in try condition(f, context) }
        let (signature, cast) = try overload(written.name, arguments, at: position)
        if signature.kernel.hasPrefix("quantile") {
            guard case .double(let fraction) = cast[1].constantValue, (0...1).contains(fraction) else {
                throw EventSQLError(
                    .binding, "the fraction of \(written.name) must be a constant from 0 to 1", position: position)
            }
        }
        if signature.kernel == "top_k" {
            guard case .int64(let count) = cast[1].constantValue, (1...10_000).contains(count) else {
                throw EventSQLError(
                    .binding, "\(written.name) takes how many as a constant from 1 to 10000", position: position)
            }
        }
        let type = if case .exactly(let type) = signature.result { type } else { cast[0].type }
        var kernel = signature.kernel
        // From the greatest value downwards; which value lies at a fraction is not the one at its complement from below.
        if kernel == "quantile_disc", written.withinGroup.first?.descending == true { kernel += "_descending" }
        var isDistinct = written.isDistinct && !["min", "max", "any_value", "bool_and", "bool_or"].contains(kernel)
        if kernel == "count", isDistinct { (kernel, isDistinct) = ("count_distinct", false) }
        if !["string_agg", "array_agg", "first", "last", "any_value"].contains(kernel) { orderBy = [] }
        return AggregateCall(
            function: kernel, arguments: cast, isDistinct: isDistinct, filter: filter, orderBy: orderBy, type: type,
            place: Place(position))
    }

    private func overload(
        _ name: String, _ arguments: [BoundExpression], at position: SourcePosition
    ) throws(EventSQLError) -> (AggregateSignature, [BoundExpression]) {
        let overloads = AggregateTable.byName[name] ?? []
        for signature in overloads where signature.parameters.count == arguments.count {
            var cast: [BoundExpression] = []
            for (argument, parameter) in zip(arguments, signature.parameters) {
                guard let parameter else {
                    cast.append(argument)
                    continue
                }
                let isReadable =
                    if case .string(let text) = argument.constantValue {
                        TextConversion.value(text, as: parameter) != nil
                    } else {
                        Self.fits(argument.type, parameter)
                    }
                if isReadable { cast.append(try coerce(argument, to: parameter, at: position)) }
            }
            if cast.count == arguments.count { return (signature, cast) }
        }
        let given = arguments.map(\.type.name).joined(separator: ", ")
        throw EventSQLError(
            .binding, "\(name)(\(given)) does not exist",
            hint: overloads.isEmpty ? nil : "check the number and types of its arguments", position: position)
    }

    /// ORDER BY items with the place of NULL settled: last when ascending, first when descending.
    func sortKeys(_ items: [OrderItem], _ context: BindContext) throws(EventSQLError) -> [SortKey] {
        var keys: [SortKey] = []
        for item in items {
            keys.append(SortKey(try bind(item.expression, context), item))
        }
        return keys
    }
}
