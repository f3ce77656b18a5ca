package import EventBase
package import EventColumns

extension SegmentReader {
    package func read(
        _ path: String, as type: ScalarType, granule: Int, rows selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        switch path {
        case "user_id":
            let codes = try system[0].readCodes(system[0].locate(granule, selection))
            return Self.vector(codes, pool: userPool, absent: 0)
        case "event_name":
            let codes = try system[2].readCodes(system[2].locate(granule, selection))
            return Self.vector(codes, pool: eventNames, absent: EventBuffer.noCode)
        case "timestamp":
            let times = try system[1].readIntegers(system[1].locate(granule, selection))
            return Vector(type: .timestamp, values: .int64(times))
        default: return try readProperty(columns[path] ?? [], as: type, granule, selection)
        }
    }

    package func encodedSizeBytes(of path: String, granule: Int) throws(EventSQLError) -> Int {
        switch path {
        case "user_id": return try system[0].encodedSizeBytes(ofGranule: granule)
        case "timestamp": return try system[1].encodedSizeBytes(ofGranule: granule)
        case "event_name": return try system[2].encodedSizeBytes(ofGranule: granule)
        default:
            var bytes = 0
            for part in columns[path] ?? [] { bytes += try part.encodedSizeBytes(ofGranule: granule) }
            return bytes
        }
    }

    private static func vector(_ codes: [UInt32], pool: any StringPool, absent: UInt32) -> Vector {
        let source = codes.span
        var absentCount = 0
        for index in source.indices {
            if source[index] == absent { absentCount &+= 1 }
        }
        return Vector(
            type: .string, values: .string(codes: codes, pool: pool),
            validity: absentCount == 0 ? nil : codes.map { $0 != absent })
    }

    /// SPEC 1.7.5: a stored value is seen as `type`; where that cannot be, as NULL.
    private func readProperty(
        _ parts: [PartReader], as type: ScalarType, _ granule: Int, _ selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        switch type {
        case .bool:
            let found = try gather(parts.filter { $0.record.type == .bool }, granule, selection, absent: false) {
                part, place throws(EventSQLError) in try part.readCodes(place).map { $0 != 0 }
            }
            return Vector(type: type, values: .bool(found.values), validity: found.validity)
        case .int64:
            let found = try gather(parts.filter { $0.record.type == .int64 }, granule, selection, absent: Int64(0)) {
                part, place throws(EventSQLError) in try part.readIntegers(place)
            }
            return Vector(type: type, values: .int64(found.values), validity: found.validity)
        case .double:
            let numbers = parts.filter { $0.record.type == .double || $0.record.type == .int64 }
            let found = try gather(numbers, granule, selection, absent: Double(0)) {
                part, place throws(EventSQLError) in
                part.record.type == .double
                    ? try part.readDoubles(place) : try part.readIntegers(place).map { Double($0) }
            }
            return Vector(type: type, values: .double(found.values), validity: found.validity)
        case .string: return try readText(parts, as: type, granule, selection)
        case .json: return try readText(parts.filter { $0.record.type == .json }, as: type, granule, selection)
        default: return Vector.nulls(type: type, count: selection.count)
        }
    }

    /// Texts: codes of the segment's dictionary where one string part is all there is, else a pool made for the answer.
    private func readText(
        _ parts: [PartReader], as type: ScalarType, _ granule: Int, _ selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        if parts.isEmpty { return Vector.nulls(type: type, count: selection.count) }
        if parts.count == 1, parts[0].record.form != .numbers {
            var pool = Self.noTexts
            let found = try gather(parts, granule, selection, absent: UInt32(0)) { part, place throws(EventSQLError) in
                let strings = try part.readStrings(place)
                pool = strings.pool
                return strings.codes
            }
            return Vector(type: type, values: .string(codes: found.values, pool: pool), validity: found.validity)
        }
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        let found = try gather(parts, granule, selection, absent: UInt32(0)) { part, place throws(EventSQLError) in
            let first = UInt32(offsets.count - 1)
            try part.appendTexts(place, &heap, &offsets)
            return (0..<UInt32(place.count)).map { first + $0 }
        }
        let pool = HeapStringPool(heap: heap, offsets: offsets, isDistinct: false, isSorted: false)
        return Vector(type: type, values: .string(codes: found.values, pool: pool), validity: found.validity)
    }

    private static let noTexts = HeapStringPool([])

    package func readStoredTypeNames(
        _ path: String, granule: Int, rows selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        if path == "timestamp" { return .repeating(.string("TIMESTAMP"), type: .string, count: selection.count) }
        if SegmentSummary.systemPaths.contains(path) {
            var names = Vector.repeating(.string("VARCHAR"), type: .string, count: selection.count)
            names.validity = try read(path, as: .string, granule: granule, rows: selection).validity
            return names
        }
        let found = try gather(columns[path] ?? [], granule, selection, absent: UInt32(0)) {
            part, place throws(EventSQLError) in
            let code = Self.typeCodes.firstIndex(of: part.record.type) ?? 0
            return [UInt32](repeating: UInt32(code), count: place.count)
        }
        return Vector(
            type: .string, values: .string(codes: found.values, pool: Self.typeNames), validity: found.validity)
    }

    private static let typeCodes: [StoredTypes] = [.int64, .bool, .double, .json, .string]
    private static let typeNames = HeapStringPool(
        ["BIGINT", "BOOLEAN", "DOUBLE", "JSON", "VARCHAR"], isDistinct: true, isSorted: true)

    /// The selected values of all parts, each where its row is; `absent` and false in the mask elsewhere.
    private func gather<T: Sendable>(
        _ parts: [PartReader], _ granule: Int, _ selection: RowSelection, absent: T,
        decode: (PartReader, Placement) throws(EventSQLError) -> [T]
    ) throws(EventSQLError) -> (values: [T], validity: [Bool]?) {
        if parts.count == 1 {
            let place = try parts[0].locate(granule, selection)
            if place.slots == nil { return (try decode(parts[0], place), nil) }
        }
        var values = [T](repeating: absent, count: selection.count)
        var mask = [Bool](repeating: false, count: selection.count)
        for part in parts {
            let place = try part.locate(granule, selection)
            if place.count == 0 { continue }
            let decoded = try decode(part, place)
            if let slots = place.slots {
                for index in slots.indices {
                    values[Int(slots[index])] = decoded[index]
                    mask[Int(slots[index])] = true
                }
            } else {
                values = decoded
                mask = [Bool](repeating: true, count: selection.count)
            }
        }
        return (values, mask)
    }
}
