import EventColumns

/// AND, OR and NOT with three values: true, false, unknown (NULL).
enum LogicKernels {
    static func not(_ a: Vector) -> Vector {
        guard case .bool(let values) = a.values else { preconditionFailure("BUG: NOT of \(a.type.name)") }
        return Vector(type: .bool, values: .bool(mapValues(values) { !$0 }), validity: a.validity)
    }

    /// False wins over NULL, NULL over true.
    static func and(_ a: Vector, _ b: Vector) -> Vector {
        guard case .bool(let x) = a.values, case .bool(let y) = b.values else {
            preconditionFailure("BUG: AND of no BOOLEAN")
        }
        if a.validity == nil, b.validity == nil {
            return Vector(
                type: .bool, values: .bool(mapPairs(x, y, aIsConstant: false, bIsConstant: false) { $0 && $1 }))
        }
        let (p, q) = (a.validity, b.validity)
        var values = [Bool](repeating: false, count: x.count)
        var present = values
        for row in 0..<x.count {
            let (hasA, hasB) = (p?[row] ?? true, q?[row] ?? true)
            let isFalse = hasA && !x[row] || hasB && !y[row]
            present[row] = hasA && hasB || isFalse
            values[row] = !isFalse && hasA && hasB
        }
        return Vector(type: .bool, values: .bool(values), validity: compacted(present))
    }

    /// True wins over NULL, NULL over false.
    static func or(_ a: Vector, _ b: Vector) -> Vector { not(and(not(a), not(b))) }

    /// Rows for which the condition is true; NULL is not.
    static func trueRows(_ condition: Vector) -> [Int] {
        guard case .bool(let values) = condition.values else {
            preconditionFailure("BUG: a condition of \(condition.type.name)")
        }
        guard let validity = condition.validity else { return flaggedRows(mapValues(values) { $0 ? 1 : 0 }) }
        return flaggedRows(
            mapPairs(values, validity, aIsConstant: false, bIsConstant: false) { $0 && $1 ? 1 : 0 })
    }

    /// Rows whose flag is 1 and not 0, ascending. Which rows those are costs no branch.
    static func flaggedRows(_ flags: [UInt8]) -> [Int] {
        var rows = [Int](repeating: 0, count: flags.count)
        var target = rows.mutableSpan
        let source = flags.span
        var count = 0
        for row in source.indices {
            target[count] = row
            count &+= Int(source[row])
        }
        rows.removeLast(flags.count - count)
        return rows
    }
}
