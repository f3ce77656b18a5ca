import EventBase
import EventColumns
import EventSyntax

/// `information_schema.tables` and `information_schema.columns`, as rows of what the catalog knows.
extension Binder {
    /// nil for every other name.
    func informationSchema(_ name: [String]) throws(EventSQLError) -> ValuesNode? {
        guard name.count == 2, name[0].lowercased() == "information_schema" else { return nil }
        switch name[1].lowercased() {
        case "tables":
            let rows =
                catalog.tableNames.map { ["main", $0, "BASE TABLE"] } + catalog.viewNames.map { ["main", $0, "VIEW"] }
            return ValuesNode(
                columns: ["table_schema", "table_name", "table_type"].map { OutputColumn($0, .string) },
                rows: rows.map { $0.map { .constant(.string($0), .string) } })
        case "columns":
            var rows: [[BoundExpression]] = []
            func add(_ table: String, _ columns: [(String, ScalarType)]) {
                for (index, column) in columns.enumerated() {
                    rows.append([
                        .constant(.string("main"), .string), .constant(.string(table), .string),
                        .constant(.string(column.0), .string), .constant(.int64(Int64(index + 1)), .int64),
                        .constant(.string(column.1.name), .string),
                    ])
                }
            }
            for table in catalog.tableNames {
                if let schema = try catalog.schema(ofTable: table) {
                    add(table, schema.columns.map { ($0.path, $0.type) })
                }
            }
            for name in catalog.viewNames {
                // A view whose tables have changed has no columns until it is made anew.
                guard let (plan, columns) = try? boundView(name, BindContext(scope: Scope())) else { continue }
                add(name, zip(columns, plan.columns).map { ($0.name, $1.type) })
            }
            return ValuesNode(
                columns: [
                    OutputColumn("table_schema", .string), OutputColumn("table_name", .string),
                    OutputColumn("column_name", .string), OutputColumn("ordinal_position", .int64),
                    OutputColumn("data_type", .string),
                ], rows: rows)
        default: return nil
        }
    }

    /// The plan of a view and its columns' names; nil where there is no such view.
    func boundView(_ name: String, _ context: BindContext) throws(EventSQLError) -> (LogicalPlan, [OutputColumn])? {
        guard let view = try catalog.view(named: name) else { return nil }
        guard context.viewDepth < 16 else {
            throw EventSQLError(.binding, "views nest more than 16 deep at \(name)", hint: "does one read itself?")
        }
        var inner = BindContext(scope: Scope())
        inner.viewDepth = context.viewDepth + 1
        // WITH queries are told apart by their place in the text, and this text is another one.
        let utf8 = Array(name.utf8)
        inner.sharedBase = Int(truncatingIfNeeded: Hash64.hash(utf8.rawBytes) >> 33) << 23
        let plan = try bindQuery(view.query, inner)
        var columns = plan.columns
        for (index, name) in view.columns.enumerated() where index < columns.count { columns[index].name = name }
        return (plan, columns)
    }
}
