import EventBase
package import EventColumns
package import EventPlan

/// The rows of a behaviour statement, with the semantics that it used said in words.
package struct BehaviourResult: Sendable {
    package var columns: [OutputColumn]
    /// Boxed rows: a behaviour statement answers hundreds of rows, not millions.
    package var rows: [[Value]]
    package var notes: [String]

    package init(columns: [OutputColumn], rows: [[Value]], notes: [String]) {
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }

    /// The rows in batches of at most `Limits.batchRowCount`.
    package func makeBatches() -> [Batch] {
        stride(from: 0, to: rows.count, by: Limits.batchRowCount).map { start in
            let part = rows[start..<min(rows.count, start + Limits.batchRowCount)]
            let vectors = columns.indices.map { column in
                Self.vector(part.map { $0[column] }, type: columns[column].type)
            }
            return Batch(columns: vectors, rowCount: part.count)
        }
    }

    private static func vector(_ values: [Value], type: ScalarType) -> Vector {
        let isPresent = values.map { $0 != .null }
        let validity = isPresent.allSatisfy { $0 } ? nil : isPresent
        return Vector(type: type, values: forms(values, type), validity: validity)
    }

    private static func forms(_ values: [Value], _ type: ScalarType) -> Vector.Values {
        switch type {
        case .null, .bool: .bool(values.map { if case .bool(let value) = $0 { value } else { false } })
        case .int64, .timestamp, .date:
            .int64(
                values.map {
                    switch $0 {
                    case .int64(let value), .timestamp(let value), .date(let value): value
                    default: 0
                    }
                })
        case .double: .double(values.map { if case .double(let value) = $0 { value } else { 0 } })
        case .string, .json:
            .string(
                codes: Array(0..<UInt32(values.count)),
                pool: HeapStringPool(
                    values.map {
                        switch $0 {
                        case .string(let text), .json(let text): text
                        default: ""
                        }
                    }))
        case .interval: .interval(values.map { if case .interval(let value) = $0 { value } else { Interval() } })
        }
    }
}
