import EventBase
import EventColumns

/// LIKE and ILIKE: the pattern is taken apart once where it is constant.
enum PatternKernels {
    static let kernels: [String: Kernel] = [
        "like": { input throws(EventSQLError) in try like(input, ignoringCase: false) },
        "ilike": { input throws(EventSQLError) in try like(input, ignoringCase: true) },
    ]

    private static func like(_ input: KernelInput, ignoringCase: Bool) throws(EventSQLError) -> Vector {
        let (texts, patterns, escapes) = (
            input.arguments[0].strings, input.arguments[1].strings, input.arguments[2].strings
        )
        let isFixed =
            input.arguments[1].isConstant && input.arguments[2].isConstant && !input.arguments[1].isConstantNull
        var fixed: LikePattern?
        if isFixed { fixed = try pattern(patterns.text(at: 0), escapes.text(at: 0), ignoringCase, input) }
        return try input.buildBools { row throws(EventSQLError) in
            let compiled =
                if let fixed { fixed } else {
                    try pattern(patterns.text(at: row), escapes.text(at: row), ignoringCase, input)
                }
            let text = ignoringCase ? Array(texts.text(at: row).lowercased().utf8) : texts.array(at: row)
            return compiled.matches(text)
        }
    }

    private static func pattern(
        _ text: String, _ escape: String, _ ignoringCase: Bool, _ input: KernelInput
    ) throws(EventSQLError) -> LikePattern {
        guard escape.unicodeScalars.count <= 1 else { throw input.error("ESCAPE takes one character, not '\(escape)'") }
        guard let compiled = LikePattern(ignoringCase ? text.lowercased() : text, escape: escape.unicodeScalars.first)
        else {
            throw input.error("the pattern '\(text)' ends with its escape character")
        }
        return compiled
    }
}

/// A LIKE pattern as parts between `%`: each part is bytes, with gaps of one scalar for `_`.
struct LikePattern: Sendable {
    /// nil stands for one scalar.
    private typealias Part = [UInt8?]
    private var parts: [Part] = [[]]

    /// nil where the pattern ends with a lone escape character.
    init?(_ pattern: String, escape: Unicode.Scalar?) {
        var scalars = pattern.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if let escape, scalar == escape {
                guard let literal = scalars.popFirst() else { return nil }
                parts[parts.count - 1] += String(Character(literal)).utf8.map { $0 }
            } else if scalar == "%" {
                if parts.count == 1 || !parts[parts.count - 1].isEmpty { parts.append([]) }
            } else if scalar == "_" {
                parts[parts.count - 1].append(nil)
            } else {
                parts[parts.count - 1] += String(Character(scalar)).utf8.map { $0 }
            }
        }
    }

    /// - Complexity: O(text x part), as parts are placed leftmost first.
    func matches(_ text: [UInt8]) -> Bool {
        guard var offset = Self.end(of: parts[0], in: text, at: 0) else { return false }
        if parts.count == 1 { return offset == text.count }
        for part in parts[1..<(parts.count - 1)] {
            guard let next = Self.find(part, in: text, from: offset) else { return false }
            offset = next
        }
        let last = parts[parts.count - 1]
        if last.isEmpty { return true }
        var start = offset
        while start <= text.count {
            if Self.end(of: last, in: text, at: start) == text.count { return true }
            start += 1
        }
        return false
    }

    private static func find(_ part: Part, in text: [UInt8], from: Int) -> Int? {
        var start = from
        while start <= text.count {
            if let end = end(of: part, in: text, at: start) { return end }
            start += 1
        }
        return nil
    }

    /// Where the part ends when it begins at `start`, nil where it does not fit there.
    private static func end(of part: Part, in text: [UInt8], at start: Int) -> Int? {
        var offset = start
        // A gap begins at a scalar, so a part must not begin in the middle of one.
        if start < text.count, text[start] & 0xC0 == 0x80 { return nil }
        for element in part {
            guard offset < text.count else { return nil }
            if let byte = element {
                guard text[offset] == byte else { return nil }
                offset += 1
            } else {
                offset += 1
                while offset < text.count, text[offset] & 0xC0 == 0x80 { offset += 1 }
            }
        }
        return offset
    }
}

/// Plain search of bytes in bytes.
enum ByteSearch {
    static func find(_ part: [UInt8], in text: [UInt8], from: Int) -> Int? {
        if part.isEmpty { return from }
        guard text.count >= part.count else { return nil }
        var start = from
        let last = text.count - part.count
        while start <= last {
            if text[start] == part[0] {
                var length = 1
                while length < part.count, text[start + length] == part[length] { length += 1 }
                if length == part.count { return start }
            }
            start += 1
        }
        return nil
    }
}
