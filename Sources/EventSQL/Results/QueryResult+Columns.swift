public import EventBase
internal import EventColumns

/// Whole columns without boxing a value. NULL is nil where the element is optional and refused where it is not.
extension QueryResult {
    /// A BIGINT, TIMESTAMP (microseconds) or DATE (days) column. Throws `.notFound` for an unknown name and `.invalidInput`
    /// for another type or a NULL.
    /// - Complexity: O(rows).
    public func int64s(_ name: String) throws(EventSQLError) -> [Int64] {
        try column(name, "BIGINT, TIMESTAMP or DATE") { vector in
            if case .int64(let values) = vector.values { values } else { nil }
        }
    }

    /// A DOUBLE or BIGINT column as numbers. Same errors as `int64s`.
    public func doubles(_ name: String) throws(EventSQLError) -> [Double] {
        try column(name, "DOUBLE or BIGINT") { vector in
            switch vector.values {
            case .double(let values): values
            case .int64(let values): values.map { Double($0) }
            default: nil
            }
        }
    }

    /// A VARCHAR or JSON column. Same errors as `int64s`.
    public func strings(_ name: String) throws(EventSQLError) -> [String] {
        try column(name, "VARCHAR") { vector in
            guard case .string(let codes, let pool) = vector.values, vector.validity == nil else { return nil }
            return codes.map { pool.string(at: $0) }
        }
    }

    private func column<Element>(
        _ name: String, _ expected: String, _ read: (Vector) -> [Element]?
    ) throws(EventSQLError) -> [Element] {
        guard let index = columnIndex(name) else {
            let names = columns.map(\.name).joined(separator: ", ")
            throw EventSQLError(.notFound, "the result has no column '\(name)'", hint: "it has \(names)")
        }
        var result: [Element] = []
        result.reserveCapacity(rowCount)
        for batch in batches {
            let vector = batch.columns[index]
            if vector.validity?.contains(false) == true {
                throw EventSQLError(
                    .invalidInput, "the column '\(name)' has NULLs", hint: "read it with value(row:column:) or coalesce"
                )
            }
            guard let values = read(vector) else {
                throw EventSQLError(
                    .invalidInput, "the column '\(name)' is \(columns[index].type.rawValue), not \(expected)")
            }
            result += values
        }
        return result
    }
}
