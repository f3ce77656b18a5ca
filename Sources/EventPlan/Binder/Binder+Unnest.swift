import EventBase
import EventColumns
import EventSyntax

/// A function in FROM as written.
struct TableFunction {
    var call: FunctionCall
    var withOrdinality: Bool
    var alias: TableAlias?
    var position: SourcePosition
}

/// Lists whose elements are rows, and the names of the columns that they make.
struct BoundLists {
    var lists: [BoundExpression]
    var elements: [OutputColumn]
    var ordinality: String?
    var qualifier: String

    /// Whether a list is of the row that stands before it.
    var readsRow: Bool { lists.contains { !$0.usedColumns.isEmpty } }

    var scope: Scope {
        Scope(outputs: elements + (ordinality.map { [OutputColumn($0, .int64)] } ?? []), qualifier: qualifier)
    }
}

/// `unnest(list, ...)`, `generate_series(...)` and `range(...)`: lists as rows.
extension Binder {
    private static let tableFunctions = ["unnest", "generate_series", "range"]

    /// A function in FROM; its arguments may read the columns of what stands before it.
    func tableFunction(
        _ function: TableFunction, beside scope: Scope, _ context: BindContext
    ) throws(EventSQLError) -> BoundLists {
        let (name, position) = (function.call.name, function.position)
        guard Self.tableFunctions.contains(name) else {
            throw EventSQLError(
                .binding, "there is no table function \(name)",
                hint: "known: \(Self.tableFunctions.joined(separator: ", "))", position: position)
        }
        var inner = context.inside("a table function")
        inner.scope.columns = scope.columns
        var arguments: [BoundExpression] = []
        for argument in function.call.arguments { arguments.append(try bind(argument, inner)) }
        var lists: [BoundExpression] = []
        if name == "unnest" {
            guard !arguments.isEmpty else {
                throw EventSQLError(.binding, "unnest takes one list or several", position: position)
            }
            for argument in arguments { lists.append(try coerce(argument, to: .json, at: position)) }
        } else {
            lists = [try call(name, arguments, at: position)]
        }
        let given = function.alias?.columns ?? []
        let width = lists.count + (function.withOrdinality ? 1 : 0)
        guard given.count <= width else {
            throw EventSQLError(
                .binding, "\(given.count) column names for \(width) columns", position: position)
        }
        // The alias of a single column names it too.
        let alone = lists.count == 1 ? function.alias?.name : nil
        let elements = lists.indices.map { index in
            OutputColumn(
                index < given.count ? given[index] : alone ?? name, Self.elementType(of: lists[index]))
        }
        let ordinality = given.count == width ? given.last : "ordinality"
        return BoundLists(
            lists: lists, elements: elements, ordinality: function.withOrdinality ? ordinality : nil,
            qualifier: function.alias?.name ?? name)
    }

    /// What the elements of a list are: the type that the members of `[a, b]` have in common, whole numbers or instants of a
    /// series; else texts, because JSON tells no types beforehand.
    static func elementType(of list: BoundExpression) -> ScalarType {
        guard case .call(let call) = list else { return .string }
        switch call.function {
        case "series_int64", "range_int64": return .int64
        case "series_timestamp", "range_timestamp": return .timestamp
        case "json_array":
            let type = call.arguments.reduce(ScalarType?.some(.null)) { known, member in
                known.flatMap { join($0, member.type) }
            }
            return type == .null ? .string : type ?? .string
        default: return .string
        }
    }

    /// Lists that read no row: a relation of their own.
    func standing(_ lists: BoundLists) throws(EventSQLError) -> (LogicalPlan, Scope) {
        let oneRow = LogicalPlan.values(ValuesNode(columns: [], rows: [[]]))
        return (.unnest(lists.node(over: oneRow)), lists.scope)
    }

    /// `t, unnest(t.list)`: the elements of each row beside it.
    func lateral(
        _ left: LogicalPlan, _ leftScope: Scope, _ kind: JoinKind, _ lists: BoundLists, _ condition: JoinCondition,
        _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> (LogicalPlan, Scope) {
        var scope = Scope(columns: leftScope.columns + lists.scope.columns)
        scope.outer = context.scope.outer
        var node = lists.node(over: left)
        switch (kind, condition) {
        case (.cross, .none): return (.unnest(node), scope)
        case (.inner, .on(let expression)):
            var inner = context.inside("ON")
            inner.scope = scope
            return (try Self.filtered(.unnest(node), try self.condition(expression, inner)), scope)
        case (.left, .on(.literal(.bool(true), _))):
            node.keepsEmpty = true
            return (.unnest(node), scope)
        default:
            throw EventSQLError(
                .binding, "lists of the row beside them go with ',', CROSS JOIN, JOIN ... ON and LEFT JOIN ... ON TRUE",
                hint: "filter elements in WHERE", position: position)
        }
    }

    /// `unnest(list)` in a select list: the select binder takes it out again.
    func unnest(
        _ written: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard context.allowsUnnest else {
            throw EventSQLError(
                .binding, "unnest(...) may not stand in \(context.clause)",
                hint: "write FROM t, unnest(t.list) AS u(x)", position: position)
        }
        guard written.arguments.count == 1 else {
            throw EventSQLError(
                .binding, "unnest takes one list here", hint: "several lists stand in FROM unnest(a, b)",
                position: position)
        }
        var inner = context
        inner.allowsUnnest = false
        inner.clause = "unnest(...)"
        let list = try coerce(try bind(written.arguments[0], inner), to: .json, at: position)
        return .call(
            BoundCall(SelectBody.unnestFunction, [list], type: Self.elementType(of: list), place: Place(position)))
    }
}

extension BoundLists {
    func node(over input: LogicalPlan) -> UnnestNode {
        UnnestNode(input: input, lists: lists, elements: elements, ordinality: ordinality)
    }
}

extension TableReference {
    /// `unnest(t.list) u JOIN b ...`, `LATERAL (...) u JOIN b ...`: behind `t,` it may read t.
    var beginsJoinWithFunction: Bool {
        guard case .join(let left, let kind, _, _, _) = self, kind != .right, kind != .full else { return false }
        switch left {
        case .function, .lateral: return true
        default: return left.beginsJoinWithFunction
        }
    }

    /// `a, (b JOIN c)` as `(a, b) JOIN c`.
    func joined(behind other: TableReference, _ position: SourcePosition) -> TableReference {
        guard case .join(let left, let kind, let right, let condition, let place) = self else {
            return .join(other, .cross, self, .none, position)
        }
        return .join(left.joined(behind: other, position), kind, right, condition, place)
    }
}
