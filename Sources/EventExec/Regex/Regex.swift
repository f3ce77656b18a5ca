import EventBase

/// A regular expression made ready to run: RE2's syntax, time in proportion to the text, the leftmost match, of those the
/// one that the pattern's own order prefers (as Perl's and RE2's).
///
/// - Threads: one owner at a time; `matches` remembers states of its automaton.
final class RegularExpression {
    private let program: RegexProgram
    private var automaton: RegexAutomaton?
    private var threads: RegexThreads

    var groupCount: Int { program.groupCount }

    init(_ pattern: String, flags: RegexParser.RegexFlags = .init()) throws(RegexFailure) {
        var parser = RegexParser(pattern, flags: flags)
        let node = try parser.parse()
        program = try RegexProgram(node, groupCount: parser.groupCount)
        automaton = program.hasInnerAssertion ? nil : RegexAutomaton(program)
        threads = RegexThreads(program)
    }

    /// Whether the text holds a match.
    /// - Complexity: O(text); one table look-up a byte once the automaton's states are known.
    func matches(_ text: [UInt8]) -> Bool {
        if automaton != nil { return automaton!.matches(text) }
        return threads.find(in: text, from: 0, program) != nil
    }

    /// Beginning and end of the first match from `start` on and of its groups, -1 for groups that took no part.
    /// - Complexity: O(text x pattern).
    func find(in text: [UInt8], from start: Int) -> [Int]? {
        if start == 0, automaton != nil, !automaton!.matches(text) { return nil }
        return threads.find(in: text, from: start, program)
    }

    /// All matches, one behind the other; an empty one does not touch the match before it.
    func findAll(in text: [UInt8], _ body: ([Int]) -> Bool) {
        var start = 0
        var lastEnd = -1
        while start <= text.count, let match = find(in: text, from: start) {
            if match[0] == match[1], match[0] == lastEnd {
                start = Self.next(in: text, after: match[1])
                continue
            }
            if !body(match) { return }
            lastEnd = match[1]
            start = match[1] == match[0] ? Self.next(in: text, after: match[1]) : match[1]
        }
    }

    /// The place behind one scalar.
    private static func next(in text: [UInt8], after place: Int) -> Int {
        var next = place + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}

/// The program as a deterministic automaton whose states are made as texts need them.
struct RegexAutomaton {
    private let program: RegexProgram
    private var states: [[Int]: Int] = [:]
    private var members: [[Int]] = []
    /// Next state by state and byte, -1 while unknown.
    private var steps: [Int32] = []
    private var isMatch: [Bool] = []
    private var isMatchAtEnd: [Bool] = []
    /// Beyond it all states are forgotten: memory stays bounded, time linear.
    private static let stateCountMax = 1000

    init(_ program: RegexProgram) { self.program = program }

    mutating func matches(_ text: [UInt8]) -> Bool {
        var state = self.state(closure([program.start], atStart: true, atEnd: false))
        for byte in text {
            if isMatch[state] { return true }
            let slot = state << 8 | Int(byte)
            let known = steps[slot]
            state = known >= 0 ? Int(known) : step(from: state, byte, slot)
        }
        return isMatch[state] || (text.isEmpty ? isEmptyMatch() : isMatchAtEnd[state])
    }

    /// Both ends are at one place only in the empty text.
    private func isEmptyMatch() -> Bool { closure([program.start], atStart: true, atEnd: true).contains(0) }

    private mutating func step(from state: Int, _ byte: UInt8, _ slot: Int) -> Int {
        var next: [Int] = []
        for member in members[state] {
            if case .byte(let table, let target) = program.instructions[member], program.tables[table][Int(byte)] {
                next.append(target)
            }
        }
        // A match may begin at every place.
        next.append(program.start)
        let found = closure(next, atStart: false, atEnd: false)
        if members.count >= Self.stateCountMax {
            (states, members, steps, isMatch, isMatchAtEnd) = ([:], [], [], [], [])
            return self.state(found)
        }
        let target = self.state(found)
        steps[slot] = Int32(target)
        return target
    }

    private mutating func state(_ members: [Int]) -> Int {
        if let known = states[members] { return known }
        let number = self.members.count
        states[members] = number
        self.members.append(members)
        steps += [Int32](repeating: -1, count: 256)
        isMatch.append(members.contains(0))
        isMatchAtEnd.append(closure(members, atStart: false, atEnd: true).contains(0))
        return number
    }

    /// Instructions that wait for a byte, an end or are the match (number 0), ascending.
    private func closure(_ entries: [Int], atStart: Bool, atEnd: Bool) -> [Int] {
        var seen = Set<Int>()
        var open = entries
        var result: [Int] = []
        while let place = open.popLast() {
            guard seen.insert(place).inserted else { continue }
            switch program.instructions[place] {
            case .byte, .match: result.append(place)
            case .split(let a, let b): open += [b, a]
            case .save(_, let next): open.append(next)
            case .assertion(.textStart, let next): if atStart { open.append(next) }
            case .assertion(_, let next):
                if atEnd { open.append(next) } else { result.append(place) }
            }
        }
        return result.sorted()
    }
}
