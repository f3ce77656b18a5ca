package import EventBase
package import EventColumns
package import EventSyntax

/// Which types meet, and how a constant written as text becomes what its neighbour wants.
extension Binder {
    /// The type in SQL spelling.
    package func scalarType(_ type: TypeName) throws(EventSQLError) -> ScalarType {
        let base = type.name.prefix { $0 != "(" }.trimmed()
        guard let found = Self.typeNames[base] else {
            let near = EditDistance.nearest(to: base, in: Self.typeNames.keys.sorted())
            throw EventSQLError(
                .binding, "there is no type \(type.name)", hint: near.map { "did you mean \($0)?" },
                position: type.position)
        }
        return found
    }

    private static let typeNames: [String: ScalarType] = [
        "BOOLEAN": .bool, "BOOL": .bool, "BIGINT": .int64, "INT": .int64, "INTEGER": .int64, "SMALLINT": .int64,
        "INT8": .int64, "INT4": .int64, "INT2": .int64, "INT64": .int64, "TINYINT": .int64, "LONG": .int64,
        "DOUBLE": .double, "DOUBLE PRECISION": .double, "FLOAT": .double, "REAL": .double, "FLOAT8": .double,
        "FLOAT4": .double, "NUMERIC": .double, "DECIMAL": .double, "VARCHAR": .string, "TEXT": .string,
        "STRING": .string, "CHAR": .string, "CHARACTER VARYING": .string, "CHARACTER": .string, "UUID": .string,
        "TIMESTAMP": .timestamp, "DATETIME": .timestamp, "TIMESTAMPTZ": .timestamp,
        "TIMESTAMP WITH TIME ZONE": .timestamp, "TIMESTAMP WITHOUT TIME ZONE": .timestamp, "DATE": .date,
        "INTERVAL": .interval, "JSON": .json, "JSONB": .json,
    ]

    /// A constant read from text as `type`.
    func parsed(_ text: String, as type: ScalarType, at position: SourcePosition) throws(EventSQLError)
        -> BoundExpression
    {
        guard let value = TextConversion.value(text, as: type) else {
            throw EventSQLError(.invalidInput, "'\(text)' is no \(type.name)", position: position)
        }
        return .constant(instant(value, from: text), type)
    }

    /// Whether a value of one type stands where another is wanted without a CAST (PostgreSQL's implicit casts).
    static func fits(_ from: ScalarType, _ to: ScalarType) -> Bool {
        switch (from, to) {
        case (.null, _), (.int64, .double), (.date, .timestamp), (.json, .string): true
        default: from == to
        }
    }

    /// `expression` as `type` where that needs no CAST; text constants are read as that type.
    func coerce(_ expression: BoundExpression, to type: ScalarType, at position: SourcePosition) throws(EventSQLError)
        -> BoundExpression
    {
        if expression.type == type { return expression }
        if case .string(let text) = expression.constantValue { return try parsed(text, as: type, at: position) }
        guard Self.fits(expression.type, type) else {
            throw EventSQLError(
                .binding, "\(expression.type.name) does not fit where \(type.name) is wanted",
                hint: "write CAST(... AS \(type.name))", position: position)
        }
        return zonedCast(expression, to: type, at: position) ?? folded(expression, to: type, at: position)
    }

    private func folded(_ expression: BoundExpression, to type: ScalarType, at position: SourcePosition)
        -> BoundExpression
    {
        switch expression.constantValue {
        case .null?: .constant(.null, type)
        case .int64(let value)? where type == .double: .constant(.double(Double(value)), .double)
        case .date(let day)? where type == .timestamp && abs(day) < 100_000_000:
            .constant(.timestamp(day * CalendarMath.microsPerDay), .timestamp)
        default: .cast(expression, to: type, isTry: false, Place(position))
        }
    }

    /// CAST as written.
    func cast(_ operand: BoundExpression, to type: ScalarType, isTry: Bool, at position: SourcePosition)
        throws(EventSQLError) -> BoundExpression
    {
        if operand.type == type { return operand }
        if case .string(let text) = operand.constantValue {
            if let value = TextConversion.value(text, as: type) { return .constant(instant(value, from: text), type) }
            if isTry { return .constant(.null, type) }
            throw EventSQLError(.invalidInput, "'\(text)' is no \(type.name)", position: position)
        }
        let allowed: Bool =
            switch (operand.type, type) {
            case (.null, _), (_, .string), (.string, _), (.json, _): true
            case (.bool, .int64), (.int64, .bool), (.int64, .double), (.double, .int64): true
            case (.bool, .double), (.double, .bool): true
            case (.date, .timestamp), (.timestamp, .date): true
            case (_, .json): operand.type == .string || operand.type.isNumeric || operand.type == .bool
            default: false
            }
        guard allowed else {
            throw EventSQLError(.binding, "\(operand.type.name) cannot be cast to \(type.name)", position: position)
        }
        if case .null = operand.constantValue { return .constant(.null, type) }
        if let zoned = zonedCast(operand, to: type, at: position) { return zoned }
        return .cast(operand, to: type, isTry: isTry, Place(position))
    }

    /// Both sides as one type.
    func unified(_ a: BoundExpression, _ b: BoundExpression, at position: SourcePosition) throws(EventSQLError)
        -> (BoundExpression, BoundExpression)
    {
        let (both, _) = try common([a, b], at: position)
        return (both[0], both[1])
    }

    /// All as the one type that fits them; text constants follow the others.
    func common(_ parts: [BoundExpression], at position: SourcePosition) throws(EventSQLError) -> (
        [BoundExpression], ScalarType
    ) {
        var type = ScalarType.null
        for part in parts where !part.isText {
            guard let joined = Self.join(type, part.type) else {
                throw EventSQLError(
                    .binding, "\(type.name) and \(part.type.name) do not go together",
                    hint: "write CAST(... AS \(type.name))", position: position)
            }
            type = joined
        }
        if type == .null, parts.contains(where: \.isText) { type = .string }
        var result: [BoundExpression] = []
        for part in parts { result.append(try coerce(part, to: type, at: position)) }
        return (result, type)
    }

    /// The narrowest type that both fit, nil for none.
    static func join(_ a: ScalarType, _ b: ScalarType) -> ScalarType? {
        if fits(a, b) { return b }
        if fits(b, a) { return a }
        return nil
    }
}

extension BoundExpression {
    /// A text constant, which takes the type of its neighbours.
    var isText: Bool { if case .string = constantValue { true } else { false } }
}

extension Substring {
    func trimmed() -> String { String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
