import EventBase

/// A regular expression as a tree (SPEC 2.7).
indirect enum RegexNode {
    case empty
    /// One scalar of a set.
    case scalars(ScalarSet)
    case sequence([RegexNode])
    case choice([RegexNode])
    /// `upper` nil: without end.
    case repeated(RegexNode, lower: Int, upper: Int?, isGreedy: Bool)
    /// Group 1 is the first one.
    case group(RegexNode, number: Int)
    case assertion(RegexAssertion)
}

/// A condition on a place between two bytes.
enum RegexAssertion: UInt8 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

    func holds(in text: [UInt8], at place: Int) -> Bool {
        switch self {
        case .textStart: place == 0
        case .textEnd: place == text.count
        case .lineStart: place == 0 || text[place - 1] == 0x0A
        case .lineEnd: place == text.count || text[place] == 0x0A
        case .wordBoundary: Self.isBoundary(text, place)
        case .noWordBoundary: !Self.isBoundary(text, place)
        }
    }

    private static func isBoundary(_ text: [UInt8], _ place: Int) -> Bool {
        let before = place > 0 && isWord(text[place - 1])
        let after = place < text.count && isWord(text[place])
        return before != after
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}

/// A set of Unicode scalars: ranges, ascending and apart once `normalized`.
struct ScalarSet: Equatable {
    private(set) var ranges: [ClosedRange<UInt32>]
    static let last: UInt32 = 0x10FFFF
    static let digits = ScalarSet([0x30...0x39])
    static let words = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet([0x09...0x0D, 0x20...0x20])
    static let all = ScalarSet([0...last])
    static let withoutNewline = ScalarSet([0...0x09, 0x0B...last])

    init(_ ranges: [ClosedRange<UInt32>] = []) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let previous = merged.last, range.lowerBound <= previous.upperBound &+ 1 {
                merged[merged.count - 1] =
                    previous.lowerBound...max(previous.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    var complement: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    /// With the other case of every letter; beyond the Basic Latin letters only for small sets.
    var ignoringCase: ScalarSet {
        var added = ranges
        for range in ranges {
            for (letters, other) in [(UInt32(0x41)...0x5A, 0x20), (0x61...0x7A, -0x20)] {
                let low = max(range.lowerBound, letters.lowerBound)
                let high = min(range.upperBound, letters.upperBound)
                if low <= high { added.append(UInt32(Int(low) + other)...UInt32(Int(high) + other)) }
            }
            guard range.count <= 256 else { continue }
            for value in range where value > 0x7F {
                guard let scalar = Unicode.Scalar(value) else { continue }
                for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let scalars = text.unicodeScalars
                    if scalars.count == 1, let other = scalars.first { added.append(other.value...other.value) }
                }
            }
        }
        return ScalarSet(added)
    }
}
