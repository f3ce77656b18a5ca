import EventBase
import EventColumns
import EventSyntax

extension Binder {
    /// A window function as written; the select binder takes it out again.
    func window(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard context.allowsWindows else {
            throw EventSQLError(
                .binding, "\(written.name)(...) OVER may not stand in \(context.clause)",
                hint: "compute it in a subquery, or filter with QUALIFY", position: position)
        }
        var inner = context.inside("the arguments of a window function")
        inner.allowsAggregates = context.allowsAggregates
        let definition = try resolve(written.over!, context, at: position)
        var partitionBy: [BoundExpression] = []
        for expression in definition.partitionBy { partitionBy.append(try bind(expression, inner)) }
        let orderBy = try sortKeys(definition.orderBy, inner)
        let frame = try frame(definition.frame, orderBy, at: position)
        if StreamTable.byName[written.name] != nil {
            throw EventSQLError(
                .binding, "\(written.name) is an aggregate without OVER", hint: "use GROUP BY", position: position)
        }
        if AggregateTable.contains(written.name) {
            let call = try aggregateCall(written, position, inner)
            return .window(
                WindowCall(
                    function: call.function, isAggregate: true, isDistinct: call.isDistinct, arguments: call.arguments,
                    filter: call.filter,
                    partitionBy: partitionBy, orderBy: orderBy, frame: frame, type: call.type, place: Place(position)))
        }
        guard WindowTable.names.contains(written.name) else {
            throw EventSQLError(.binding, "\(written.name) is no window function", position: position)
        }
        var arguments: [BoundExpression] = []
        for argument in written.arguments { arguments.append(try bind(argument, inner)) }
        if written.name == "sessionize", orderBy.isEmpty {
            throw EventSQLError(
                .binding, "sessionize needs ORDER BY in its window", hint: "PARTITION BY user_id ORDER BY timestamp",
                position: position)
        }
        let type = try windowType(written.name, &arguments, at: position)
        var call = WindowCall(
            function: written.name, isAggregate: false, arguments: arguments, filter: nil,
            partitionBy: partitionBy, orderBy: orderBy, frame: frame, type: type, place: Place(position))
        call.ignoresNulls = written.ignoresNulls
        if call.ignoresNulls, !WindowTable.ignoringNulls.contains(written.name) {
            throw EventSQLError(
                .binding, "IGNORE NULLS does not apply to \(written.name)",
                hint: "it goes with " + WindowTable.ignoringNulls.sorted().joined(separator: ", "), position: position)
        }
        return .window(call)
    }

    private func resolve(
        _ reference: WindowReference, _ context: BindContext, at position: SourcePosition
    ) throws(EventSQLError) -> WindowDefinition {
        func named(_ name: String) throws(EventSQLError) -> WindowDefinition {
            guard let found = context.windows[name] else {
                throw EventSQLError(.binding, "there is no window \(name)", position: position)
            }
            return found
        }
        switch reference {
        case .named(let name): return try named(name)
        case .inline(var definition):
            guard let baseName = definition.baseName else { return definition }
            let base = try named(baseName)
            if definition.partitionBy.isEmpty { definition.partitionBy = base.partitionBy }
            if definition.orderBy.isEmpty { definition.orderBy = base.orderBy }
            return definition
        }
    }

    private func windowType(
        _ name: String, _ arguments: inout [BoundExpression], at position: SourcePosition
    ) throws(EventSQLError) -> ScalarType {
        let counts: ClosedRange<Int> =
            switch name {
            case "ntile", "first_value", "last_value": 1...1
            case "nth_value", "sessionize": 2...2
            case "lag", "lead": 1...3
            default: 0...0
            }
        guard counts.contains(arguments.count) else {
            throw EventSQLError(.binding, "\(name) does not take \(arguments.count) arguments", position: position)
        }
        switch name {
        case "percent_rank", "cume_dist": return .double
        case "row_number", "rank", "dense_rank", "ntile": return .int64
        case "sessionize":
            let unit = try Self.unit(ofTime: arguments[0].type, name, at: position)
            let gap = try Self.window(
                arguments[1].constantValue, unit, isTimestamp: arguments[0].type == .timestamp, name, at: position)
            arguments[1] = .constant(.int64(gap), .int64)
            return .int64
        default:
            if arguments.count > 1 { arguments[1] = try coerce(arguments[1], to: .int64, at: position) }
            if arguments.count > 2 {
                (arguments[0], arguments[2]) = try unified(arguments[0], arguments[2], at: position)
            }
            return arguments[0].type
        }
    }

    private func frame(_ written: WindowFrame?, _ orderBy: [SortKey], at position: SourcePosition)
        throws(EventSQLError) -> WindowCall.Frame
    {
        guard let written else {
            return WindowCall.Frame(
                unit: .range, start: .unboundedPreceding, end: orderBy.isEmpty ? .unboundedFollowing : .currentRow)
        }
        let unit = WindowCall.Frame.Unit(rawValue: written.unit.rawValue)!
        func bound(_ bound: WindowFrame.Bound) throws(EventSQLError) -> WindowCall.Frame.Bound {
            switch bound {
            case .unboundedPreceding: return .unboundedPreceding
            case .currentRow: return .currentRow
            case .unboundedFollowing: return .unboundedFollowing
            case .preceding(let offset):
                return unit == .range ? .below(try distance(offset, orderBy)) : .preceding(try self.offset(offset))
            case .following(let offset):
                return unit == .range ? .above(try distance(offset, orderBy)) : .following(try self.offset(offset))
            }
        }
        var frame = WindowCall.Frame(unit: unit, start: try bound(written.start), end: try bound(written.end))
        switch written.exclusion {
        case .nothing: break
        case .currentRow: frame.exclusion = .currentRow
        case .group: frame.exclusion = .group
        case .ties: frame.exclusion = .ties
        }
        return frame
    }

    private func offset(_ ast: Expression) throws(EventSQLError) -> Int {
        let bound = try bind(ast, BindContext(scope: Scope(), clause: "a frame"))
        guard case .int64(let value) = bound.constantValue, value >= 0, value < 1 << 40 else {
            throw EventSQLError(.binding, "a frame's offset is a constant from 0", position: ast.position)
        }
        return Int(value)
    }

    /// How far a RANGE frame reaches, in the unit of its one ORDER BY value.
    private func distance(_ ast: Expression, _ orderBy: [SortKey]) throws(EventSQLError) -> Value {
        guard orderBy.count == 1 else {
            throw EventSQLError(.binding, "RANGE with an offset needs one ORDER BY value", position: ast.position)
        }
        let written = try bind(ast, BindContext(scope: Scope(), clause: "a frame"))
        let type = orderBy[0].expression.type
        switch (type, written.constantValue) {
        case (.int64, .int64(let value)?) where value >= 0: return .int64(value)
        case (.double, .int64(let value)?) where value >= 0: return .double(Double(value))
        case (.double, .double(let value)?) where value >= 0: return .double(value)
        case (.timestamp, .interval(let value)?), (.date, .interval(let value)?):
            if value.months >= 0, value.days >= 0, value.micros >= 0 { return .interval(value) }
        default: break
        }
        let wanted =
            switch type {
            case .int64, .double: "a number from 0"
            case .timestamp, .date: "an INTERVAL from 0"
            default: "no offset at all"
            }
        throw EventSQLError(
            .binding, "RANGE over \(type.name) takes \(wanted) as a constant", hint: "use ROWS or GROUPS",
            position: ast.position)
    }
}
