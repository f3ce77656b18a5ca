import EventBase
import EventColumns

/// Puts vectors together: end to end, or rows from several into one.
enum VectorAssembly {
    /// Row `pieces[p].rows[i]` of the result is row `i` of `pieces[p].values`; together the pieces cover 0 ..< count.
    static func scatter(_ pieces: [(rows: [Int], values: Vector)], type: ScalarType, count: Int) throws(EventSQLError)
        -> Vector
    {
        try scatter(pieces, type: type, count: count, check: {})
    }

    /// - Parameter check: asked once in a while; ends the work by throwing.
    static func scatter(
        _ pieces: [(rows: [Int], values: Vector)], type: ScalarType, count: Int, check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector {
        let joined = try concatenate(pieces.map(\.values), type: type, check: check)
        var order = [Int](repeating: 0, count: count)
        var next = 0
        for piece in pieces {
            try check()
            for row in piece.rows {
                order[row] = next
                next += 1
            }
        }
        return try joined.gather(order, check: check)
    }

    /// All rows of the vectors, in order. Vectors of type NULL count as NULLs of `type`.
    static func concatenate(_ vectors: [Vector], type: ScalarType) throws(EventSQLError) -> Vector {
        try concatenate(vectors, type: type, check: {})
    }

    /// - Parameter check: asked once a vector; ends the work by throwing.
    static func concatenate(
        _ vectors: [Vector], type: ScalarType, check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector {
        let parts = vectors.map { $0.type == .null ? Vector.nulls(type: type, count: $0.count) : $0 }
        guard let first = parts.first else { return .nulls(type: type, count: 0) }
        if parts.count == 1 { return first }
        let count = parts.reduce(0) { $0 + $1.count }
        var validity: [Bool]?
        if parts.contains(where: { $0.validity != nil }) {
            var mask: [Bool] = []
            mask.reserveCapacity(count)
            for part in parts {
                try check()
                mask += part.validity ?? [Bool](repeating: true, count: part.count)
            }
            validity = mask
        }
        return Vector(type: type, values: try values(parts, first: first, count: count, check), validity: validity)
    }

    private static func values(
        _ parts: [Vector], first: Vector, count: Int, _ check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector.Values {
        switch first.values {
        case .bool:
            return .bool(try joined(parts, count, check) { if case .bool(let values) = $0 { values } else { nil } })
        case .int64:
            return .int64(try joined(parts, count, check) { if case .int64(let values) = $0 { values } else { nil } })
        case .double:
            return .double(try joined(parts, count, check) { if case .double(let values) = $0 { values } else { nil } })
        case .interval:
            return .interval(
                try joined(parts, count, check) { if case .interval(let values) = $0 { values } else { nil } })
        case .string: return try strings(parts, count: count, check)
        }
    }

    private static func joined<T>(
        _ parts: [Vector], _ count: Int, _ check: () throws(EventSQLError) -> Void, _ pick: (Vector.Values) -> [T]?
    ) throws(EventSQLError) -> [T] {
        var result: [T] = []
        result.reserveCapacity(count)
        for part in parts {
            try check()
            result += pick(part.values) ?? []
        }
        return result
    }

    private static func strings(
        _ parts: [Vector], count: Int, _ check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector.Values {
        var pools = PoolUnion()
        var codes: [UInt32] = []
        codes.reserveCapacity(count)
        for part in parts {
            try check()
            guard case .string(let own, let pool) = part.values else { continue }
            let base = pools.add(pool)
            if base == 0, part.validity == nil {
                codes += own
            } else if let validity = part.validity {
                for row in own.indices { codes.append(validity[row] ? own[row] &+ base : 0) }
            } else {
                for code in own { codes.append(code &+ base) }
            }
        }
        return .string(codes: codes, pool: pools.makePool())
    }
}

extension VectorAssembly {
    /// The values at `rows`; -1 gives NULL.
    static func pick(_ vector: Vector, _ rows: [Int], type: ScalarType) throws(EventSQLError) -> Vector {
        try pick(vector, rows, type: type, check: {})
    }

    /// - Parameter check: asked once in a while; ends the work by throwing.
    static func pick(
        _ vector: Vector, _ rows: [Int], type: ScalarType, check: () throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Vector {
        if vector.count == 0 { return .nulls(type: type, count: rows.count) }
        if !rows.contains(-1) {
            var result = try vector.gather(rows, check: check)
            result.type = type
            return result
        }
        var result = try vector.gather(rows.map { max(0, $0) }, check: check)
        result.type = type
        let mask = result.validity ?? [Bool](repeating: true, count: rows.count)
        result.validity = rows.indices.map { rows[$0] >= 0 && mask[$0] }
        return result
    }
}
