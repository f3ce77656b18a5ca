/// Folds plain funnels over rows as they come from their row groups, without bringing each person's rows together first:
/// the attempts of every person of a range are kept (`DisjointAutomaton`), and each group's rows move them on while they are in
/// the cache.
///
/// Every group's rows are sorted by (user, time), and a later group's rows are later.
struct FunnelStream: Sendable {
    private let automaton: DisjointAutomaton
    private let recordSize: Int
    /// All records; `times(of:)` says where what lies.
    private(set) var words: [Int64] = []
    private var firstUser: UInt32 = 0
    private(set) var personCount = 0
    /// Rows that opened an attempt at the same instant as the row of the key: next to none.
    private var tied: [UInt64: [UInt64]] = [:]

    /// - Parameter keepsTimes: whether anybody asks when steps were reached.
    init(_ rules: FunnelRules, keepsTimes: Bool) {
        automaton = DisjointAutomaton(rules, keepsTimes: keepsTimes)
        recordSize = automaton.layout.wordCount
    }

    /// Forgets the range before.
    mutating func begin(_ users: ClosedRange<UInt32>) {
        firstUser = users.lowerBound
        personCount = users.count
        tied.removeAll()
        let (automaton, recordSize, count) = (automaton, recordSize, users.count)
        if words.count < count * recordSize { words = Array(repeating: 0, count: count * recordSize) }
        var records = words.mutableSpan
        for person in 0..<count { automaton.begin(&records, person * recordSize) }
    }

    /// Takes the rows of the range in one group.
    mutating func add(_ rows: SelectedRows) {
        let (automaton, firstUser) = (automaton, firstUser)
        var ties: [(first: Int, row: Int)] = []
        var records = words.mutableSpan
        switch (automaton.hasExclusions, automaton.layout.keepsTimes) {
        case (false, true): fold(rows, firstUser, automaton, TimedFunnel.self, &records, &ties)
        case (false, false): fold(rows, firstUser, automaton, CountedFunnel.self, &records, &ties)
        case (true, true): fold(rows, firstUser, automaton, TimedExcludingFunnel.self, &records, &ties)
        case (true, false): fold(rows, firstUser, automaton, CountedExcludingFunnel.self, &records, &ties)
        }
        if rows.addresses.isEmpty { return }
        for tie in ties { tied[rows.addresses[tie.first], default: []].append(rows.addresses[tie.row]) }
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

/// The loop over rows, once for each kind of funnel.
private func fold<Kind: FunnelKind>(
    _ rows: SelectedRows, _ firstUser: UInt32, _ automaton: DisjointAutomaton, _ kind: Kind.Type,
    _ records: inout MutableSpan<Int64>, _ ties: inout [(first: Int, row: Int)]
) {
    let (users, times, masks, addresses) = (
        rows.users.span, rows.times.span, rows.masks.span, rows.addresses.span
    )
    let count = times.count
    precondition(users.count == count && masks.count == count, "BUG: columns of different lengths")
    let recordSize = automaton.layout.wordCount
    let hasAddresses = addresses.count == count
    var row = 0
    while row < count {
        let (user, time) = (users[row], times[row])
        let record = Int(user &- firstUser) &* recordSize
        var mask = masks[row]
        var entry = row
        row &+= 1
        // No loop over a person's rows: where it ends is a coin toss to a processor. Rows of one instant are rare.
        while row < count, times[row] == time, users[row] == user {
            if mask & 1 == 0 { entry = row } else if masks[row] & 1 != 0 { ties.append((entry, row)) }
            mask |= masks[row]
            row &+= 1
        }
        if automaton.isDecided(records, record) { continue }
        let address = hasAddresses ? addresses[entry] : 0
        if mask == 1 {
            automaton.open(at: time, entry: address, kind, &records, record)
        } else if !kind.keepsTimes, automaton.meetsOneLaterStep(mask) {
            automaton.takeLater(mask.trailingZeroBitCount, at: time, &records, record)
        } else if kind.excludes {
            automaton.takeExcluding(mask, at: time, entry: address, kind, &records, record)
        } else {
            automaton.take(mask, at: time, entry: address, kind, &records, record)
        }
    }
}
