import EventBase
import EventColumns
import EventPlan

/// Aggregates that answer with JSON text: array_agg, histogram, top_k.
extension BufferedAccumulator.Rows {
    /// All values, NULLs among them, in the order of the call.
    func arrays(_ call: AggregateCall, groupCount: Int) throws(EventSQLError) -> Vector {
        let (rows, starts) = try byGroup(groupCount) { _ in true }
        let order = try RowOrder(
            orderBy,
            directions: call.orderBy.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) },
            count: groups.count, context)
        return try texts(groupCount, starts) { group throws(EventSQLError) in
            var own = Array(rows[starts[group]..<starts[group + 1]])
            if !orderBy.isEmpty { own = try order.sorted(own) }
            return "[" + own.map { json(arguments[0].value(at: $0)) }.joined(separator: ",") + "]"
        }
    }

    /// Each value and how often it stands there, ascending by value.
    func histograms(groupCount: Int) throws(EventSQLError) -> Vector {
        let (starts, counted) = try counts(groupCount)
        return try texts(groupCount, starts) { group throws(EventSQLError) in
            let members = try counted(group).map { row, count in
                let value = arguments[0].value(at: row)
                let key = if case .string = value { json(value) } else { JSONText.quoted(TextConversion.text(value)) }
                return "\(key):\(count)"
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// The most frequent values, the most frequent one first; of equally frequent ones the smaller first.
    func mostFrequent(_ call: AggregateCall, groupCount: Int) throws(EventSQLError) -> Vector {
        guard case .int64(let wanted) = call.arguments[1].constantValue else {
            preconditionFailure("BUG: top_k without its constant")
        }
        let (starts, counted) = try counts(groupCount)
        return try texts(groupCount, starts) { group throws(EventSQLError) in
            let sorted = try counted(group).enumerated().sorted {
                ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
            }
            return "["
                + sorted.prefix(Int(wanted)).map { json(arguments[0].value(at: $0.element.row)) }
                .joined(separator: ",") + "]"
        }
    }

    /// For each group the distinct values in order: a row that holds one, and how often.
    private func counts(
        _ groupCount: Int
    ) throws(EventSQLError) -> (starts: [Int], (Int) throws(EventSQLError) -> [(row: Int, count: Int)]) {
        let (rows, starts) = try byGroup(groupCount) { !arguments[0].isNull(at: $0) }
        let order = try RowOrder([arguments[0]], directions: [SortDirection()], count: groups.count, context)
        return (
            starts,
            { group throws(EventSQLError) in
                var result: [(row: Int, count: Int)] = []
                for row in try order.sorted(Array(rows[starts[group]..<starts[group + 1]])) {
                    if let last = result.last, order.isTie(last.row, row) {
                        result[result.count - 1].count += 1
                    } else {
                        result.append((row, 1))
                    }
                }
                return result
            }
        )
    }

    /// NULL for groups without rows.
    private func texts(
        _ groupCount: Int, _ starts: [Int], _ body: (Int) throws(EventSQLError) -> String
    ) throws(EventSQLError) -> Vector {
        var builder = StringBuilder(count: groupCount)
        for group in 0..<groupCount {
            try context.check()
            builder.append(starts[group] < starts[group + 1] ? try body(group) : "")
        }
        return try builder.vector(
            type: .json, validity: compacted((0..<groupCount).map { starts[$0] < starts[$0 + 1] }))
    }

    private func json(_ value: Value) -> String {
        switch value {
        case .null: return "null"
        case .bool, .int64, .json: return TextConversion.text(value)
        case .double(let number) where number.isFinite: return TextConversion.text(value)
        default: return JSONText.quoted(TextConversion.text(value))
        }
    }
}
