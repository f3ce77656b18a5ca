/// Folds plain funnels over rows as they come from their row groups, without bringing each person's rows together first:
/// the attempts of a block of persons are kept (`DisjointAutomaton`), and each group's rows move them on.
///
/// Every group's rows are sorted by (user, time), and a later group's rows are later.
struct FunnelStream: Sendable {
    /// The records of so many persons stay in a core's second-level cache while all groups' rows pass them.
    static let blockPersonCount = 1024

    private let automaton: DisjointAutomaton
    private let recordSize: Int
    /// All records; `times(of:)` says where what lies.
    private(set) var words: [Int64]
    private var firstUser: UInt32 = 0
    private(set) var personCount = 0
    /// Rows that opened an attempt at the same instant as the row of the key: next to none.
    private var tied: [UInt64: [UInt64]] = [:]

    /// - Parameter keepsTimes: whether anybody asks when steps were reached.
    init(_ rules: FunnelRules, keepsTimes: Bool) {
        automaton = DisjointAutomaton(rules, keepsTimes: keepsTimes)
        recordSize = automaton.layout.wordCount
        words = Array(repeating: 0, count: Self.blockPersonCount * recordSize)
    }

    /// Forgets the persons before. At most `blockPersonCount` users follow each other.
    mutating func begin(_ users: ClosedRange<UInt32>) {
        precondition(users.count <= Self.blockPersonCount, "BUG: more persons than a block has records")
        firstUser = users.lowerBound
        personCount = users.count
        tied.removeAll()
        let (automaton, recordSize, count) = (automaton, recordSize, personCount)
        var records = words.mutableSpan
        for person in 0..<count { automaton.begin(&records, person * recordSize) }
    }

    /// Takes the rows of the block's users in one group, from row `start` on, which is the first of them; answers the first row
    /// behind them.
    mutating func add(_ rows: SelectedRows, from start: Int) -> Int {
        let (automaton, users) = (automaton, firstUser..<(firstUser + UInt32(personCount)))
        var ties: [(first: Int, row: Int)] = []
        var records = words.mutableSpan
        let end =
            switch (automaton.hasExclusions, automaton.layout.keepsTimes) {
            case (true, true):
                fold(rows, from: start, users, automaton, excluding: true, keepsTimes: true, &records, &ties)
            case (true, false):
                fold(rows, from: start, users, automaton, excluding: true, keepsTimes: false, &records, &ties)
            case (false, true):
                fold(rows, from: start, users, automaton, excluding: false, keepsTimes: true, &records, &ties)
            case (false, false):
                fold(rows, from: start, users, automaton, excluding: false, keepsTimes: false, &records, &ties)
            }
        if rows.addresses.isEmpty { return end }
        for tie in ties { tied[rows.addresses[tie.first], default: []].append(rows.addresses[tie.row]) }
        return end
    }

    /// The steps a person has reached; less than one where nothing is counted.
    func depth(of person: Int) -> Int { Int(words[person &* recordSize]) }

    /// Where in `words` the instants lie at which a person's reported attempt reached its steps; empty where they are not kept.
    func times(of person: Int) -> Range<Int> {
        let start = person * recordSize + FunnelRecordLayout.times
        return start..<(start + (automaton.layout.keepsTimes ? depth(of: person) : 0))
    }

    /// The row that opened the reported attempt of a person.
    func entryRow(of person: Int) -> UInt64 {
        UInt64(bitPattern: words[person * recordSize + FunnelRecordLayout.entry])
    }

    /// Other rows of the same instant that would have opened it.
    func rows(tiedWith entryRow: UInt64) -> [UInt64] { tied.isEmpty ? [] : tied[entryRow] ?? [] }
}

/// The loop over rows, once for each pair of literal values of `excluding` and `keepsTimes`.
@inline(__always)
private func fold(
    _ rows: SelectedRows, from start: Int, _ block: Range<UInt32>, _ automaton: DisjointAutomaton, excluding: Bool,
    keepsTimes: Bool, _ records: inout MutableSpan<Int64>, _ ties: inout [(first: Int, row: Int)]
) -> Int {
    let (users, times, masks, addresses) = (
        rows.users.span, rows.times.span, rows.masks.span, rows.addresses.span
    )
    let count = times.count
    precondition(users.count == count && masks.count == count, "BUG: columns of different lengths")
    let recordSize = automaton.layout.wordCount
    let hasAddresses = addresses.count == count
    var row = start
    while row < count {
        let user = users[row]
        if user >= block.upperBound { break }
        let record = Int(user &- block.lowerBound) &* recordSize
        while row < count, users[row] == user {
            let time = times[row]
            var mask = masks[row]
            var entry = row
            row &+= 1
            while row < count, times[row] == time, users[row] == user {
                if mask & 1 == 0 { entry = row } else if masks[row] & 1 != 0 { ties.append((entry, row)) }
                mask |= masks[row]
                row &+= 1
            }
            if automaton.isDecided(records, record) {
                while row < count, users[row] == user { row &+= 1 }
                break
            }
            let address = hasAddresses ? addresses[entry] : 0
            if mask == 1 {
                automaton.open(at: time, entry: address, keepsTimes: keepsTimes, &records, record)
                row = lastOpener(of: user, users, times, masks, from: row)
            } else if excluding {
                automaton.takeExcluding(mask, at: time, entry: address, keepsTimes: keepsTimes, &records, record)
            } else {
                automaton.take(mask, at: time, entry: address, keepsTimes: keepsTimes, &records, record)
            }
        }
    }
    return row
}

/// Of a user's rows that do nothing but open an attempt, one after another from `row` on, the last one: it can do whatever those
/// before it could, and none of them is the first. A row of another kind, or at the instant of the next one, is answered as it is.
@inline(__always)
private func lastOpener(
    of user: UInt32, _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, from row: Int
) -> Int {
    var row = row
    while row &+ 1 < users.count, masks[row] & masks[row &+ 1] == 1, masks[row] | masks[row &+ 1] == 1,
        users[row] == user, users[row &+ 1] == user, times[row] != times[row &+ 1]
    { row &+= 1 }
    return row
}
