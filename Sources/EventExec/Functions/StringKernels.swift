import EventBase
import EventColumns
import EventPlan

/// Functions over strings. Positions count Unicode scalars from 1.
enum StringKernels {
    static let kernels: [String: Kernel] = transforms.merging(parts) { a, _ in a }.merging(measures) { a, _ in a }

    /// A string from one string.
    private static func map(_ body: @escaping @Sendable (String) -> String) -> Kernel {
        { input throws(EventSQLError) in
            let strings = input.arguments[0].strings
            return try input.buildStrings { row, builder in builder.append(body(strings.text(at: row))) }
        }
    }

    private static let blank: [UInt8] = [32]

    private static func trimming(left: Bool, right: Bool) -> Kernel {
        { input throws(EventSQLError) in
            let strings = input.arguments[0].strings
            let sets = input.arguments.count > 1 ? input.arguments[1].strings : nil
            return try input.buildStrings { row, builder in
                let unwanted = Set((sets?.text(at: row) ?? " ").unicodeScalars)
                var scalars = Substring(strings.text(at: row)).unicodeScalars
                if left { scalars = scalars.drop { unwanted.contains($0) } }
                if right { while let last = scalars.last, unwanted.contains(last) { scalars.removeLast() } }
                builder.append(String(scalars))
            }
        }
    }

    private static let transforms: [String: Kernel] = [
        "lower": map { $0.lowercased() },
        "upper": map { $0.uppercased() },
        "reverse": map { text in String(String.UnicodeScalarView(text.unicodeScalars.reversed())) },
        "trim": trimming(left: true, right: true),
        "trim_chars": trimming(left: true, right: true),
        "ltrim": trimming(left: true, right: false),
        "ltrim_chars": trimming(left: true, right: false),
        "rtrim": trimming(left: false, right: true),
        "rtrim_chars": trimming(left: false, right: true),
        "replace": { input throws(EventSQLError) in
            let (texts, olds, news) = (
                input.arguments[0].strings, input.arguments[1].strings, input.arguments[2].strings
            )
            return try input.buildStrings { row, builder in
                builder.append(replaced(texts.array(at: row), olds.array(at: row), by: news.array(at: row)))
            }
        },
        "repeat": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder throws(EventSQLError) in
                let (text, times) = (texts.text(at: row), max(0, input.int64(1, row)))
                guard times < 1 << 28, Int(times) * text.utf8.count <= 64 << 20 else {
                    throw EventSQLError(.limit, "repeat would make more than 64 MiB", position: input.position)
                }
                builder.append(String(repeating: text, count: Int(times)))
            }
        },
        "lpad": { input throws(EventSQLError) in try pad(input, atLeft: true) },
        "rpad": { input throws(EventSQLError) in try pad(input, atLeft: false) },
        "chr": { input throws(EventSQLError) in
            try input.buildStrings { row, builder throws(EventSQLError) in
                guard let code = UInt32(exactly: input.int64(0, row)), code > 0, let scalar = Unicode.Scalar(code)
                else {
                    throw input.error("chr(\(input.int64(0, row))) is no character")
                }
                builder.append(String(Character(scalar)))
            }
        },
        "concat_strict": { input throws(EventSQLError) in try concat(input, isStrict: true, hasSeparator: false) },
        "concat": { input throws(EventSQLError) in try concat(input, isStrict: false, hasSeparator: false) },
        "concat_ws": { input throws(EventSQLError) in try concat(input, isStrict: false, hasSeparator: true) },
    ]

    private static let parts: [String: Kernel] = [
        "substring": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder throws(EventSQLError) in
                let start = max(-(1 << 60), input.int64(1, row))
                var end = Int64.max
                if input.arguments.count > 2 {
                    let length = input.int64(2, row)
                    if length < 0 { throw input.error("substring of negative length \(length)") }
                    end = start.addingReportingOverflow(length).overflow ? .max : start + length
                }
                builder.append(slice(texts.array(at: row), from: start &- 1, to: end == .max ? .max : end &- 1))
            }
        },
        "left": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder in
                let (text, count) = (texts.array(at: row), input.int64(1, row))
                builder.append(slice(text, from: 0, to: count < 0 ? max(0, scalarCount(text) + count) : count))
            }
        },
        "right": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder in
                let (text, count) = (texts.array(at: row), input.int64(1, row))
                builder.append(slice(text, from: count < 0 ? 0 &- count : scalarCount(text) - count, to: .max))
            }
        },
        "split_part": { input throws(EventSQLError) in
            let (texts, separators) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildStrings { row, builder throws(EventSQLError) in
                let index = input.int64(2, row)
                if index == 0 { throw input.error("split_part counts from 1, or from -1 at the end") }
                let pieces = split(texts.array(at: row), by: separators.array(at: row))
                let at = index > 0 ? index - 1 : Int64(pieces.count) + index
                builder.append(pieces.indices.contains(Int(at)) ? pieces[Int(at)] : [])
            }
        },
    ]

    private static let measures: [String: Kernel] = [
        "length": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildInt64s { row in scalarCount(texts.array(at: row)) }
        },
        "octet_length": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildInt64s { row in Int64(texts.bytes(at: row).byteCount) }
        },
        "ascii": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildInt64s { row in Int64(texts.text(at: row).unicodeScalars.first?.value ?? 0) }
        },
        "strpos": { input throws(EventSQLError) in try positions(input, text: 0, part: 1) },
        "strpos_reversed": { input throws(EventSQLError) in try positions(input, text: 1, part: 0) },
        "starts_with": { input throws(EventSQLError) in try test(input) { $0.starts(with: $1) } },
        "ends_with": { input throws(EventSQLError) in try test(input) { $0.suffix($1.count).elementsEqual($1) } },
        "contains": { input throws(EventSQLError) in try test(input) { ByteSearch.find($1, in: $0, from: 0) != nil } },
    ]

    private static func test(_ input: KernelInput, _ body: ([UInt8], [UInt8]) -> Bool) throws(EventSQLError) -> Vector {
        let (texts, parts) = (input.arguments[0].strings, input.arguments[1].strings)
        return try input.buildBools { row in body(texts.array(at: row), parts.array(at: row)) }
    }

    private static func positions(_ input: KernelInput, text: Int, part: Int) throws(EventSQLError) -> Vector {
        let (texts, parts) = (input.arguments[text].strings, input.arguments[part].strings)
        return try input.buildInt64s { row in
            let bytes = texts.array(at: row)
            guard let offset = ByteSearch.find(parts.array(at: row), in: bytes, from: 0) else { return 0 }
            return scalarCount(Array(bytes[..<offset])) + 1
        }
    }

    private static func concat(_ input: KernelInput, isStrict: Bool, hasSeparator: Bool) throws(EventSQLError) -> Vector
    {
        var texts: [Operand] = []
        for argument in input.arguments {
            let text = try CastKernels.cast(argument.vector, to: .string, isTry: false, position: input.position)
            texts.append(Operand(text, isConstant: argument.isConstant))
        }
        let columns = texts.map(\.strings)
        let needed: [Bool]? = isStrict ? input.validity : hasSeparator ? presence(texts[0], count: input.count) : nil
        var builder = StringBuilder(count: input.count)
        for row in 0..<input.count {
            guard needed?[row] ?? true else {
                builder.appendNothing()
                continue
            }
            var joined: [UInt8] = []
            var isFirst = true
            for index in (hasSeparator ? 1 : 0)..<columns.count where !texts[index].isNull(at: row) {
                if hasSeparator, !isFirst { joined += columns[0].array(at: row) }
                joined += columns[index].array(at: row)
                isFirst = false
            }
            builder.append(joined)
        }
        return try builder.vector(type: .string, validity: needed.flatMap(compacted))
    }

    private static func presence(_ operand: Operand, count: Int) -> [Bool]? {
        operand.isConstant
            ? (operand.isConstantNull ? [Bool](repeating: false, count: count) : nil) : operand.vector.validity
    }

    private static func pad(_ input: KernelInput, atLeft: Bool) throws(EventSQLError) -> Vector {
        let texts = input.arguments[0].strings
        let fillers = input.arguments.count > 2 ? input.arguments[2].strings : nil
        return try input.buildStrings { row, builder throws(EventSQLError) in
            let wanted = input.int64(1, row)
            guard wanted <= 16 << 20 else {
                throw EventSQLError(.limit, "padding beyond 16 Mi characters", position: input.position)
            }
            let text = Array(texts.text(at: row).unicodeScalars.prefix(Int(max(0, wanted))))
            let filler = Array((fillers?.text(at: row) ?? " ").unicodeScalars)
            let missing = filler.isEmpty ? 0 : max(0, Int(wanted) - text.count)
            let padding = (0..<missing).map { filler[$0 % filler.count] }
            builder.append(String(String.UnicodeScalarView(atLeft ? padding + text : text + padding)))
        }
    }

    private static func scalarCount(_ bytes: [UInt8]) -> Int64 {
        var count: Int64 = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Scalars `from ..< to`, clamped to what is there.
    private static func slice(_ bytes: [UInt8], from: Int64, to: Int64) -> ArraySlice<UInt8> {
        var scalar: Int64 = -1
        var start = bytes.count
        var end = bytes.count
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            scalar += 1
            if scalar >= from, start == bytes.count { start = offset }
            if scalar >= to {
                end = offset
                break
            }
        }
        return start < end ? bytes[start..<end] : []
    }

    private static func replaced(_ text: [UInt8], _ old: [UInt8], by new: [UInt8]) -> [UInt8] {
        if old.isEmpty { return text }
        return Array(split(text, by: old).joined(separator: new))
    }

    static func split(_ text: [UInt8], by separator: [UInt8]) -> [ArraySlice<UInt8>] {
        if separator.isEmpty { return [text[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while let offset = ByteSearch.find(separator, in: text, from: start) {
            pieces.append(text[start..<offset])
            start = offset + separator.count
        }
        pieces.append(text[start...])
        return pieces
    }
}
