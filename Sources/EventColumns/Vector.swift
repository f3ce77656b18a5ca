package import EventBase

/// One column of a batch: values of one type, with the rows that are NULL marked.
///
/// A value at a NULL row is unspecified but present, so loops need not branch on NULL.
package struct Vector: Sendable {
    /// How values lie in memory. Several types share one form: int64, timestamp and date are all `int64`.
    package enum Values: Sendable {
        case bool([Bool])
        case int64([Int64])
        case double([Double])
        /// string and json: codes into a pool. Codes at NULL rows may lie outside the pool.
        case string(codes: [UInt32], pool: any StringPool)
        case interval([Interval])
    }

    package var type: ScalarType
    package var values: Values
    /// true = present; nil = no NULL in the vector.
    package var validity: [Bool]?

    package init(type: ScalarType, values: Values, validity: [Bool]? = nil) {
        self.type = type
        self.values = values
        self.validity = validity
    }

    package var count: Int {
        switch values {
        case .bool(let values): values.count
        case .int64(let values): values.count
        case .double(let values): values.count
        case .string(let codes, _): codes.count
        case .interval(let values): values.count
        }
    }

    package func isNull(at row: Int) -> Bool {
        if let validity { !validity[row] } else { false }
    }

    /// One boxed value; for output and slow paths only.
    package func value(at row: Int) -> Value {
        if isNull(at: row) { return .null }
        switch values {
        case .bool(let values): return .bool(values[row])
        case .int64(let values):
            switch type {
            case .timestamp: return .timestamp(values[row])
            case .date: return .date(values[row])
            default: return .int64(values[row])
            }
        case .double(let values): return .double(values[row])
        case .string(let codes, let pool):
            let text = pool.string(at: codes[row])
            return type == .json ? .json(text) : .string(text)
        case .interval(let values): return .interval(values[row])
        }
    }

    /// `count` NULLs of a type.
    package static func nulls(type: ScalarType, count: Int) -> Vector {
        repeating(.null, type: type, count: count)
    }

    /// `count` copies of one value, as `type` when the value is NULL.
    package static func repeating(_ value: Value, type: ScalarType, count: Int) -> Vector {
        switch value {
        case .null:
            let absent = [Bool](repeating: false, count: count)
            let values: Values =
                switch type {
                case .null, .bool: .bool([Bool](repeating: false, count: count))
                case .int64, .timestamp, .date: .int64([Int64](repeating: 0, count: count))
                case .double: .double([Double](repeating: 0, count: count))
                case .string, .json:
                    .string(codes: [UInt32](repeating: 0, count: count), pool: HeapStringPool([""]))
                case .interval: .interval([Interval](repeating: Interval(), count: count))
                }
            return Vector(type: type, values: values, validity: absent)
        case .bool(let value): return Vector(type: .bool, values: .bool([Bool](repeating: value, count: count)))
        case .int64(let value): return Vector(type: .int64, values: .int64([Int64](repeating: value, count: count)))
        case .double(let value): return Vector(type: .double, values: .double([Double](repeating: value, count: count)))
        case .timestamp(let value):
            return Vector(type: .timestamp, values: .int64([Int64](repeating: value, count: count)))
        case .date(let value): return Vector(type: .date, values: .int64([Int64](repeating: value, count: count)))
        case .interval(let value):
            return Vector(type: .interval, values: .interval([Interval](repeating: value, count: count)))
        case .string(let text), .json(let text):
            let pool = HeapStringPool([text], isDistinct: true, isSorted: true)
            let codes = [UInt32](repeating: 0, count: count)
            return Vector(type: value.type, values: .string(codes: codes, pool: pool))
        }
    }

    /// The values at consecutive rows.
    package func slice(_ rows: Range<Int>) -> Vector {
        let found: Values =
            switch values {
            case .bool(let values): .bool(Array(values[rows]))
            case .int64(let values): .int64(Array(values[rows]))
            case .double(let values): .double(Array(values[rows]))
            case .string(let codes, let pool): .string(codes: Array(codes[rows]), pool: pool)
            case .interval(let values): .interval(Array(values[rows]))
            }
        return Vector(type: type, values: found, validity: validity.map { Array($0[rows]) })
    }

    /// The values at `rows`, in that order, for as many rows as an operator has.
    /// - Parameter check: asked once in a while; ends the work by throwing.
    package func gather(
        _ rows: [Int], check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector {
        if rows.count <= Pieces.rowCount { return gather(rows) }
        let found: Values =
            switch values {
            case .bool(let values): .bool(try picked(values, at: rows, check))
            case .int64(let values): .int64(try picked(values, at: rows, check))
            case .double(let values): .double(try picked(values, at: rows, check))
            case .string(let codes, let pool): .string(codes: try picked(codes, at: rows, check), pool: pool)
            case .interval(let values): .interval(try picked(values, at: rows, check))
            }
        return Vector(
            type: type, values: found,
            validity: try validity.map { mask throws(EventSQLError) in try picked(mask, at: rows, check) })
    }

    /// The values at `rows`, in that order.
    package func gather(_ rows: [Int]) -> Vector {
        let found: Values =
            switch values {
            case .bool(let values): .bool(picked(values, at: rows))
            case .int64(let values): .int64(picked(values, at: rows))
            case .double(let values): .double(picked(values, at: rows))
            case .string(let codes, let pool): .string(codes: picked(codes, at: rows), pool: pool)
            case .interval(let values): .interval(picked(values, at: rows))
            }
        return Vector(type: type, values: found, validity: validity.map { picked($0, at: rows) })
    }
}

/// Elements at `rows`, in that order; one allocation, no growth.
/// - Complexity: O(rows), about a nanosecond each.
@inline(__always)
package func picked<T>(_ values: [T], at rows: [Int]) -> [T] {
    let source = values.span
    let places = rows.span
    return Array(capacity: rows.count) { output in
        for index in places.indices { output.append(source[places[index]]) }
    }
}

/// As `picked`, asking between pieces whether to go on.
///
/// Not generic over the error: the compiler specialises nothing inside such a function, and each element is copied by a call then.
private func picked<T>(
    _ values: [T], at rows: [Int], _ check: () throws(EventSQLError) -> Void
) throws(EventSQLError) -> [T] {
    var result: [T] = []
    result.reserveCapacity(rows.count)
    try Pieces.each(of: rows.indices, check: check) { piece throws(EventSQLError) in
        let source = values.span
        let places = rows.span.extracting(piece)
        result.append(addingCapacity: piece.count) { output in
            for index in places.indices { output.append(source[places[index]]) }
        }
    }
    return result
}

/// Rows between two operators: vectors of equal length. A scan yields one batch per granule, of the rows that passed,
/// so at most `Limits.granuleRowCount`; other operators may yield more or fewer rows, and never need to refill.
package struct Batch: Sendable {
    package var columns: [Vector]
    package var rowCount: Int

    package init(columns: [Vector], rowCount: Int) {
        precondition(columns.allSatisfy { $0.count == rowCount }, "BUG: vectors of a batch differ in length")
        self.columns = columns
        self.rowCount = rowCount
    }
}
