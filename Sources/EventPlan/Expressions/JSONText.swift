import EventBase

/// Finds values inside JSON text without building a tree: a scanner over its bytes.
package enum JSONText {
    /// One step of a path: a key of an object or an index of an array.
    package enum Step: Sendable, Equatable {
        case key([UInt8])
        case index(Int)
    }

    package static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var scanner = JSONScanner(bytes)
        return scanner.skipValue(depth: 0) && scanner.atEnd
    }

    /// The steps of `$.a.b[0]`, `a.b` or a bare key; nil where it reads as none.
    package static func path(_ text: String) -> [Step]? {
        guard text.hasPrefix("$") else { return [.key(Array(text.utf8))] }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.first {
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                if name.isEmpty { return nil }
                steps.append(.key(Array(name.utf8)))
                rest = rest.dropFirst(name.count)
            } else if first == "[" {
                let digits = rest.prefix { $0 != "]" }
                guard let index = Int(digits), rest.dropFirst(digits.count).first == "]" else { return nil }
                steps.append(.index(index))
                rest = rest.dropFirst(digits.count + 1)
            } else {
                return nil
            }
        }
        return steps
    }

    /// The bytes of the value at a path, nil where there is none.
    package static func find(_ steps: [Step], in json: [UInt8]) -> Range<Int>? {
        var scanner = JSONScanner(json)
        for step in steps {
            guard scanner.enter(step) else { return nil }
        }
        scanner.skipBlanks()
        let start = scanner.offset
        guard scanner.skipValue(depth: 0) else { return nil }
        return start..<scanner.offset
    }

    /// The text that a JSON value stands for: strings without quotes and escapes, `null` as nil, the rest as written.
    package static func unquoted(_ json: ArraySlice<UInt8>) -> [UInt8]? {
        guard json.first == UInt8(ascii: "\"") else {
            return json.elementsEqual("null".utf8) ? nil : Array(json)
        }
        var result: [UInt8] = []
        let body = Array(json.dropFirst().dropLast())
        var index = 0
        while index < body.count {
            guard body[index] == UInt8(ascii: "\\"), index + 1 < body.count else {
                result.append(body[index])
                index += 1
                continue
            }
            index += 2
            switch body[index - 1] {
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "u"):
                let scalar = unicode(body, &index)
                result.append(contentsOf: String(Character(scalar)).utf8)
            case let other: result.append(other)
            }
        }
        return result
    }

    private static func unicode(_ body: [UInt8], _ index: inout Int) -> Unicode.Scalar {
        func unit() -> UInt32? {
            guard index + 4 <= body.count else { return nil }
            let digits = String(decoding: body[index..<(index + 4)], as: UTF8.self)
            index += 4
            return UInt32(digits, radix: 16)
        }
        guard let high = unit() else { return "\u{FFFD}" }
        if (0xD800..<0xDC00).contains(high), index + 6 <= body.count, body[index] == UInt8(ascii: "\\") {
            index += 2
            if let low = unit(), (0xDC00..<0xE000).contains(low) {
                return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            }
        }
        return Unicode.Scalar(high) ?? "\u{FFFD}"
    }

    /// Members of an array; nil where the text is no array.
    package static func elementCount(_ json: [UInt8]) -> Int? {
        var scanner = JSONScanner(json)
        scanner.skipBlanks()
        guard scanner.peek == UInt8(ascii: "[") else { return nil }
        var count = 0
        while true {
            var probe = JSONScanner(json)
            guard probe.enter(.index(count)) else { return count }
            count += 1
        }
    }
}

/// Walks JSON text; every member answers false at the first byte that does not fit.
package struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    var atEnd: Bool {
        mutating get {
            skipBlanks()
            return offset == bytes.count
        }
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == 32 || byte == 10 || byte == 13 || byte == 9 { offset += 1 }
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard peek == UInt8(ascii: scalar) else { return false }
        offset += 1
        return true
    }

    /// Moves to the start of a member's value.
    mutating func enter(_ step: JSONText.Step) -> Bool {
        switch step {
        case .key(let wanted):
            guard take("{") else { return false }
            while true {
                skipBlanks()
                let start = offset
                guard skipString() else { return false }
                let key = JSONText.unquoted(bytes[start..<offset])
                guard take(":") else { return false }
                if key == wanted { return true }
                guard skipValue(depth: 0), take(",") else { return false }
            }
        case .index(let wanted):
            guard wanted >= 0, take("[") else { return false }
            skipBlanks()
            if peek == UInt8(ascii: "]") { return false }
            for _ in 0..<wanted {
                guard skipValue(depth: 0), take(",") else { return false }
            }
            return true
        }
    }

    mutating func skipString() -> Bool {
        guard peek == UInt8(ascii: "\"") else { return false }
        offset += 1
        while let byte = peek {
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    mutating func skipValue(depth: Int) -> Bool {
        skipBlanks()
        guard let first = peek, depth <= Limits.jsonDepthMax * 4 else { return false }
        switch first {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"): return skipMembers(close: "}", depth: depth, hasKeys: true)
        case UInt8(ascii: "["): return skipMembers(close: "]", depth: depth, hasKeys: false)
        case UInt8(ascii: "t"): return skipWord("true")
        case UInt8(ascii: "f"): return skipWord("false")
        case UInt8(ascii: "n"): return skipWord("null")
        default: return skipNumber()
        }
    }

    private mutating func skipMembers(close: Unicode.Scalar, depth: Int, hasKeys: Bool) -> Bool {
        offset += 1
        if take(close) { return true }
        while true {
            skipBlanks()
            if hasKeys { guard skipString(), take(":") else { return false } }
            guard skipValue(depth: depth + 1) else { return false }
            if take(close) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let text = Array(word.description.utf8)
        guard offset + text.count <= bytes.count, bytes[offset..<(offset + text.count)].elementsEqual(text) else {
            return false
        }
        offset += text.count
        return true
    }

    private mutating func skipNumber() -> Bool {
        let start = offset
        while let byte = peek, (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte) { offset += 1 }
        guard offset > start else { return false }
        return Double(String(decoding: bytes[start..<offset], as: UTF8.self)) != nil
    }
}
