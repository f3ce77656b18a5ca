import EventBase
import EventColumns

@testable import EventIngest

/// One row of a buffer, boxed, so that a test can say what it expects.
struct DecodedRow: Equatable {
    var time: Int64
    var user: String?
    var name: String?
    var values: [String: Value] = [:]
}

extension EventBuffer {
    /// All rows, in order of arrival.
    var rows: [DecodedRow] {
        var rows = (0..<rowCount).map { row in
            DecodedRow(
                time: times[row], user: userCodes[row] == Self.noCode ? nil : users.makeString(at: userCodes[row]),
                name: nameCodes[row] == Self.noCode ? nil : names.makeString(at: nameCodes[row]))
        }
        func put(_ row: UInt32, _ path: String, _ value: Value) {
            let old = rows[Int(row)].values.updateValue(value, forKey: path)
            precondition(old == nil, "row \(row) has two values at \(path)")
        }
        for column in columns {
            for (row, value) in zip(column.bools.rows, column.bools.values) { put(row, column.path, .bool(value)) }
            for (row, value) in zip(column.integers.rows, column.integers.values) {
                put(row, column.path, .int64(value))
            }
            for (row, value) in zip(column.doubles.rows, column.doubles.values) {
                put(row, column.path, .double(value))
            }
            for (row, code) in zip(column.strings.rows, column.strings.values) {
                put(row, column.path, .string(column.stringValues.makeString(at: code)))
            }
            for (row, uuid) in zip(column.uuids.rows, column.uuids.values) {
                var text: [UInt8] = []
                text.append(uuid: uuid)
                put(row, column.path, .string(String(decoding: text, as: UTF8.self)))
            }
            for (row, code) in zip(column.jsons.rows, column.jsons.values) {
                put(row, column.path, .json(column.jsonValues.makeString(at: code)))
            }
        }
        return rows
    }
}

enum Decode {
    static func json(_ text: String, _ mapping: [String] = []) throws -> DecodedBlock {
        try json(Array(text.utf8), mapping)
    }

    static func json(_ bytes: [UInt8], _ mapping: [String] = []) throws -> DecodedBlock {
        var decoder = JSONLinesDecoder(mapping: try ColumnMapping(mapping))
        return decoder.decode(InputBlock(bytes))
    }

    /// The reason for which one line is refused, nil where it is stored.
    static func reason(_ line: String, _ mapping: [String] = []) throws -> RejectReason? {
        try reason(Array(line.utf8), mapping)
    }

    static func reason(_ line: [UInt8], _ mapping: [String] = []) throws -> RejectReason? {
        let decoded = try json(line, mapping)
        precondition(decoded.rejects.count + decoded.buffer.rowCount == 1, "one line, one verdict")
        return decoded.rejects.first?.reason
    }
}
