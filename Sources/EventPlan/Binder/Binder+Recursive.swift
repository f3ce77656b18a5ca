import EventBase
import EventColumns
import EventSyntax

/// WITH RECURSIVE: `name AS (first UNION [ALL] step)`, where `step` reads `name`.
extension Binder {
    /// nil where the query does not read itself.
    func recursive(_ table: CommonTable, id: Int, _ context: BindContext) throws(EventSQLError) -> LogicalPlan? {
        guard table.mayRecur, case .setOperation(.union, let isAll, let left, let right) = table.query.body else {
            return nil
        }
        var inner = context
        for table in table.query.with { try addCommonTable(table, to: &inner) }
        let first = try bindQuery(left, inner)
        let columns = try Self.named(first.columns, table)
        let working = WorkingNode(name: table.name, id: id, columns: columns)
        inner.commonTables[table.name.lowercased()] = CommonTablePlan(id: id, plan: .working(working), columns: columns)
        let step = try bindQuery(right, inner)
        guard step.readsWorking else { return nil }
        guard table.query.orderBy.isEmpty, table.query.limit == nil, table.query.offset == nil else {
            throw EventSQLError(
                .binding, "\(table.name) reads itself, so ORDER BY, LIMIT and OFFSET have no place in it",
                hint: "write them where \(table.name) is read", position: table.position)
        }
        return .recursive(
            RecursiveNode(
                name: table.name, id: id, first: first, step: try matched(step, to: first.columns, table),
                isDistinct: !isAll))
    }

    /// The first rows decide on the types, because rounds read what rounds gave.
    private func matched(
        _ step: LogicalPlan, to columns: [OutputColumn], _ table: CommonTable
    ) throws(EventSQLError) -> LogicalPlan {
        guard step.columns.count == columns.count else {
            throw EventSQLError(
                .binding,
                "\(table.name) has \(columns.count) columns at first and \(step.columns.count) in later rounds",
                hint: "both sides of its UNION need as many columns", position: table.position)
        }
        for (wanted, given) in zip(columns, step.columns) where Self.join(wanted.type, given.type) != wanted.type {
            throw EventSQLError(
                .binding,
                "column \(wanted.name) of \(table.name) is \(wanted.type.name) at first and \(given.type.name) in later rounds",
                hint: "write CAST(... AS \(given.type.name)) in the first part", position: table.position)
        }
        return cast(step, to: columns.map(\.type))
    }
}
