public import EventBase

extension QueryResult {
    /// Every row as a `Decodable` struct whose properties are named like the columns. An optional takes NULL.
    ///
    /// Throws `.invalidInput` naming row and column where a value does not fit.
    /// - Complexity: O(rows x columns), one boxed value each; use `int64s` and its kin for large results.
    public func rows<Row: Decodable>(as type: Row.Type) throws(EventSQLError) -> [Row] {
        let names = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [Row] = []
        result.reserveCapacity(rowCount)
        for (index, values) in rows.enumerated() {
            do {
                result.append(try Row(from: RowDecoder(names: names, values: values)))
            } catch let DecodingError.keyNotFound(key, _) {
                throw EventSQLError(.invalidInput, "the result has no column '\(key.stringValue)' for \(Row.self)")
            } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
                throw EventSQLError(.invalidInput, "row \(index + 1): \(context.debugDescription)")
            } catch {
                throw EventSQLError(.invalidInput, "row \(index + 1) is no \(Row.self): \(error)")
            }
        }
        return result
    }
}

/// Decodes one flat row: a keyed container of scalars, nothing nested.
private struct RowDecoder: Decoder {
    let names: [String: Int]
    let values: [EventValue]
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.notFlat("an array") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.notFlat("one value") }

    static func notFlat(_ what: String) -> DecodingError {
        .typeMismatch(Any.self, .init(codingPath: [], debugDescription: "a row decodes to a struct, not to \(what)"))
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.names.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { decoder.names[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try value(key) == .null }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        if case .bool(let value) = try value(key) { value } else { throw mismatch(type, key) }
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        switch try value(key) {
        case .string(let text), .json(let text): text
        default: throw mismatch(type, key)
        }
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        switch try value(key) {
        case .double(let number): number
        case .int(let number): Double(number)
        default: throw mismatch(type, key)
        }
    }

    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try decode(Double.self, forKey: key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(key) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        if let value = try value(key) as? T { return value }
        if case .timestamp(let time) = try value(key), let time = time as? T { return time }
        throw mismatch(type, key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw RowDecoder.notFlat("a nested struct") }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw RowDecoder.notFlat("a nested array")
    }
    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder }

    private func integer<Number: FixedWidthInteger>(_ key: Key) throws -> Number {
        guard case .int(let value) = try value(key), let number = Number(exactly: value) else {
            throw mismatch(Number.self, key)
        }
        return number
    }

    private func value(_ key: Key) throws -> EventValue {
        guard let index = decoder.names[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: ""))
        }
        return decoder.values[index]
    }

    private func mismatch(_ type: Any.Type, _ key: Key) -> DecodingError {
        let found = decoder.values[decoder.names[key.stringValue] ?? 0]
        return .typeMismatch(
            type, .init(codingPath: [], debugDescription: "column '\(key.stringValue)' holds \(found), not a \(type)"))
    }
}

extension EventTime: Decodable {
    /// Reads microseconds since 1970.
    public init(from decoder: any Decoder) throws {
        self.init(micros: try decoder.singleValueContainer().decode(Int64.self))
    }
}

extension EventValue: Decodable {
    /// Only a row of a result holds an `EventValue`; nothing else decodes to one.
    public init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "only result rows hold EventValue"))
    }
}
