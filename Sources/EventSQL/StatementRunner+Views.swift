internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// CREATE VIEW and DROP VIEW: names for queries, kept as the statement that made them; SUMMARIZE.
extension StatementRunner {
    func createView(
        _ name: String, _ columns: [String], _ query: Query, orReplace: Bool, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        let names = store.definitions(of: .view).map(\.name)
        if store.tableNames.contains(name) || !orReplace && names.contains(name) {
            throw EventSQLError(
                .conflict, "the \(store.tableNames.contains(name) ? "table" : "view") '\(name)' exists already",
                hint: names.contains(name) ? "use CREATE OR REPLACE VIEW" : "take another name", position: position)
        }
        let plan = try binder.bindStatement(query)
        guard columns.count <= plan.columns.count else {
            throw EventSQLError(
                .binding, "\(columns.count) column names for \(plan.columns.count) columns", position: position)
        }
        let text = Printer.print(
            Statement.createView(name: name, columns: columns, query, text: "", orReplace: false, position))
        try store.setDefinition(text, kind: .view, name: name)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func dropView(_ name: String, ifExists: Bool, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        let names = store.definitions(of: .view).map(\.name)
        if names.contains(name) {
            try store.setDefinition(nil, kind: .view, name: name)
        } else if !ifExists {
            throw EventSQLError(
                .notFound, "there is no view '\(name)'",
                hint: EditDistance.nearest(to: name, in: names).map { "did you mean '\($0)'?" }, position: position)
        }
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func showViews() -> Answer {
        Self.table(
            [("view", .string), ("definition", .string)],
            store.definitions(of: .view).map { [.string($0.name), .string($0.text)] })
    }

    /// The columns of a view; nil where there is none of that name.
    func viewColumns(_ name: String, _ position: SourcePosition) throws(EventSQLError) -> [OutputColumn]? {
        guard let view = try catalog.view(named: name) else { return nil }
        var columns = try binder.bindStatement(view.query).columns
        for (index, name) in view.columns.enumerated() where index < columns.count { columns[index].name = name }
        return columns
    }

    /// One row for each column of a query: how many values, how many distinct ones, the extremes, the mean.
    func summarize(_ query: Query) throws(EventSQLError) -> Answer {
        let plan = try binder.bindStatement(query)
        var calls: [AggregateCall] = [AggregateCall(function: "count_rows", arguments: [], type: .int64)]
        for (index, column) in plan.columns.enumerated() {
            let value =
                column.type == .null
                ? BoundExpression.constant(.null, .string) : .column(index, column.type, Place())
            let mean = BoundExpression.cast(
                column.type.isNumeric ? value : .constant(.null, .int64), to: .double, isTry: false, Place())
            calls += [
                AggregateCall(function: "count", arguments: [value], type: .int64),
                AggregateCall(function: "count_distinct", arguments: [value], type: .int64),
                AggregateCall(function: "min", arguments: [value], type: value.type),
                AggregateCall(function: "max", arguments: [value], type: value.type),
                AggregateCall(
                    function: "avg", arguments: [column.type == .double ? value : mean], type: .double),
            ]
        }
        let node = AggregateNode(input: plan, keys: [], aggregates: calls, names: calls.map(\.function))
        let answers = try executor.run(.aggregate(node))
        let row = answers.first.map { batch in batch.columns.map { $0.value(at: 0) } } ?? []
        var rows: [[Value]] = []
        func text(_ value: Value) -> Value { value == .null ? .null : .string(TextConversion.text(value)) }
        for (index, column) in plan.columns.enumerated() {
            let own = Array(row[(1 + index * 5)..<(6 + index * 5)])
            var absent: Value = .null
            if case .int64(let all) = row[0], case .int64(let present) = own[0] { absent = .int64(all - present) }
            rows.append(
                [.string(column.name), .string(column.type.name), own[0], absent, own[1]] + own[2...].map(text))
        }
        return Self.table(
            [
                ("column", .string), ("type", .string), ("values", .int64), ("nulls", .int64), ("distinct", .int64),
                ("min", .string), ("max", .string), ("avg", .string),
            ], rows)
    }
}
