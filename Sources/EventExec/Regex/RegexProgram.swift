import EventBase

/// A regular expression as instructions over the bytes of UTF-8 (Thompson's construction).
struct RegexProgram {
    enum Instruction: Equatable {
        /// One byte of a table in `tables`, then go on.
        case byte(table: Int, next: Int)
        /// Both ways; the first is preferred.
        case split(Int, Int)
        case save(Int, next: Int)
        case assertion(RegexAssertion, next: Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    /// 256 flags each.
    private(set) var tables: [[Bool]] = []
    private var tableIndexes: [[Bool]: Int] = [:]
    let groupCount: Int
    private(set) var start = 0
    /// An assertion other than at the ends of the text, which only the thread machine can judge.
    private(set) var hasInnerAssertion = false
    private var isTooLarge = false
    static let instructionCountMax = 20_000

    init(_ node: RegexNode, groupCount: Int) throws(RegexFailure) {
        self.groupCount = groupCount
        instructions.append(.match)
        let close = emit(.save(1, next: 0))
        let body = compile(node, then: close)
        start = emit(.save(0, next: body))
        if isTooLarge {
            throw RegexFailure(message: "the pattern makes more than \(Self.instructionCountMax) instructions")
        }
    }

    private mutating func emit(_ instruction: Instruction) -> Int {
        if instructions.count >= Self.instructionCountMax {
            isTooLarge = true
            return 0
        }
        instructions.append(instruction)
        return instructions.count - 1
    }

    /// Instructions are made from the end to the beginning; gives the first one.
    private mutating func compile(_ node: RegexNode, then next: Int) -> Int {
        if isTooLarge { return 0 }
        switch node {
        case .empty: return next
        case .scalars(let set): return compile(set, then: next)
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() { next = compile(part, then: next) }
            return next
        case .choice(let parts):
            var entry = compile(parts[parts.count - 1], then: next)
            for part in parts.dropLast().reversed() { entry = emit(.split(compile(part, then: next), entry)) }
            return entry
        case .group(let inner, let number):
            let close = emit(.save(2 * number + 1, next: next))
            return emit(.save(2 * number, next: compile(inner, then: close)))
        case .assertion(let assertion):
            if assertion != .textStart, assertion != .textEnd { hasInnerAssertion = true }
            return emit(.assertion(assertion, next: next))
        case .repeated(let inner, let lower, let upper, let isGreedy):
            return compile(inner, lower, upper, isGreedy, then: next)
        }
    }

    private mutating func compile(
        _ inner: RegexNode, _ lower: Int, _ upper: Int?, _ isGreedy: Bool, then next: Int
    ) -> Int {
        func split(_ program: inout RegexProgram, _ body: Int) -> Int {
            program.emit(isGreedy ? .split(body, next) : .split(next, body))
        }
        var entry = next
        if let upper {
            // Each optional copy leads to the next one or out.
            for _ in lower..<max(lower, upper) where !isTooLarge {
                entry = split(&self, compile(inner, then: entry))
            }
        } else {
            let loop = emit(.split(0, 0))
            let body = compile(inner, then: loop)
            if isTooLarge { return 0 }
            instructions[loop] = isGreedy ? .split(body, next) : .split(next, body)
            entry = loop
        }
        for _ in 0..<lower where !isTooLarge { entry = compile(inner, then: entry) }
        return entry
    }

    /// A set of scalars as choices between runs of bytes.
    private mutating func compile(_ set: ScalarSet, then next: Int) -> Int {
        var single = [Bool](repeating: false, count: 256)
        var entries: [Int] = []
        for range in set.ranges {
            for bytes in UTF8Ranges.split(range) {
                if bytes.count == 1 {
                    for byte in bytes[0] { single[Int(byte)] = true }
                    continue
                }
                var entry = next
                for part in bytes.reversed() {
                    var flags = [Bool](repeating: false, count: 256)
                    for byte in part { flags[Int(byte)] = true }
                    entry = emit(.byte(table: table(flags), next: entry))
                }
                entries.append(entry)
            }
        }
        if single.contains(true) || entries.isEmpty {
            entries.append(emit(.byte(table: table(single), next: next)))
        }
        return entries.dropFirst().reduce(entries[0]) { emit(.split($1, $0)) }
    }

    private mutating func table(_ flags: [Bool]) -> Int {
        if let known = tableIndexes[flags] { return known }
        tables.append(flags)
        tableIndexes[flags] = tables.count - 1
        return tables.count - 1
    }
}

/// Runs of scalars as runs of UTF-8 bytes: every scalar of a range is one choice of one byte from each part.
enum UTF8Ranges {
    static func split(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        var result: [[ClosedRange<UInt8>]] = []
        // Ranges of one encoded length, without the surrogates.
        for own in [UInt32(0)...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF] {
            let low = max(range.lowerBound, own.lowerBound)
            let high = min(range.upperBound, own.upperBound)
            if low <= high { add(bytes(low), bytes(high), to: &result) }
        }
        return result
    }

    /// Both of one length.
    private static func add(_ low: [UInt8], _ high: [UInt8], to result: inout [[ClosedRange<UInt8>]]) {
        let shared = zip(low, high).prefix { $0 == $1 }.count
        let rest = low.count - shared - 1
        if rest <= 0
            || (low[(shared + 1)...].allSatisfy { $0 == 0x80 } && high[(shared + 1)...].allSatisfy { $0 == 0xBF })
        {
            result.append(zip(low, high).map { $0...$1 })
            return
        }
        // From `low` to the end of its first byte's block, the blocks between, then up to `high`.
        let place = shared
        let lowIsWhole = low[(place + 1)...].allSatisfy { $0 == 0x80 }
        let highIsWhole = high[(place + 1)...].allSatisfy { $0 == 0xBF }
        var (first, last) = (low[place], high[place])
        if !lowIsWhole {
            add(low, Array(low[...place]) + [UInt8](repeating: 0xBF, count: rest), to: &result)
            first += 1
        }
        if !highIsWhole { last -= 1 }
        if first <= last {
            result.append(
                low[..<place].map { $0...$0 } + [first...last]
                    + [ClosedRange<UInt8>](repeating: 0x80...0xBF, count: rest))
        }
        if !highIsWhole {
            add(Array(high[...place]) + [UInt8](repeating: 0x80, count: rest), high, to: &result)
        }
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        guard let scalar = Unicode.Scalar(value) else { preconditionFailure("BUG: \(value) is no scalar") }
        return Array(UTF8.encode(scalar)!)
    }
}
