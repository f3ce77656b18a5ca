internal import EventBase
internal import EventColumns
internal import EventPlan

/// What may be stored in a column of another type: PostgreSQL's assignment casts (SPEC 2.3). Numbers and dates become each
/// other where the value fits, everything becomes VARCHAR; text is read only where it was written as a constant.
struct AssignmentCast {
    let column: String
    let type: ScalarType

    /// Whether values of a type can be stored at all.
    static func allows(_ from: ScalarType, _ to: ScalarType) -> Bool {
        switch (from, to) {
        case (.null, _), (_, .string): true
        case (.int64, .double), (.double, .int64), (.date, .timestamp), (.timestamp, .date): true
        default: from == to
        }
    }

    /// - Parameters:
    ///   - isConstant: text is read as the column's type.
    ///   - firstRow: the number of the vector's first row, for errors.
    /// - Errors: `.binding` for a type that cannot be stored, `.invalidInput` naming row and column for a value.
    func cast(_ vector: Vector, isConstant: Bool, firstRow: Int) throws(EventSQLError) -> Vector {
        if vector.type == type { return vector }
        if vector.type == .null { return .nulls(type: type, count: vector.count) }
        guard Self.allows(vector.type, type) || (isConstant && vector.type == .string) else {
            throw EventSQLError(
                .binding, "column \(column) is \(type.name), the value is \(vector.type.name)",
                hint: "write CAST(... AS \(type.name))")
        }
        if case .string(let codes, let pool) = vector.values, type == .string {
            return Vector(type: type, values: .string(codes: codes, pool: pool), validity: vector.validity)
        }
        var boxed: [Value] = []
        boxed.reserveCapacity(vector.count)
        for row in 0..<vector.count { boxed.append(try cast(vector.value(at: row), row: firstRow + row)) }
        return Vector(boxed: boxed, type: type)
    }

    /// One value, text read as the column's type.
    func cast(_ value: Value, row: Int) throws(EventSQLError) -> Value {
        switch (value, type) {
        case (.null, _): return .null
        case (.int64(let number), .double): return .double(Double(number))
        case (.double(let number), .int64):
            if let whole = Int64(exactly: number.rounded(.toNearestOrEven)) { return .int64(whole) }
        case (.date(let day), .timestamp):
            let (micros, overflows) = day.multipliedReportingOverflow(by: CalendarMath.microsPerDay)
            if !overflows { return .timestamp(micros) }
        case (.timestamp(let micros), .date): return .date(Int64(CalendarMath.day(ofMicros: micros)))
        case (.json(let text), .string): return .string(text)
        case (_, .string) where value.type != .string: return .string(TextConversion.text(value))
        case (.string(let text), _):
            if let read = TextConversion.value(text, as: type) { return read }
            throw EventSQLError(.invalidInput, "row \(row), column \(column): '\(text)' is no \(type.name)")
        default:
            if value.type == type { return value }
            throw EventSQLError(
                .binding, "row \(row), column \(column) is \(type.name), the value is \(value.type.name)",
                hint: "write CAST(... AS \(type.name))")
        }
        throw EventSQLError(
            .invalidInput,
            "row \(row), column \(column): \(TextConversion.text(value)) is out of range for \(type.name)")
    }
}
