package import EventBase
package import EventColumns

/// Values of any column as a statement sees them (SPEC 2.4).
extension SegmentReader {
    package func read(
        _ path: String, as type: ScalarType, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        switch path {
        case "timestamp": return Vector(type: .timestamp, values: .int64(try times(granule, rows)))
        case "user_id": return try userVector(granule, rows)
        case "event_name": return try nameVector(granule, rows)
        default: break
        }
        let parts = self.parts[path] ?? []
        return try located { () throws(EventSQLError) in
            guard let first = parts.first else { return Vector.nulls(type: type, count: rows.count) }
            let present = try first.present(rows, granule: granule, in: self)
            if parts.count == 1, present.slots == nil { return try vector(first, present.dense, as: type) }
            return try merged(parts, as: type, granule: granule, rows: rows)
        }
    }

    package func readStoredTypeNames(
        _ path: String, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        let parts = self.parts[path] ?? []
        let pool = HeapStringPool(parts.map { $0.type.visibleType.name }, isDistinct: true)
        var codes = [UInt32](repeating: 0, count: rows.count)
        var validity = [Bool](repeating: false, count: rows.count)
        for (code, part) in parts.enumerated() {
            let present = try located { () throws(EventSQLError) in
                try part.present(rows, granule: granule, in: self)
            }
            for slot in present.slots ?? Array(0..<rows.count) {
                codes[slot] = UInt32(code)
                validity[slot] = true
            }
        }
        return Vector(type: .string, values: .string(codes: codes, pool: pool), validity: validity)
    }

    package func zone(of path: String, granule: Int) -> Zone {
        switch path {
        case "timestamp":
            let chunk = footer.times[granule]
            return .int64(min: Int64(bitPattern: chunk.minBits), max: Int64(bitPattern: chunk.maxBits), nullCount: 0)
        case "user_id", "event_name": return .unknown
        default: break
        }
        guard let parts = parts[path] else { return .allNull }
        guard parts.count == 1, let range = try? parts[0].denseRange(granule: granule, in: self) else { return .unknown }
        if range.isEmpty { return .allNull }
        let chunks = parts[0].part.chunks[
            (range.lowerBound / Limits.granuleRowCount)...((range.upperBound - 1) / Limits.granuleRowCount)]
        let nullCount = rowCount(ofGranule: granule) - range.count
        switch parts[0].type {
        case .int64:
            return .int64(
                min: chunks.map { Int64(bitPattern: $0.minBits) }.min() ?? 0,
                max: chunks.map { Int64(bitPattern: $0.maxBits) }.max() ?? 0, nullCount: nullCount)
        case .double:
            let ends = chunks.flatMap { [Double(bitPattern: $0.minBits), Double(bitPattern: $0.maxBits)] }
            guard !ends.contains(where: \.isNaN) else { return .unknown }
            return .double(min: ends.min() ?? 0, max: ends.max() ?? 0, nullCount: nullCount)
        default: return .unknown
        }
    }

    private func times(_ granule: Int, _ rows: RowSelection) throws(EventSQLError) -> [Int64] {
        var values: [Int64] = []
        switch rows {
        case .range(let range): try readTimes(granule: granule, rows: range, into: &values)
        case .rows(let list):
            guard let last = list.last else { return [] }
            try readTimes(granule: granule, rows: Int(list[0])..<(Int(last) + 1), into: &values)
            values = list.map { values[Int($0 - list[0])] }
        }
        return values
    }

    private func userVector(_ granule: Int, _ rows: RowSelection) throws(EventSQLError) -> Vector {
        let codes = try system(granule, rows, readUsers)
        return Vector(
            type: .string, values: .string(codes: codes, pool: users),
            validity: codes.contains(0) ? codes.map { $0 != 0 } : nil)
    }

    private func nameVector(_ granule: Int, _ rows: RowSelection) throws(EventSQLError) -> Vector {
        let codes = try system(granule, rows, readEventCodes)
        let none = EventBuffer.noCode
        return Vector(
            type: .string, values: .string(codes: codes, pool: eventNames),
            validity: codes.contains(none) ? codes.map { $0 != none } : nil)
    }

    private func system(
        _ granule: Int, _ rows: RowSelection,
        _ read: (Int, Range<Int>, inout [UInt32]) throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> [UInt32] {
        var values: [UInt32] = []
        switch rows {
        case .range(let range): try read(granule, range, &values)
        case .rows(let list):
            guard let last = list.last else { return [] }
            try read(granule, Int(list[0])..<(Int(last) + 1), &values)
            values = list.map { values[Int($0 - list[0])] }
        }
        return values
    }

    /// The values of one part, none missing.
    private func vector(
        _ part: SegmentPart, _ dense: DenseSelection, as type: ScalarType
    ) throws(EventSQLError) -> Vector {
        switch (part.type, type) {
        case (.bool, .bool):
            return Vector(type: type, values: .bool(try part.integers(dense, in: self).map { $0 != 0 }))
        case (.int64, .int64): return Vector(type: type, values: .int64(try part.integers(dense, in: self)))
        case (.int64, .double):
            return Vector(type: type, values: .double(try part.integers(dense, in: self).map { Double($0) }))
        case (.double, .double): return Vector(type: type, values: .double(try part.doubles(dense, in: self)))
        case (.string, .string), (.json, .json), (.json, .string), (.string, .json):
            let (codes, pool) = try part.strings(dense, in: self)
            return Vector(type: type, values: .string(codes: codes, pool: pool))
        case (_, .string), (_, .json):
            let texts = try texts(part, dense)
            let pool = HeapStringPool(texts)
            return Vector(type: type, values: .string(codes: Array(0..<UInt32(texts.count)), pool: pool))
        default: return Vector.nulls(type: type, count: dense.count)
        }
    }

    /// Values as text: numbers in their shortest form that reads back the same, booleans as true and false.
    private func texts(_ part: SegmentPart, _ dense: DenseSelection) throws(EventSQLError) -> [String] {
        switch part.type {
        case .bool: return try part.integers(dense, in: self).map { $0 != 0 ? "true" : "false" }
        case .int64: return try part.integers(dense, in: self).map { String($0) }
        case .double: return try part.doubles(dense, in: self).map { "\($0)" }
        default:
            let (codes, pool) = try part.strings(dense, in: self)
            return codes.map { pool.string(at: $0) }
        }
    }

    /// The values of all parts, each at its rows; NULL elsewhere.
    private func merged(
        _ parts: [SegmentPart], as type: ScalarType, granule: Int, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        var output = ScatteredVector(type: type, count: rows.count)
        for part in parts {
            let present = try part.present(rows, granule: granule, in: self)
            let slots = present.slots ?? Array(0..<rows.count)
            if slots.isEmpty { continue }
            output.scatter(try vector(part, present.dense, as: type), to: slots, sharesPool: parts.count == 1)
        }
        return output.makeVector()
    }
}
