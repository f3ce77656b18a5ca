/// Folds plain funnels over rows as they come from their row groups, without bringing each person's rows together first:
/// the attempts of every person of a range are kept (`DisjointAutomaton`), and each group's rows move them on.
///
/// Every group's rows are sorted by (user, time), and a later group's rows are later.
struct FunnelStream: Sendable {
    private let automaton: DisjointAutomaton
    private let recordSize: Int
    private var words: [Int64] = []
    private var firstUser: UInt32 = 0
    private(set) var personCount = 0
    /// Rows that opened an attempt at the same instant as the row of the key: next to none.
    private var tied: [UInt64: [UInt64]] = [:]

    init(_ rules: FunnelRules) {
        automaton = DisjointAutomaton(rules)
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
        if automaton.hasExclusions {
            fold(
                rows.users.span, rows.times.span, rows.masks.span, rows.addresses.span, firstUser, automaton,
                excluding: true,
                &records, &ties)
        } else {
            fold(
                rows.users.span, rows.times.span, rows.masks.span, rows.addresses.span, firstUser, automaton,
                excluding: false,
                &records, &ties)
        }
        if rows.addresses.isEmpty { return }
        for tie in ties { tied[rows.addresses[tie.first], default: []].append(rows.addresses[tie.row]) }
    }

    /// The steps a person has reached; less than one where nothing is counted.
    func depth(of person: Int) -> Int { Int(words[person &* recordSize]) }

    /// When the reported attempt of a person reached its steps.
    func times(of person: Int) -> ArraySlice<Int64> {
        let start = person * recordSize + FunnelRecordLayout.times
        return words[start..<(start + depth(of: person))]
    }

    /// The row that opened the reported attempt of a person.
    func entryRow(of person: Int) -> UInt64 {
        UInt64(bitPattern: words[person * recordSize + FunnelRecordLayout.entry])
    }

    /// Other rows of the same instant that would have opened it.
    func rows(tiedWith entryRow: UInt64) -> [UInt64] { tied.isEmpty ? [] : tied[entryRow] ?? [] }
}

/// The loop over rows, once for each literal value of `excluding`.
@inline(__always)
private func fold(
    _ users: Span<UInt32>, _ times: Span<Int64>, _ masks: Span<UInt64>, _ addresses: Span<UInt64>,
    _ firstUser: UInt32, _ automaton: DisjointAutomaton, excluding: Bool, _ records: inout MutableSpan<Int64>,
    _ ties: inout [(first: Int, row: Int)]
) {
    let count = times.count
    precondition(users.count == count && masks.count == count, "BUG: columns of different lengths")
    let recordSize = automaton.layout.wordCount
    let hasAddresses = addresses.count == count
    var row = 0
    while row < count {
        let user = users[row]
        let record = Int(user &- firstUser) &* recordSize
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
            if automaton.isDecided(records, record) { continue }
            let address = hasAddresses ? addresses[entry] : 0
            if mask == 1 {
                automaton.open(at: time, entry: address, &records, record)
            } else if excluding {
                automaton.takeExcluding(mask, at: time, entry: address, &records, record)
            } else {
                automaton.take(mask, at: time, entry: address, &records, record)
            }
        }
    }
}
