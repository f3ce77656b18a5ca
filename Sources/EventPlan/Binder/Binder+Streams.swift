import EventBase
import EventColumns
import EventSyntax

/// `window_funnel(window, modes...)(time, conditions...)` and its kin. The parameters may also stand first in one list.
extension Binder {
    func streamCall(
        _ family: StreamTable.Family, _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> AggregateCall {
        if written.isDistinct || !written.orderBy.isEmpty || !written.withinGroup.isEmpty {
            throw EventSQLError(
                .binding, "\(written.name) reads rows in order of time; DISTINCT and ORDER BY do not apply",
                position: position)
        }
        let (parameters, rest) = try streamParameters(family, written, position)
        var arguments: [BoundExpression] = []
        for argument in rest { arguments.append(try bind(argument, context)) }
        let filter = try written.filter.map { f throws(EventSQLError) in try condition(f, context) }
        let leadCount = family.leadCount
        guard arguments.count >= leadCount + family.conditionCountMin,
            arguments.count <= leadCount + StreamFunction.conditionCountMax
        else {
            throw EventSQLError(
                .binding,
                "\(written.name) takes \(family.form) with at most \(StreamFunction.conditionCountMax) conditions",
                position: position)
        }
        var unit: Int64 = 1
        if leadCount > 0 { unit = try Self.unit(ofTime: arguments[0].type, written.name, at: position) }
        for index in arguments.indices where index >= leadCount || index == 2 {
            arguments[index] = try coerce(arguments[index], to: .bool, at: position)
        }
        if leadCount > 1 { arguments[1] = try coerce(arguments[1], to: .string, at: position) }
        let stream: StreamFunction
        let type: ScalarType
        do throws(EventSQLError) {
            (stream, type) = try Self.stream(
                family, parameters, conditionCount: arguments.count - leadCount, unit: unit,
                isTimestamp: unit == 1_000_000, name: written.name)
        } catch { throw EventSQLError(error.kind, error.message, hint: error.hint, position: position) }
        if case .nextNode(let rules) = stream, arguments.count == leadCount,
            rules.base == .firstMatch || rules.base == .lastMatch
        {
            throw EventSQLError(
                .binding, "\(written.name) needs a condition for \(rules.base.rawValue)", position: position)
        }
        return AggregateCall(
            function: written.name, arguments: arguments, filter: filter, stream: stream, type: type,
            place: Place(position))
    }

    /// The parameters as constants, and the other arguments.
    private func streamParameters(
        _ family: StreamTable.Family, _ written: FunctionCall, _ position: SourcePosition
    ) throws(EventSQLError) -> ([Value], [Expression]) {
        func constant(_ ast: Expression) throws(EventSQLError) -> Value {
            let bound = try bind(ast, BindContext(scope: Scope(), clause: "the parameters of \(written.name)"))
            guard let value = bound.constantValue else {
                throw EventSQLError(.binding, "the parameters of \(written.name) are constants", position: ast.position)
            }
            return value
        }
        if let parameters = written.parameters {
            var values: [Value] = []
            for ast in parameters { values.append(try constant(ast)) }
            return (values, written.arguments)
        }
        var count = 0
        switch family {
        case .retention: break
        case .sequence: count = min(1, written.arguments.count)
        case .nextNode: count = min(2, written.arguments.count)
        case .windowFunnel:
            count = min(1, written.arguments.count)
            while count < written.arguments.count, case .literal(.string, _) = written.arguments[count] { count += 1 }
        }
        var values: [Value] = []
        for ast in written.arguments.prefix(count) { values.append(try constant(ast)) }
        return (values, Array(written.arguments.dropFirst(count)))
    }

    /// Units of the time argument in what a parameter counts: seconds of a TIMESTAMP, days, or plain numbers.
    static func unit(
        ofTime type: ScalarType, _ name: String, at position: SourcePosition
    ) throws(EventSQLError) -> Int64 {
        switch type {
        case .timestamp: return 1_000_000
        case .date, .int64: return 1
        default:
            throw EventSQLError(
                .binding, "the time of \(name) is a TIMESTAMP, a DATE or a BIGINT, not \(type.name)", position: position
            )
        }
    }

    private static func stream(
        _ family: StreamTable.Family, _ parameters: [Value], conditionCount: Int, unit: Int64, isTimestamp: Bool,
        name: String
    ) throws(EventSQLError) -> (StreamFunction, ScalarType) {
        switch family {
        case .retention:
            if !parameters.isEmpty { throw EventSQLError(.binding, "\(name) has no parameters") }
            return (.retention, .json)
        case .windowFunnel:
            var rules = WindowFunnelRules(window: try window(parameters.first, unit, isTimestamp: isTimestamp, name))
            for mode in parameters.dropFirst() { try add(mode, to: &rules, name) }
            if rules.passesEarlySteps, !rules.isStrictlyOrdered {
                throw EventSQLError(.binding, "'allow_reentry' needs 'strict_order'")
            }
            return (.windowFunnel(rules), .int64)
        case .sequence(let answer):
            guard parameters.count == 1, case .string(let text) = parameters[0] else {
                throw EventSQLError(.binding, "\(name) has one parameter, the pattern", hint: "'(?1).*(?2)'")
            }
            let pattern = try SequencePattern(text, conditionCount: conditionCount, unit: unit)
            return (.sequence(pattern, answer), answer == .times ? .json : .int64)
        case .nextNode:
            guard parameters.count == 2, case .string(let direction) = parameters[0],
                ["forward", "backward"].contains(direction), case .string(let text) = parameters[1],
                let base = NextNodeRules.Base(rawValue: text)
            else {
                throw EventSQLError(
                    .binding,
                    "\(name) has two parameters: 'forward' or 'backward', and "
                        + "'head', 'tail', 'first_match' or 'last_match'")
            }
            let isForward = direction == "forward"
            if isForward && base == .tail || !isForward && base == .head {
                throw EventSQLError(.binding, "'\(direction)' does not go with '\(text)'")
            }
            return (.nextNode(NextNodeRules(isForward: isForward, base: base)), .string)
        }
    }

    /// A window in units of the time argument: a number of seconds (of days, of plain units), or an INTERVAL.
    static func window(
        _ value: Value?, _ unit: Int64, isTimestamp: Bool, _ name: String, at position: SourcePosition? = nil
    ) throws(EventSQLError) -> Int64 {
        switch value {
        case .int64(let number) where number >= 0:
            let (product, isOver) = number.multipliedReportingOverflow(by: unit)
            return isOver ? .max : product
        case .interval(let interval) where isTimestamp && interval.months == 0:
            let (days, isOver) = Int64(interval.days).multipliedReportingOverflow(by: 86_400_000_000)
            let (sum, isSumOver) = days.addingReportingOverflow(interval.micros)
            if !isOver, !isSumOver, sum >= 0 { return sum }
            fallthrough
        default:
            throw EventSQLError(
                .binding,
                "the window of \(name) is a whole number from 0"
                    + (isTimestamp ? " of seconds, or an INTERVAL without months" : ""), position: position)
        }
    }

    private static func add(_ mode: Value, to rules: inout WindowFunnelRules, _ name: String) throws(EventSQLError) {
        switch mode {
        case .string("strict_deduplication"): rules.refusesRepeats = true
        case .string("strict_order"): rules.isStrictlyOrdered = true
        case .string("strict_increase"): rules.isIncreasing = true
        case .string("strict_once"): rules.usesRowsOnce = true
        case .string("allow_reentry"): rules.passesEarlySteps = true
        case .string(let text):
            throw EventSQLError(
                .binding, "\(name) has no mode '\(text)'",
                hint: "strict_deduplication, strict_order, strict_increase, strict_once, allow_reentry")
        default: throw EventSQLError(.binding, "a mode of \(name) is a text")
        }
    }
}

extension StreamTable.Family {
    fileprivate var leadCount: Int {
        switch self {
        case .retention: 0
        case .windowFunnel, .sequence: 1
        case .nextNode: 3
        }
    }

    fileprivate var conditionCountMin: Int {
        switch self {
        case .windowFunnel, .sequence: 1
        case .retention: 2
        case .nextNode: 0
        }
    }

    fileprivate var form: String {
        switch self {
        case .windowFunnel: "(window, modes...)(time, conditions...)"
        case .retention: "two or more conditions"
        case .sequence: "(pattern)(time, conditions...)"
        case .nextNode: "(direction, base)(time, value, base condition, conditions...)"
        }
    }
}
