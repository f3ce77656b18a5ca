import EventBase

/// Why a text is no regular expression.
struct RegexFailure: Error {
    var message: String
}

/// Reads RE2's syntax, without Unicode classes by name. Back references and look-around do not exist: they have no linear
/// time.
struct RegexParser {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    private(set) var groupCount = 0
    private var flags: RegexFlags

    /// Letters that change what a pattern means: `i`, `s` (dot takes newlines), `m` (^ and $ at lines), `U` (lazy first).
    struct RegexFlags {
        var ignoresCase = false
        var dotTakesNewline = false
        var linesHaveEnds = false
        var isLazy = false
    }

    static let depthMax = 200
    static let repeatMax = 1000

    init(_ pattern: String, flags: RegexFlags) {
        scalars = Array(pattern.unicodeScalars)
        self.flags = flags
    }

    mutating func parse() throws(RegexFailure) -> RegexNode {
        let node = try choice()
        if place < scalars.count { throw RegexFailure(message: "an unexpected ) at character \(place + 1)") }
        return node
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func choice() throws(RegexFailure) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthMax { throw RegexFailure(message: "groups nest more than \(Self.depthMax) deep") }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(RegexFailure) -> RegexNode {
        var parts: [RegexNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let before = place
            guard let atom = try atom() else { continue }
            parts.append(try repeated(atom, from: before))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated(_ atom: RegexNode, from start: Int) throws(RegexFailure) -> RegexNode {
        var node = atom
        var count = 0
        while let scalar = next {
            var (lower, upper): (Int, Int?)
            switch scalar {
            case "*": (lower, upper) = (0, nil)
            case "+": (lower, upper) = (1, nil)
            case "?": (lower, upper) = (0, 1)
            case "{":
                guard let bounds = try bounds() else { return node }
                (lower, upper) = bounds
                place -= 1
            default: return node
            }
            place += 1
            count += 1
            if count > 1 { throw RegexFailure(message: "nothing to repeat at character \(place)") }
            if next == "+" { throw RegexFailure(message: "possessive repeats do not exist here") }
            let isGreedy = take("?") == flags.isLazy
            node = .repeated(node, lower: lower, upper: upper, isGreedy: isGreedy)
        }
        return node
    }

    /// `{2}`, `{2,}`, `{2,5}`; nil where the brace is a plain character.
    private mutating func bounds() throws(RegexFailure) -> (Int, Int?)? {
        let start = place
        place += 1
        func number(_ parser: inout RegexParser) -> Int? {
            var value: Int?
            while let scalar = parser.next, ("0"..."9").contains(scalar) {
                value = min((value ?? 0) * 10 + Int(scalar.value - 48), 1_000_000)
                parser.place += 1
            }
            return value
        }
        guard let lower = number(&self) else {
            place = start
            return nil
        }
        var upper: Int? = lower
        if take(",") { upper = number(&self) }
        guard take("}") else {
            place = start
            return nil
        }
        if lower > Self.repeatMax || upper ?? 0 > Self.repeatMax || upper ?? lower < lower {
            throw RegexFailure(message: "a repeat is {n,m} with n <= m <= \(Self.repeatMax)")
        }
        return (lower, upper)
    }

    /// nil for a flag group such as `(?i)`, which stands for nothing.
    private mutating func atom() throws(RegexFailure) -> RegexNode? {
        let scalar = scalars[place]
        place += 1
        switch scalar {
        case "(": return try group()
        case "[": return .scalars(try set())
        case ".": return .scalars(flags.dotTakesNewline ? .all : .withoutNewline)
        case "^": return .assertion(flags.linesHaveEnds ? .lineStart : .textStart)
        case "$": return .assertion(flags.linesHaveEnds ? .lineEnd : .textEnd)
        case "\\": return try escape()
        case "*", "+", "?": throw RegexFailure(message: "nothing to repeat at character \(place)")
        case "{" where Self.isBounds(scalars, place):
            throw RegexFailure(message: "nothing to repeat at character \(place)")
        default: return literal(scalar)
        }
    }

    private static func isBounds(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        place < scalars.count && ("0"..."9").contains(scalars[place])
            && scalars[place...].first { !("0"..."9").contains($0) && $0 != "," } == "}"
    }

    private func literal(_ scalar: Unicode.Scalar) -> RegexNode {
        let set = ScalarSet([scalar.value...scalar.value])
        return .scalars(flags.ignoresCase ? set.ignoringCase : set)
    }

    private mutating func group() throws(RegexFailure) -> RegexNode? {
        let outside = flags
        guard take("?") else {
            groupCount += 1
            let number = groupCount
            let inner = try choice()
            flags = outside
            guard take(")") else { throw RegexFailure(message: "a ( without its )") }
            return .group(inner, number: number)
        }
        if take("P") || next == "<" {
            guard take("<"), next != "=", next != "!" else {
                throw RegexFailure(message: "look-behind does not exist here")
            }
            while let scalar = next, scalar != ">" {
                guard scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar) else { break }
                place += 1
            }
            guard take(">") else { throw RegexFailure(message: "a group's name is letters, digits and _, then >") }
            place -= 1
            // The name stands for nothing: groups go by number.
            place += 1
            groupCount += 1
            let number = groupCount
            let inner = try choice()
            flags = outside
            guard take(")") else { throw RegexFailure(message: "a ( without its )") }
            return .group(inner, number: number)
        }
        try readFlags()
        if take(")") { return nil }
        guard take(":") else { throw RegexFailure(message: "after (? stands a flag of imsU, a : or a name") }
        let inner = try choice()
        flags = outside
        guard take(")") else { throw RegexFailure(message: "a ( without its )") }
        return inner
    }

    private mutating func readFlags() throws(RegexFailure) {
        var isOn = true
        while let scalar = next, scalar != ")", scalar != ":" {
            place += 1
            switch scalar {
            case "-": isOn = false
            case "i": flags.ignoresCase = isOn
            case "s": flags.dotTakesNewline = isOn
            case "m": flags.linesHaveEnds = isOn
            case "U": flags.isLazy = isOn
            case "=", "!": throw RegexFailure(message: "look-ahead does not exist here")
            default: throw RegexFailure(message: "there is no flag \(scalar)")
            }
        }
    }

    private mutating func escape() throws(RegexFailure) -> RegexNode {
        guard let scalar = next else { throw RegexFailure(message: "a lone \\ at the end") }
        switch scalar {
        case "b", "B", "A", "z":
            place += 1
            switch scalar {
            case "b": return .assertion(.wordBoundary)
            case "B": return .assertion(.noWordBoundary)
            case "A": return .assertion(.textStart)
            default: return .assertion(.textEnd)
            }
        case "1"..."9": throw RegexFailure(message: "back references do not exist here")
        default:
            if let set = namedSet(scalar) {
                place += 1
                return .scalars(set)
            }
            return literal(try escapedScalar())
        }
    }

    private func namedSet(_ scalar: Unicode.Scalar) -> ScalarSet? {
        switch scalar {
        case "d": .digits
        case "D": ScalarSet.digits.complement
        case "w": .words
        case "W": ScalarSet.words.complement
        case "s": .blanks
        case "S": ScalarSet.blanks.complement
        default: nil
        }
    }

    /// What stands behind a backslash, as one scalar.
    private mutating func escapedScalar() throws(RegexFailure) -> Unicode.Scalar {
        guard let scalar = next else { throw RegexFailure(message: "a lone \\ at the end") }
        place += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "a": return "\u{07}"
        case "0": return "\u{0}"
        case "x": return try hexadecimal()
        default:
            // A letter may get a meaning some day; every sign stands for itself.
            if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                throw RegexFailure(message: "\\\(scalar) means nothing")
            }
            return scalar
        }
    }

    private mutating func hexadecimal() throws(RegexFailure) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        let isLong = take("{")
        while let scalar = next, let digit = scalar.properties.isASCIIHexDigit ? Int(String(scalar), radix: 16) : nil,
            count < (isLong ? 8 : 2)
        {
            value = value << 4 | UInt32(digit)
            count += 1
            place += 1
        }
        guard count > 0, isLong ? take("}") : count == 2, let scalar = Unicode.Scalar(value) else {
            throw RegexFailure(message: "\\x takes two digits, or up to eight in braces")
        }
        return scalar
    }

    /// After `[`.
    private mutating func set() throws(RegexFailure) -> ScalarSet {
        let isNegated = take("^")
        var result = ScalarSet()
        var isFirst = true
        while true {
            guard let scalar = next else { throw RegexFailure(message: "a [ without its ]") }
            if scalar == "]", !isFirst {
                place += 1
                break
            }
            isFirst = false
            if scalar == "[", place + 1 < scalars.count, scalars[place + 1] == ":" {
                result = result.union(try posixSet())
                continue
            }
            if scalar == "\\", place + 1 < scalars.count, let named = namedSet(scalars[place + 1]) {
                place += 2
                result = result.union(named)
                continue
            }
            let low = try member()
            var high = low
            if next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
                place += 1
                high = try member()
            }
            guard low <= high else { throw RegexFailure(message: "the range \(low)-\(high) runs backwards") }
            result = result.union(ScalarSet([low.value...high.value]))
        }
        if flags.ignoresCase { result = result.ignoringCase }
        return isNegated ? result.complement : result
    }

    private mutating func member() throws(RegexFailure) -> Unicode.Scalar {
        guard let scalar = next else { throw RegexFailure(message: "a [ without its ]") }
        place += 1
        return scalar == "\\" ? try escapedScalar() : scalar
    }

    private mutating func posixSet() throws(RegexFailure) -> ScalarSet {
        var name = ""
        var index = place + 2
        while index < scalars.count, scalars[index] != ":" {
            name.unicodeScalars.append(scalars[index])
            index += 1
        }
        let isNegated = name.hasPrefix("^")
        let sets: [String: ScalarSet] = [
            "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]), "digit": .digits, "space": .blanks, "word": .words,
            "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "upper": ScalarSet([0x41...0x5A]),
            "lower": ScalarSet([0x61...0x7A]), "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
            "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
            "blank": ScalarSet([0x09...0x09, 0x20...0x20]), "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]),
            "print": ScalarSet([0x20...0x7E]), "graph": ScalarSet([0x21...0x7E]),
        ]
        guard let set = sets[isNegated ? String(name.dropFirst()) : name], index + 1 < scalars.count,
            scalars[index + 1] == "]"
        else { throw RegexFailure(message: "there is no class [:\(name):]") }
        place = index + 2
        return isNegated ? set.complement : set
    }
}
