import EventBase
import EventColumns
import EventPlan

/// CAST and TRY_CAST over vectors.
enum CastKernels {
    /// - Errors: `.invalidInput` naming the value that does not fit, unless `isTry`, which gives NULL there.
    static func cast(_ vector: Vector, to type: ScalarType, isTry: Bool, position: SourcePosition?)
        throws(EventSQLError) -> Vector
    {
        if vector.type == type { return vector }
        if vector.type == .null { return .nulls(type: type, count: vector.count) }
        var result = vector
        result.type = type
        switch (vector.values, type) {
        case (.int64(let values), .double):
            result.values = .double(mapValues(values) { Double($0) })
            return result
        case (.bool(let values), .int64):
            result.values = .int64(mapValues(values) { $0 ? 1 : 0 })
            return result
        case (.bool(let values), .double):
            result.values = .double(mapValues(values) { $0 ? 1 : 0 })
            return result
        case (.int64(let values), .bool):
            result.values = .bool(mapValues(values) { $0 != 0 })
            return result
        case (.double(let values), .bool):
            result.values = .bool(mapValues(values) { $0 != 0 })
            return result
        case (.int64(let values), .date):
            result.values = .int64(FloorDivision.quotients(of: values, by: CalendarMath.microsPerDay))
            return result
        case (.int64(let values), .timestamp):
            result.values = .int64(mapValues(values) { $0 &* CalendarMath.microsPerDay })
            return result
        case (.string, .string): return result
        case (.string, .json) where vector.type == .string:
            return try parse(vector, as: type, isTry: isTry, position: position)
        case (.string, _): return try parse(vector, as: type, isTry: isTry, position: position)
        case (.double(let values), .int64): return try whole(values, vector, isTry: isTry, position: position)
        case (_, .string), (_, .json): return try print(vector, as: type)
        default: preconditionFailure("BUG: a cast of \(vector.type.name) to \(type.name)")
        }
    }

    /// Half to even, as PostgreSQL casts; beyond BIGINT is an error.
    private static func whole(
        _ values: [Double], _ vector: Vector, isTry: Bool, position: SourcePosition?
    ) throws(EventSQLError) -> Vector {
        var result = [Int64](repeating: 0, count: values.count)
        var present = vector.validity ?? [Bool](repeating: true, count: values.count)
        for row in values.indices where present[row] {
            if let value = Int64(exactly: values[row].rounded(.toNearestOrEven)) {
                result[row] = value
            } else if isTry {
                present[row] = false
            } else {
                throw EventSQLError(
                    .invalidInput, "\(TextConversion.text(values[row])) is out of range for BIGINT", position: position)
            }
        }
        return Vector(type: .int64, values: .int64(result), validity: compacted(present))
    }

    private static func print(_ vector: Vector, as type: ScalarType) throws(EventSQLError) -> Vector {
        var builder = StringBuilder(count: vector.count)
        for row in 0..<vector.count {
            if vector.isNull(at: row) {
                builder.appendNothing()
            } else {
                builder.append(TextConversion.text(vector.value(at: row)))
            }
        }
        return try builder.vector(type: type, validity: vector.validity)
    }

    private static func parse(
        _ vector: Vector, as type: ScalarType, isTry: Bool, position: SourcePosition?
    ) throws(EventSQLError) -> Vector {
        guard case .string(let codes, let pool) = vector.values else { preconditionFailure("BUG: no strings to read") }
        var present = vector.validity ?? [Bool](repeating: true, count: codes.count)
        var column = ValueColumn(type: type, count: codes.count)
        for row in codes.indices where present[row] {
            var text = pool.string(at: codes[row])
            if vector.type == .json, type != .json, let inner = JSONText.unquoted(Array(text.utf8)[...]) {
                text = String(decoding: inner, as: UTF8.self)
            }
            if let value = TextConversion.value(text, as: type) {
                column.set(value, at: row)
            } else if isTry {
                present[row] = false
            } else {
                throw EventSQLError(.invalidInput, "'\(text)' is no \(type.name)", position: position)
            }
        }
        return try column.vector(validity: compacted(present))
    }
}

/// A vector filled from boxed values, for slow paths.
struct ValueColumn {
    private let type: ScalarType
    private var bools: [Bool] = []
    private var int64s: [Int64] = []
    private var doubles: [Double] = []
    private var intervals: [Interval] = []
    private var strings: [String] = []

    init(type: ScalarType, count: Int) {
        self.type = type
        switch type {
        case .bool, .null: bools = Array(repeating: false, count: count)
        case .int64, .timestamp, .date: int64s = Array(repeating: 0, count: count)
        case .double: doubles = Array(repeating: 0, count: count)
        case .interval: intervals = Array(repeating: Interval(), count: count)
        case .string, .json: strings = Array(repeating: "", count: count)
        }
    }

    mutating func set(_ value: Value, at row: Int) {
        switch value {
        case .null: break
        case .bool(let value): bools[row] = value
        case .int64(let value), .timestamp(let value), .date(let value): int64s[row] = value
        case .double(let value): doubles[row] = value
        case .interval(let value): intervals[row] = value
        case .string(let text), .json(let text): strings[row] = text
        }
    }

    func vector(validity: [Bool]?) throws(EventSQLError) -> Vector {
        switch type {
        case .bool, .null: return Vector(type: type, values: .bool(bools), validity: validity)
        case .int64, .timestamp, .date: return Vector(type: type, values: .int64(int64s), validity: validity)
        case .double: return Vector(type: type, values: .double(doubles), validity: validity)
        case .interval: return Vector(type: type, values: .interval(intervals), validity: validity)
        case .string, .json:
            var builder = StringBuilder(count: strings.count)
            for text in strings { builder.append(text) }
            return try builder.vector(type: type, validity: validity)
        }
    }

    /// A vector of boxed values, `.null` where absent.
    static func vector(_ values: [Value], type: ScalarType) throws(EventSQLError) -> Vector {
        var column = ValueColumn(type: type, count: values.count)
        for (row, value) in values.enumerated() { column.set(value, at: row) }
        return try column.vector(validity: compacted(values.map { $0 != .null }))
    }
}
