package import EventBase
import EventColumns
package import EventSyntax

extension Binder {
    /// The plan of a whole query, rewritten by the rules.
    package func bindStatement(_ query: Query) throws(EventSQLError) -> LogicalPlan {
        let plan = SharedPlans.inlined(try bindQuery(query, BindContext(scope: Scope())))
        try Self.refuseOuterColumns(plan)
        return Rewriter.rewrite(plan)
    }

    /// A column of the query outside that no rule has turned into a join.
    private static func refuseOuterColumns(_ plan: LogicalPlan) throws(EventSQLError) {
        for expression in plan.expressions { try refuseOuterColumns(expression) }
        for input in plan.inputs { try refuseOuterColumns(input) }
    }

    private static func refuseOuterColumns(_ expression: BoundExpression) throws(EventSQLError) {
        if case .outer(_, _, let place) = expression {
            throw EventSQLError(
                .binding, "this subquery depends on the row outside in a way that is not supported",
                hint: Correlation.hint, position: place.position)
        }
        if case .subquery(let query) = expression { try refuseOuterColumns(query.plan) }
        for child in expression.children { try refuseOuterColumns(child) }
    }

    /// The plan of a query as written. Names it does not know itself are looked up in `context.scope`.
    func bindQuery(_ query: Query, _ context: BindContext) throws(EventSQLError) -> LogicalPlan {
        var inner = context
        for table in query.with { try addCommonTable(table, to: &inner) }
        var plan: LogicalPlan
        switch query.body {
        case .select(let select):
            plan = try bindSelect(select, orderBy: query.orderBy, inner)
        case .setOperation(let kind, let all, let left, let right):
            plan = try sorted(try setOperation(kind, all, left, right, inner), by: query.orderBy, inner)
        case .values(let rows, let position):
            plan = try sorted(try values(rows, position, inner), by: query.orderBy, inner)
        case .behaviour(let statement):
            guard let behaviour else { throw EventSQLError(.binding, "behaviour statements cannot stand here") }
            plan = try sorted(.behaviour(try behaviour.bind(statement, with: self)), by: query.orderBy, inner)
        }
        let count = try query.limit.flatMap { e throws(EventSQLError) in try rowCount(e, "LIMIT") }
        let offset = try query.offset.flatMap { e throws(EventSQLError) in try rowCount(e, "OFFSET") } ?? 0
        if count != nil || offset > 0 { plan = .limit(LimitNode(input: plan, count: count, offset: offset)) }
        return plan
    }

    func addCommonTable(_ table: CommonTable, to context: inout BindContext) throws(EventSQLError) {
        // The place in the text is one number per WITH query.
        let id = context.sharedBase + table.position.offsetBytes
        let plan: LogicalPlan
        if let found = try recursive(table, id: id, context) {
            plan = found
        } else {
            plan = try bindQuery(table.query, context)
        }
        context.commonTables[table.name.lowercased()] = CommonTablePlan(
            id: id, plan: plan, columns: try Self.named(plan.columns, table))
    }

    /// The columns of a WITH query under the names that it gives them.
    static func named(_ columns: [OutputColumn], _ table: CommonTable) throws(EventSQLError) -> [OutputColumn] {
        guard table.columns.count <= columns.count else {
            throw EventSQLError(
                .binding, "\(table.name) names \(table.columns.count) columns, but its query has \(columns.count)",
                position: table.position)
        }
        var columns = columns
        for (index, name) in table.columns.enumerated() { columns[index].name = name }
        return columns
    }

    /// A constant count of rows; nil for NULL, which means no limit.
    private func rowCount(_ ast: Expression, _ clause: String) throws(EventSQLError) -> Int? {
        let bound = try bind(ast, BindContext(scope: Scope(), clause: clause))
        switch bound.constantValue {
        case .null?: return nil
        case .int64(let count)? where count >= 0: return Int(count)
        default: throw EventSQLError(.binding, "\(clause) takes a whole number from 0", position: ast.position)
        }
    }

    private func setOperation(
        _ kind: SetOperator, _ all: Bool, _ left: Query, _ right: Query, _ context: BindContext
    ) throws(EventSQLError) -> LogicalPlan {
        let (a, b) = (try bindQuery(left, context), try bindQuery(right, context))
        guard a.columns.count == b.columns.count else {
            throw EventSQLError(
                .binding, "\(kind.rawValue) of \(a.columns.count) and \(b.columns.count) columns",
                hint: "both sides need as many columns", position: Self.position(of: right))
        }
        var types: [ScalarType] = []
        for (x, y) in zip(a.columns, b.columns) {
            guard let type = Self.join(x.type, y.type) else {
                throw EventSQLError(
                    .binding, "\(kind.rawValue) of \(x.name) as \(x.type.name) and \(y.type.name)",
                    hint: "write CAST(... AS \(x.type.name))", position: Self.position(of: right))
            }
            types.append(type)
        }
        return .setOperation(SetNode(kind: kind, isAll: all, left: cast(a, to: types), right: cast(b, to: types)))
    }

    /// Where a query's rows begin to be told; nil for behaviour statements.
    private static func position(of query: Query) -> SourcePosition? {
        switch query.body {
        case .select(let select): select.position
        case .values(_, let position): position
        case .setOperation(_, _, let left, _): position(of: left)
        case .behaviour: nil
        }
    }

    func cast(_ plan: LogicalPlan, to types: [ScalarType]) -> LogicalPlan {
        if plan.columns.map(\.type) == types { return plan }
        let expressions = zip(plan.columns.indices, types).map { index, type -> BoundExpression in
            let column = BoundExpression.column(index, plan.columns[index].type, Place())
            return plan.columns[index].type == type ? column : .cast(column, to: type, isTry: false, Place())
        }
        return .project(ProjectNode(input: plan, expressions: expressions, names: plan.columns.map(\.name)))
    }

    private func values(
        _ rows: [[Expression]], _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> LogicalPlan {
        let width = rows.first?.count ?? 0
        guard width > 0, rows.allSatisfy({ $0.count == width }) else {
            throw EventSQLError(.binding, "all rows of VALUES need as many values", position: position)
        }
        var bound: [[BoundExpression]] = []
        for row in rows {
            var cells: [BoundExpression] = []
            for cell in row { cells.append(try bind(cell, BindContext(scope: Scope(), clause: "VALUES"))) }
            bound.append(cells)
        }
        var columns: [OutputColumn] = []
        for index in 0..<width {
            let (cells, type) = try common(bound.map { $0[index] }, at: position)
            for row in bound.indices { bound[row][index] = cells[row] }
            columns.append(OutputColumn("column\(index + 1)", type))
        }
        return .values(ValuesNode(columns: columns, rows: bound))
    }

    /// ORDER BY over a plan whose columns are all there is to sort by.
    private func sorted(_ plan: LogicalPlan, by items: [OrderItem], _ context: BindContext) throws(EventSQLError)
        -> LogicalPlan
    {
        if items.isEmpty { return plan }
        var inner = context.inside("ORDER BY")
        inner.scope = Scope(outputs: plan.columns, qualifier: nil)
        var keys: [SortKey] = []
        for item in items {
            if case .star(qualifier: nil, let position) = item.expression {
                for (index, column) in plan.columns.enumerated() {
                    keys.append(SortKey(.column(index, column.type, Place(position)), item))
                }
            } else if let index = try outputIndex(item.expression, count: plan.columns.count, clause: "ORDER BY") {
                let column = BoundExpression.column(index, plan.columns[index].type, Place(item.expression.position))
                keys.append(SortKey(column, item))
            } else {
                keys.append(SortKey(try bind(item.expression, inner), item))
            }
        }
        return .sort(SortNode(input: plan, keys: keys))
    }

    /// `ORDER BY 2`: the index of an output column; nil when the expression is no whole number.
    func outputIndex(_ ast: Expression, count: Int, clause: String) throws(EventSQLError) -> Int? {
        guard case .literal(.integer(let number), let position) = ast else { return nil }
        guard number >= 1, number <= count else {
            throw EventSQLError(.binding, "\(clause) \(number): there are \(count) columns", position: position)
        }
        return Int(number) - 1
    }
}
