import EventBase
import EventColumns
import EventPlan

/// Functions over regular expressions; the pattern is made ready once where it is constant.
enum RegexKernels {
    static let kernels: [String: Kernel] = [
        "regex_match": { input throws(EventSQLError) in try match(input, .init()) },
        "regex_match_insensitive": { input throws(EventSQLError) in
            try match(input, .init(ignoresCase: true))
        },
        "similar_to": { input throws(EventSQLError) in
            try match(input, .init(dotTakesNewline: true)) { text in "^(?:\(SimilarPattern.regex(text)))$" }
        },
        "regexp_matches": { input throws(EventSQLError) in try match(input, try flags(input, 2)) },
        "regexp_full_match": { input throws(EventSQLError) in
            try match(input, try flags(input, 2)) { text in "^(?:\(text))$" }
        },
        "regexp_extract": { input throws(EventSQLError) in
            try extract(input) { builder in builder.append("") }
        },
        "regexp_substr": { input throws(EventSQLError) in try substring(input) },
        "regexp_replace": { input throws(EventSQLError) in try replace(input) },
        "regexp_count": { input throws(EventSQLError) in
            var cache = RegexCache(input, flags: .init())
            return try input.buildInt64s { row throws(EventSQLError) in
                try input.check(at: row)
                var count: Int64 = 0
                try cache.expression(row).findAll(in: input.arguments[0].strings.array(at: row)) { _ in
                    count += 1
                    return true
                }
                return count
            }
        },
        "regexp_split_to_array": { input throws(EventSQLError) in try list(input, RegexList.pieces) },
        "regexp_extract_all": { input throws(EventSQLError) in
            try list(input) { expression, text, row throws(EventSQLError) in
                let group = try group(input, row, expression)
                return RegexList.matches(expression, text, group: group)
            }
        },
        "regexp_split_part": { input throws(EventSQLError) in
            var cache = RegexCache(input, flags: .init())
            return try input.buildStrings { row, builder throws(EventSQLError) in
                let pieces = RegexList.pieces(try cache.expression(row), input.arguments[0].strings.array(at: row))
                let number = input.int64(2, row)
                guard number != 0 else { throw input.error("regexp_split_part counts from 1, or from -1 at the end") }
                let index = number > 0 ? number - 1 : Int64(pieces.count) + number
                builder.append(pieces.indices.contains(Int(clamping: index)) ? pieces[Int(index)] : [])
            }
        },
        "regexp_escape": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                var text = ""
                for scalar in input.arguments[0].strings.text(at: row).unicodeScalars {
                    if #"\.+*?()[]{}|^$-"#.unicodeScalars.contains(scalar) { text += "\\" }
                    text.unicodeScalars.append(scalar)
                }
                builder.append(text)
            }
        },
    ]

    private static func match(
        _ input: KernelInput, _ flags: RegexParser.RegexFlags, _ pattern: @escaping (String) -> String = { $0 }
    ) throws(EventSQLError) -> Vector {
        var cache = RegexCache(input, flags: flags, pattern)
        let texts = input.arguments[0].strings
        return try input.buildBools { row throws(EventSQLError) in
            try input.check(at: row)
            return try cache.expression(row).matches(texts.array(at: row))
        }
    }

    /// Letters in an argument; constant, so that they hold for all rows.
    private static func flags(_ input: KernelInput, _ index: Int) throws(EventSQLError) -> RegexParser.RegexFlags {
        var flags = RegexParser.RegexFlags()
        guard index < input.arguments.count, !input.arguments[index].isConstantNull else { return flags }
        guard input.arguments[index].isConstant else { throw input.error("the flags must be constant") }
        for letter in input.arguments[index].strings.text(at: 0) {
            switch letter {
            case "i": flags.ignoresCase = true
            case "c": flags.ignoresCase = false
            case "s": flags.dotTakesNewline = true
            case "m", "n": flags.linesHaveEnds = true
            case "g": break
            default: throw input.error("there is no flag '\(letter)': i, c, s, m and g are known")
            }
        }
        return flags
    }

    private static func group(
        _ input: KernelInput, _ row: Int, _ expression: RegularExpression
    ) throws(EventSQLError) -> Int {
        let group = input.arguments.count > 2 ? input.int64(2, row) : 0
        guard (0...Int64(expression.groupCount)).contains(group) else {
            throw input.error("the pattern has \(expression.groupCount) groups, so there is no group \(group)")
        }
        return Int(group)
    }

    /// The match or one of its groups; `none` says what stands for no match.
    private static func extract(
        _ input: KernelInput, none: (inout StringBuilder) -> Void
    ) throws(EventSQLError) -> Vector {
        var cache = RegexCache(input, flags: .init())
        return try input.buildStrings { row, builder throws(EventSQLError) in
            let expression = try cache.expression(row)
            let group = try group(input, row, expression)
            let text = input.arguments[0].strings.array(at: row)
            if let match = expression.find(in: text, from: 0), match[2 * group] >= 0 {
                builder.append(text[match[2 * group]..<match[2 * group + 1]])
            } else {
                none(&builder)
            }
        }
    }

    /// PostgreSQL's: NULL where there is no match.
    private static func substring(_ input: KernelInput) throws(EventSQLError) -> Vector {
        var cache = RegexCache(input, flags: .init())
        var present = input.validity ?? [Bool](repeating: true, count: input.count)
        var builder = StringBuilder(count: input.count)
        for row in 0..<input.count {
            try input.check(at: row)
            guard present[row] else {
                builder.appendNothing()
                continue
            }
            let text = input.arguments[0].strings.array(at: row)
            if let match = try cache.expression(row).find(in: text, from: 0) {
                builder.append(text[match[0]..<match[1]])
            } else {
                present[row] = false
                builder.appendNothing()
            }
        }
        return try builder.vector(type: .string, validity: compacted(present))
    }

    private static func replace(_ input: KernelInput) throws(EventSQLError) -> Vector {
        var cache = RegexCache(input, flags: try flags(input, 3))
        let isGlobal = input.arguments.count > 3 && input.arguments[3].strings.text(at: 0).contains("g")
        let replacements = input.arguments[2].strings
        return try input.buildStrings { row, builder throws(EventSQLError) in
            let expression = try cache.expression(row)
            let text = input.arguments[0].strings.array(at: row)
            let parts = RegexReplacement(replacements.array(at: row))
            guard parts.groupMax <= expression.groupCount else {
                throw input.error(
                    "the replacement names group \(parts.groupMax), the pattern has \(expression.groupCount)")
            }
            var result: [UInt8] = []
            var end = 0
            expression.findAll(in: text) { match in
                result += text[end..<match[0]]
                parts.append(to: &result, text, match)
                end = match[1]
                return isGlobal && result.count <= Limits.stringSizeBytesMax
            }
            result += text[end...]
            builder.append(result)
        }
    }

    /// Several texts as one JSON array.
    private static func list(
        _ input: KernelInput, _ body: (RegularExpression, [UInt8], Int) throws(EventSQLError) -> [[UInt8]]
    ) throws(EventSQLError) -> Vector {
        var cache = RegexCache(input, flags: .init())
        return try input.buildStrings { row, builder throws(EventSQLError) in
            let texts = try body(try cache.expression(row), input.arguments[0].strings.array(at: row), row)
            builder.append(
                "[" + texts.map { JSONText.quoted(String(decoding: $0, as: UTF8.self)) }.joined(separator: ",") + "]")
        }
    }

    private static func list(
        _ input: KernelInput, _ body: (RegularExpression, [UInt8]) -> [[UInt8]]
    ) throws(EventSQLError) -> Vector {
        try list(input) { expression, text, _ in body(expression, text) }
    }
}

/// The expression of each row; made once where the pattern is constant or stays the same.
private struct RegexCache {
    private let input: KernelInput
    private let flags: RegexParser.RegexFlags
    private let change: (String) -> String
    private var known: (pattern: [UInt8], expression: RegularExpression)?

    init(_ input: KernelInput, flags: RegexParser.RegexFlags, _ change: @escaping (String) -> String = { $0 }) {
        self.input = input
        self.flags = flags
        self.change = change
    }

    mutating func expression(_ row: Int) throws(EventSQLError) -> RegularExpression {
        if input.arguments[1].isConstant, let known { return known.expression }
        let pattern = input.arguments[1].strings.array(at: row)
        if let known, known.pattern == pattern { return known.expression }
        let text = String(decoding: pattern, as: UTF8.self)
        do throws(RegexFailure) {
            let expression = try RegularExpression(change(text), flags: flags)
            known = (pattern, expression)
            return expression
        } catch {
            throw input.error("'\(text)' is no regular expression: \(error.message)")
        }
    }
}

/// Lists that a regular expression makes of a text.
enum RegexList {
    /// What stands between the matches; an empty match takes nothing away.
    static func pieces(_ expression: RegularExpression, _ text: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        expression.findAll(in: text) { match in
            if match[0] == match[1], match[0] == 0 || match[0] == text.count { return true }
            pieces.append(Array(text[start..<match[0]]))
            start = match[1]
            return true
        }
        pieces.append(Array(text[start...]))
        return pieces
    }

    static func matches(_ expression: RegularExpression, _ text: [UInt8], group: Int) -> [[UInt8]] {
        var found: [[UInt8]] = []
        expression.findAll(in: text) { match in
            found.append(match[2 * group] < 0 ? [] : Array(text[match[2 * group]..<match[2 * group + 1]]))
            return true
        }
        return found
    }
}

/// What stands for a match: bytes, and groups as `\1`; `\0` and `\&` are the whole match.
private struct RegexReplacement {
    private enum Part { case bytes([UInt8]), group(Int) }
    private var parts: [Part] = []
    private(set) var groupMax = 0

    init(_ text: [UInt8]) {
        var plain: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
                plain.append(text[index])
                index += 1
                continue
            }
            let next = text[index + 1]
            index += 2
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
            guard isDigit || next == UInt8(ascii: "&") else {
                plain.append(next)
                continue
            }
            let group = isDigit ? Int(next - UInt8(ascii: "0")) : 0
            parts += [.bytes(plain), .group(group)]
            plain = []
            groupMax = max(groupMax, group)
        }
        parts.append(.bytes(plain))
    }

    func append(to result: inout [UInt8], _ text: [UInt8], _ match: [Int]) {
        for part in parts {
            switch part {
            case .bytes(let bytes): result += bytes
            case .group(let group):
                if match[2 * group] >= 0 { result += text[match[2 * group]..<match[2 * group + 1]] }
            }
        }
    }
}

/// SIMILAR TO: `%` and `_` as in LIKE, and `| * + ? {} () []` as in a regular expression; the whole text must match.
enum SimilarPattern {
    static func regex(_ pattern: String) -> String {
        var result = ""
        var isInSet = false
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if isEscaped {
                isEscaped = false
                result += RegexEscape.text(scalar)
            } else if scalar == "\\" {
                isEscaped = true
            } else if isInSet {
                if scalar == "]" { isInSet = false }
                result.unicodeScalars.append(scalar)
            } else {
                switch scalar {
                case "%": result += ".*"
                case "_": result += "."
                case "[":
                    isInSet = true
                    result += "["
                case ".", "^", "$": result += "\\\(scalar)"
                case "(": result += "(?:"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return isEscaped ? result + "\\" : result
    }
}

/// A scalar so that it stands for itself.
private enum RegexEscape {
    static func text(_ scalar: Unicode.Scalar) -> String {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || !scalar.isASCII
            ? String(scalar) : "\\\(scalar)"
    }
}
