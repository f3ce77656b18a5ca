internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventSyntax

/// A column that INSERT gives values to.
struct InsertColumn {
    var name: String
    /// nil: a value keeps the type it has.
    var type: ScalarType?
}

/// The rows of an INSERT, as its target wants them.
struct InsertSource {
    let binder: Binder
    let executor: PlanExecutor
    let columns: [InsertColumn]
    /// Fewer values than columns are taken; the last columns are NULL.
    let mayBeShort: Bool

    /// One vector for each column, of its type where it has one.
    func rows(of query: Query) throws(EventSQLError) -> [Batch] {
        if case .values(let rows, _) = query.body, query.with.isEmpty, query.orderBy.isEmpty, query.limit == nil,
            query.offset == nil
        {
            return [try values(rows)]
        }
        let plan = try binder.bindStatement(query)
        let width = plan.columns.count
        guard width == columns.count || (mayBeShort && width < columns.count) else {
            throw wrongCount(width, row: nil, nil)
        }
        let constants = Self.constants(plan)
        var result: [Batch] = []
        var rowCount = 0
        for batch in try executor.run(plan) {
            var vectors: [Vector] = []
            for (index, column) in columns.enumerated() {
                if index >= width {
                    vectors.append(.nulls(type: column.type ?? .null, count: batch.rowCount))
                } else if let type = column.type {
                    let cast = AssignmentCast(column: column.name, type: type)
                    vectors.append(
                        try cast.cast(
                            batch.columns[index], isConstant: constants.contains(index), firstRow: rowCount + 1))
                } else {
                    vectors.append(batch.columns[index])
                }
            }
            result.append(Batch(columns: vectors, rowCount: batch.rowCount))
            rowCount += batch.rowCount
        }
        return result
    }

    /// VALUES: every value is cast for itself, so a column of the list may mix types.
    private func values(_ rows: [[Expression]]) throws(EventSQLError) -> Batch {
        var boxed = [[Value]](repeating: [], count: columns.count)
        for (number, row) in rows.enumerated() {
            guard row.count == columns.count || (mayBeShort && row.count < columns.count) else {
                throw wrongCount(row.count, row: number + 1, row.first?.position)
            }
            for (index, column) in columns.enumerated() {
                if index >= row.count {
                    boxed[index].append(.null)
                    continue
                }
                do throws(EventSQLError) {
                    let (value, isConstant) = try evaluate(row[index])
                    boxed[index].append(try cast(value, column, isConstant: isConstant, row: number + 1))
                } catch {
                    throw error.at(row[index].position)
                }
            }
        }
        var vectors: [Vector] = []
        for (column, values) in zip(columns, boxed) {
            let type = column.type ?? values.lazy.map(\.type).first { $0 != .null } ?? .null
            if values.allSatisfy({ $0 == .null || $0.type == type }) {
                vectors.append(Vector(boxed: values, type: type))
            } else {
                // A property may mix types in one statement; as text they stand together.
                vectors.append(
                    Vector(boxed: values.map { $0 == .null ? .null : .string(TextConversion.text($0)) }, type: .string))
            }
        }
        return Batch(columns: vectors, rowCount: rows.count)
    }

    private func cast(
        _ value: Value, _ column: InsertColumn, isConstant: Bool, row: Int
    ) throws(EventSQLError) -> Value {
        guard let type = column.type else { return value }
        guard isConstant || value.type != .string || type == .string else {
            throw EventSQLError(
                .binding, "row \(row), column \(column.name) is \(type.name), the value is VARCHAR",
                hint: "write CAST(... AS \(type.name))")
        }
        return try AssignmentCast(column: column.name, type: type).cast(value, row: row)
    }

    /// A value of VALUES. Constants as written need no plan.
    private func evaluate(_ expression: Expression) throws(EventSQLError) -> (value: Value, isConstant: Bool) {
        switch expression {
        case .literal(.null, _): return (.null, true)
        case .literal(.bool(let value), _): return (.bool(value), true)
        case .literal(.integer(let value), _): return (.int64(value), true)
        case .literal(.double(let value), _): return (.double(value), true)
        case .literal(.string(let text), _): return (.string(text), true)
        case .unary(.minus, .literal(.integer(let value), _), _): return (.int64(-value), true)
        case .unary(.minus, .literal(.double(let value), _), _): return (.double(-value), true)
        default:
            let query = Query(body: .values([[expression]], expression.position))
            let batches = try executor.run(try binder.bindStatement(query))
            guard let batch = batches.first, batch.rowCount == 1 else {
                throw EventSQLError(.internal, "a row of VALUES gave no row", position: expression.position)
            }
            return (batch.columns[0].value(at: 0), false)
        }
    }

    private func wrongCount(_ count: Int, row: Int?, _ position: SourcePosition?) -> EventSQLError {
        EventSQLError(
            .binding, "\(row.map { "row \($0) has " } ?? "")\(count) values for \(columns.count) columns",
            hint: "the columns are \(columns.map(\.name).joined(separator: ", "))", position: position)
    }

    /// Which columns of a plan are constants as written.
    private static func constants(_ plan: LogicalPlan) -> Set<Int> {
        switch plan {
        case .limit(let node): constants(node.input)
        case .sort(let node): constants(node.input)
        case .project(let node):
            Set(node.expressions.indices.filter { node.expressions[$0].constantValue != nil })
        default: []
        }
    }
}
