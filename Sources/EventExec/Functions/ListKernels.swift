import EventBase
import EventColumns
import EventPlan

/// Functions over JSON arrays. What is no array is a list without elements.
enum ListKernels {
    static let kernels: [String: Kernel] = asking.merging(changing) { a, _ in a }.merging(making) { a, _ in a }

    typealias Element = ArraySlice<UInt8>

    static func list(_ input: KernelInput, _ argument: Int, _ row: Int) -> [Element] {
        JSONText.elements(input.arguments[argument].strings.array(at: row)) ?? []
    }

    /// What an element stands for; nil for null.
    private static func text(_ element: Element) -> [UInt8]? { JSONText.unquoted(element) }

    static func joined(_ elements: some Sequence<Element>) -> [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "[")]
        for element in elements {
            if json.count > 1 { json.append(UInt8(ascii: ",")) }
            json += element
        }
        return json + [UInt8(ascii: "]")]
    }

    /// An argument's values as texts; NULL where they are NULL.
    private static func texts(_ input: KernelInput, _ argument: Int) throws(EventSQLError) -> Operand {
        let operand = input.arguments[argument]
        return Operand(
            try CastKernels.cast(operand.vector, to: .string, isTry: false, position: input.position),
            isConstant: operand.isConstant)
    }

    private static let asking: [String: Kernel] = [
        "list_length": { input throws(EventSQLError) in
            try input.buildInt64s { row in Int64(list(input, 0, row).count) }
        },
        "list_contains": { input throws(EventSQLError) in
            let wanted = try texts(input, 1).strings
            return try input.buildBools { row in
                let text = wanted.array(at: row)
                return list(input, 0, row).contains { Self.text($0) == text }
            }
        },
        "list_position": { input throws(EventSQLError) in
            let wanted = try texts(input, 1).strings
            return try input.buildInt64s { row in
                let text = wanted.array(at: row)
                return list(input, 0, row).firstIndex { Self.text($0) == text }.map { Int64($0) + 1 } ?? 0
            }
        },
        "list_extract": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                let elements = list(input, 0, row)
                let number = input.int64(1, row)
                let index = number > 0 ? number - 1 : Int64(elements.count) + number
                let isThere = number != 0 && elements.indices.contains(Int(clamping: index))
                if isThere { builder.append(elements[Int(index)]) } else { builder.append("null") }
            }
        },
        "json_exists": { input throws(EventSQLError) in
            try input.buildBools { row throws(EventSQLError) in
                let path = input.arguments[1].strings.text(at: row)
                guard let steps = JSONText.path(path) else { throw input.error("'\(path)' is no JSON path") }
                return JSONText.find(steps, in: input.arguments[0].strings.array(at: row)) != nil
            }
        },
    ]

    private static func change(_ body: @escaping @Sendable ([ArraySlice<UInt8>]) -> [ArraySlice<UInt8>]) -> Kernel {
        { input throws(EventSQLError) in
            try input.buildStrings { row, builder in builder.append(joined(body(list(input, 0, row)))) }
        }
    }

    private static let changing: [String: Kernel] = [
        "string_split": { input throws(EventSQLError) in
            let (texts, separators) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildStrings { row, builder in
                let pieces = StringKernels.split(texts.array(at: row), by: separators.array(at: row))
                let quoted = pieces.map { JSONText.quoted(String(decoding: $0, as: UTF8.self)) }
                builder.append("[" + quoted.joined(separator: ",") + "]")
            }
        },
        "array_to_string": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                let pieces = list(input, 0, row).compactMap(text)
                builder.append(pieces.joined(separator: input.arguments[1].strings.array(at: row)))
            }
        },
        "list_distinct": change { elements in
            var seen: Set<[UInt8]> = []
            return elements.filter { element in
                guard text(element) != nil else { return false }
                return seen.insert(Array(element)).inserted
            }
        },
        "list_sort": change(sorted),
        "list_reverse": change { $0.reversed() },
        "list_concat": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(joined(list(input, 0, row) + list(input, 1, row)))
            }
        },
        "list_slice": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                let elements = list(input, 0, row)
                func place(_ number: Int64) -> Int {
                    Int(clamping: number < 0 ? Int64(elements.count) + number + 1 : number)
                }
                let (first, last) = (
                    max(1, place(input.int64(1, row))), min(elements.count, place(input.int64(2, row)))
                )
                builder.append(joined(first <= last ? Array(elements[(first - 1)..<last]) : []))
            }
        },
        "list_append": { input throws(EventSQLError) in
            let added = try JSONValues(input, 1)
            return try input.buildStrings { row, builder in
                builder.append(joined(list(input, 0, row) + [Array(added.json(row).utf8)[...]]))
            }
        },
    ]

    /// Numbers by size, texts by their bytes, then nulls.
    static func sorted(_ elements: [Element]) -> [Element] {
        func rank(_ element: Element) -> (Int, Double, [UInt8]) {
            guard let text = text(element) else { return (3, 0, []) }
            if element.first != UInt8(ascii: "\""), let number = Double(String(decoding: text, as: UTF8.self)) {
                return (1, number, [])
            }
            return (2, 0, text)
        }
        let ranked = elements.map { (element: $0, rank: rank($0)) }
        return ranked.sorted { a, b in
            if a.rank.0 != b.rank.0 { return a.rank.0 < b.rank.0 }
            if a.rank.1 != b.rank.1 { return a.rank.1 < b.rank.1 }
            return a.rank.2.lexicographicallyPrecedes(b.rank.2)
        }.map(\.element)
    }

    /// Values of an argument as JSON.
    private struct JSONValues {
        private let operand: Operand
        private let text: Operand

        init(_ input: KernelInput, _ argument: Int) throws(EventSQLError) {
            operand = input.arguments[argument]
            text = try texts(input, argument)
        }

        func text(_ row: Int) -> String? {
            operand.isConstantNull || text.isNull(at: row) ? nil : text.strings.text(at: row)
        }

        func json(_ row: Int) -> String {
            guard let text = text(row) else { return "null" }
            switch operand.vector.type {
            case .bool, .int64, .json: return text
            case .double: return Double(text)?.isFinite == true ? text : JSONText.quoted(text)
            default: return JSONText.quoted(text)
            }
        }
    }

    private static func values(_ input: KernelInput) throws(EventSQLError) -> [JSONValues] {
        var all: [JSONValues] = []
        for argument in input.arguments.indices { all.append(try JSONValues(input, argument)) }
        return all
    }

    private static let making: [String: Kernel] = [
        // A NULL among the values is null.
        "json_array": { input throws(EventSQLError) in
            let all = try values(input)
            var builder = StringBuilder(count: input.count)
            for row in 0..<input.count {
                builder.append("[" + all.map { $0.json(row) }.joined(separator: ",") + "]")
            }
            return try builder.vector(type: .json, validity: nil)
        },
        "json_object": { input throws(EventSQLError) in
            let all = try values(input)
            guard all.count % 2 == 0 else { throw input.error("json_object takes names and values in turn") }
            var builder = StringBuilder(count: input.count)
            for row in 0..<input.count {
                var members: [String] = []
                for index in stride(from: 0, to: all.count, by: 2) {
                    guard let name = all[index].text(row) else { throw input.error("a name in json_object is NULL") }
                    members.append("\(JSONText.quoted(name)):\(all[index + 1].json(row))")
                }
                builder.append("{" + members.joined(separator: ",") + "}")
            }
            return try builder.vector(type: .json, validity: nil)
        },
        "to_json": { input throws(EventSQLError) in
            let all = try values(input)
            return try input.buildStrings { row, builder in builder.append(all[0].json(row)) }
        },
        "json_keys": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(joined(JSONText.keys(input.arguments[0].strings.array(at: row))))
            }
        },
    ]
}
