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
    /// The last instant of the granule before, of which rows may follow.
    private var open: FunnelInstant?

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

    /// Takes the rows of the range in one granule of the group at hand, the first of them at address `origin` less its row.
    mutating func add(_ rows: PickedRows, origin: UInt64) {
        let (automaton, firstUser) = (automaton, firstUser)
        var last = open
        var ties: [FunnelInstant.Tie] = []
        var records = words.mutableSpan
        switch (automaton.hasExclusions, automaton.layout.keepsTimes) {
        case (false, true): fold(rows, origin, firstUser, automaton, TimedFunnel.self, &last, &records, &ties)
        case (false, false): fold(rows, origin, firstUser, automaton, CountedFunnel.self, &last, &records, &ties)
        case (true, true): fold(rows, origin, firstUser, automaton, TimedExcludingFunnel.self, &last, &records, &ties)
        case (true, false):
            fold(rows, origin, firstUser, automaton, CountedExcludingFunnel.self, &last, &records, &ties)
        }
        open = last
        for tie in ties { tied[tie.first, default: []].append(tie.other) }
    }

    /// Ends the group at hand: the next one's rows are later.
    mutating func endGroup() {
        guard let last = open else { return }
        open = nil
        let (automaton, record) = (automaton, Int(last.user &- firstUser) * recordSize)
        var records = words.mutableSpan
        switch (automaton.hasExclusions, automaton.layout.keepsTimes) {
        case (false, true): automaton.take(last, TimedFunnel.self, &records, record)
        case (false, false): automaton.take(last, CountedFunnel.self, &records, record)
        case (true, true): automaton.take(last, TimedExcludingFunnel.self, &records, record)
        case (true, false): automaton.take(last, CountedExcludingFunnel.self, &records, record)
        }
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

    /// Whether an attempt was opened by several rows.
    var hasTies: Bool { !tied.isEmpty }

    /// Writes the depths and the entry rows of all attempts that count to the front of arrays that have room for all persons, and
    /// answers how many there are.
    func writeAttempts(_ depths: inout [Int], _ entryRows: inout [UInt64]) -> Int {
        attempts(words.span, recordSize, personCount, &depths, &entryRows)
    }

    /// Other rows of the same instant that would have opened it.
    func rows(tiedWith entryRow: UInt64) -> [UInt64] { tied.isEmpty ? [] : tied[entryRow] ?? [] }
}

/// The loop over a granule's rows, once for each kind of funnel.
/// - Parameter open: the last instant of the granule before, of which rows may follow; the last one here afterwards.
private func fold<Kind: FunnelKind>(
    _ rows: PickedRows, _ origin: UInt64, _ firstUser: UInt32, _ automaton: DisjointAutomaton, _ kind: Kind.Type,
    _ open: inout FunnelInstant?, _ records: inout MutableSpan<Int64>, _ ties: inout [FunnelInstant.Tie]
) {
    let (users, times, masks, places) = (rows.users.span, rows.times.span, rows.masks.span, rows.rows.span)
    let count = times.count
    precondition(
        users.count == count && masks.count == count && places.count == count, "BUG: columns of different lengths")
    if count == 0 { return }
    let recordSize = automaton.layout.wordCount
    var row = open == nil ? 1 : 0
    var instant =
        open ?? FunnelInstant(user: users[0], time: times[0], mask: masks[0], entry: origin &+ UInt64(places[0]))
    // No loop over a person's rows: where it ends is a coin toss to a processor. Rows of one instant are rare.
    while row < count {
        let (user, time, mask, address) = (users[row], times[row], masks[row], origin &+ UInt64(places[row]))
        row &+= 1
        if time == instant.time, user == instant.user {
            instant.add(mask, at: address, &ties)
            continue
        }
        automaton.take(instant, kind, &records, Int(instant.user &- firstUser) &* recordSize)
        instant = FunnelInstant(user: user, time: time, mask: mask, entry: address)
    }
    open = instant
}

/// Every person is written and the cursor moves on only past those with an attempt, so there is no branch to mispredict.
private func attempts(
    _ words: Span<Int64>, _ recordSize: Int, _ personCount: Int, _ depths: inout [Int], _ entryRows: inout [UInt64]
) -> Int {
    var depthSpan = depths.mutableSpan
    var rowSpan = entryRows.mutableSpan
    var (out, record) = (0, 0)
    for _ in 0..<personCount {
        let depth = words[record &+ FunnelRecordLayout.depth]
        depthSpan[out] = Int(depth)
        rowSpan[out] = UInt64(bitPattern: words[record &+ FunnelRecordLayout.entry])
        out &+= depth > 0 ? 1 : 0
        record &+= recordSize
    }
    return out
}
