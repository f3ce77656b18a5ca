import EventBase
import EventColumns
import EventPlan

/// Comparison of two operands of one type. NaN equals itself and is above every other number, as in PostgreSQL.
enum CompareKernels {
    static func compare(_ comparison: Comparison, _ a: Operand, _ b: Operand, count: Int) -> Vector {
        if a.isConstantNull || b.isConstantNull { return .nulls(type: .bool, count: count) }
        let validity = bothPresent(a.isConstant ? nil : a.vector.validity, b.isConstant ? nil : b.vector.validity)
        return Vector(type: .bool, values: .bool(values(comparison, a, b, count: count)), validity: validity)
    }

    /// IS DISTINCT FROM: NULL equals NULL.
    static func isDistinct(_ a: Operand, _ b: Operand, negated: Bool, count: Int) -> Vector {
        var result = [Bool](repeating: false, count: count)
        let differs = a.isConstantNull || b.isConstantNull ? result : values(.notEqual, a, b, count: count)
        for row in 0..<count {
            let (noA, noB) = (a.isNull(at: row), b.isNull(at: row))
            result[row] = (noA || noB ? noA != noB : differs[row]) != negated
        }
        return Vector(type: .bool, values: .bool(result))
    }

    private static func values(_ comparison: Comparison, _ a: Operand, _ b: Operand, count: Int) -> [Bool] {
        switch (a.vector.values, b.vector.values) {
        case (.int64(let x), .int64(let y)):
            return integers(comparison, x, y, aIsConstant: a.isConstant, bIsConstant: b.isConstant)
        case (.double(let x), .double(let y)):
            return doubles(comparison, x, y, aIsConstant: a.isConstant, bIsConstant: b.isConstant)
        case (.bool(let x), .bool(let y)):
            let (p, q) = (mapValues(x) { Int64($0 ? 1 : 0) }, mapValues(y) { Int64($0 ? 1 : 0) })
            return integers(comparison, p, q, aIsConstant: a.isConstant, bIsConstant: b.isConstant)
        case (.interval(let x), .interval(let y)):
            let (p, q) = (mapValues(x, \.comparable), mapValues(y, \.comparable))
            return doubles(comparison, p, q, aIsConstant: a.isConstant, bIsConstant: b.isConstant)
        case (.string, .string): return strings(comparison, a, b, count: count)
        default: preconditionFailure("BUG: a comparison of \(a.vector.type.name) and \(b.vector.type.name)")
        }
    }

    static func integers(
        _ comparison: Comparison, _ a: [Int64], _ b: [Int64], aIsConstant: Bool, bIsConstant: Bool
    ) -> [Bool] {
        switch comparison {
        case .equal: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 == $1 }
        case .notEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 != $1 }
        case .less: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 < $1 }
        case .lessOrEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 <= $1 }
        case .greater: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 > $1 }
        case .greaterOrEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { $0 >= $1 }
        }
    }

    static func doubles(
        _ comparison: Comparison, _ a: [Double], _ b: [Double], aIsConstant: Bool, bIsConstant: Bool
    ) -> [Bool] {
        switch comparison {
        case .equal: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { same($0, $1) }
        case .notEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { !same($0, $1) }
        case .less: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { below($0, $1) }
        case .lessOrEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { !below($1, $0) }
        case .greater: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { below($1, $0) }
        case .greaterOrEqual: mapPairs(a, b, aIsConstant: aIsConstant, bIsConstant: bIsConstant) { !below($0, $1) }
        }
    }

    @inline(__always)
    static func same(_ a: Double, _ b: Double) -> Bool { a == b || (a != a && b != b) }

    @inline(__always)
    static func below(_ a: Double, _ b: Double) -> Bool { a < b || (b != b && a == a) }

    private static func strings(_ comparison: Comparison, _ a: Operand, _ b: Operand, count: Int) -> [Bool] {
        let (x, y) = (a.strings, b.strings)
        if !a.isConstant, !b.isConstant, x.pool === y.pool, x.pool.isDistinct {
            if comparison == .equal {
                return mapPairs(x.codes, y.codes, aIsConstant: false, bIsConstant: false) { $0 == $1 }
            }
            if x.pool.isSorted {
                let (p, q) = (mapValues(x.codes) { Int64($0) }, mapValues(y.codes) { Int64($0) })
                return integers(comparison, p, q, aIsConstant: false, bIsConstant: false)
            }
        }
        var result = [Bool](repeating: false, count: count)
        for row in 0..<count where !a.isNull(at: row) && !b.isNull(at: row) {
            let order = ByteOrder.compare(x.bytes(at: row), y.bytes(at: row))
            result[row] =
                switch comparison {
                case .equal: order == 0
                case .notEqual: order != 0
                case .less: order < 0
                case .lessOrEqual: order <= 0
                case .greater: order > 0
                case .greaterOrEqual: order >= 0
                }
        }
        return result
    }
}

extension Interval {
    /// Length for ordering: a month counts 30 days, a day 24 hours (PostgreSQL).
    var comparable: Double { Double(months) * 2_592_000e6 + Double(days) * 86_400e6 + Double(micros) }
}
