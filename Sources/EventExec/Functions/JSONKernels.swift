import EventBase
import EventColumns
import EventPlan

/// Functions over JSON text. A missing member, and JSON null as text, are NULL.
enum JSONKernels {
    static let kernels: [String: Kernel] = whole.merging([
        "json_array_length_at": { input throws(EventSQLError) in try at(input, "json_array_length") },
        "json_type_at": { input throws(EventSQLError) in try at(input, "json_type") },
    ]) { a, _ in a }

    /// A function of what lies at the path that is the second argument.
    private static func at(_ input: KernelInput, _ name: String) throws(EventSQLError) -> Vector {
        guard let kernel = whole[name] else { preconditionFailure("BUG: there is no \(name)") }
        let found = try extract(
            KernelInput(
                arguments: input.arguments, count: input.count, type: .json, position: input.position,
                context: input.context), asText: false, byIndex: false)
        return try kernel(
            KernelInput(
                arguments: [Operand(found)], count: input.count, type: input.type, position: input.position,
                context: input.context))
    }

    private static let whole: [String: Kernel] = [
        "json_extract": { input throws(EventSQLError) in try extract(input, asText: false, byIndex: false) },
        "json_extract_string": { input throws(EventSQLError) in try extract(input, asText: true, byIndex: false) },
        "json_element": { input throws(EventSQLError) in try extract(input, asText: false, byIndex: true) },
        "json_element_string": { input throws(EventSQLError) in try extract(input, asText: true, byIndex: true) },
        "json_array_length": { input throws(EventSQLError) in
            let strings = input.arguments[0].strings
            return try input.buildInt64s { row in Int64(JSONText.elementCount(strings.array(at: row)) ?? 0) }
        },
        "json_valid": { input throws(EventSQLError) in
            let strings = input.arguments[0].strings
            return try input.buildBools { row in JSONText.isValid(strings.text(at: row)) }
        },
        "json_type": { input throws(EventSQLError) in
            let strings = input.arguments[0].strings
            return try input.buildStrings { row, builder in builder.append(typeName(strings.array(at: row))) }
        },
    ]

    private static func typeName(_ json: [UInt8]) -> String {
        switch json.first(where: { $0 != 32 }) {
        case UInt8(ascii: "{"): "OBJECT"
        case UInt8(ascii: "["): "ARRAY"
        case UInt8(ascii: "\""): "VARCHAR"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "BOOLEAN"
        case UInt8(ascii: "n"): "NULL"
        default: json.contains { [46, 69, 101].contains($0) } ? "DOUBLE" : "BIGINT"
        }
    }

    private static func extract(_ input: KernelInput, asText: Bool, byIndex: Bool) throws(EventSQLError) -> Vector {
        let strings = input.arguments[0].strings
        let paths = input.arguments[1]
        let fixed =
            !byIndex && paths.isConstant && !paths.isConstantNull ? JSONText.path(paths.strings.text(at: 0)) : nil
        var present = input.validity ?? [Bool](repeating: true, count: input.count)
        var builder = StringBuilder(count: input.count)
        for row in 0..<input.count {
            guard present[row] else {
                builder.appendNothing()
                continue
            }
            let steps =
                byIndex ? [.index(Int(input.int64(1, row)))] : fixed ?? JSONText.path(paths.strings.text(at: row))
            guard let steps else { throw input.error("'\(paths.strings.text(at: row))' is no JSON path") }
            let json = strings.array(at: row)
            let range = JSONText.find(steps, in: json)
            let text = range.flatMap { asText ? JSONText.unquoted(json[$0]) : Array(json[$0]) }
            if let text { builder.append(text) } else { builder.appendNothing() }
            present[row] = text != nil
        }
        return try builder.vector(type: input.type, validity: compacted(present))
    }
}
