import EventBase
import EventColumns

extension FunnelCounter {
    /// Whether rows can be folded as they come from their row groups (`FunnelStream`): a plain funnel over whole persons,
    /// of so few steps that a record is small.
    var canStream: Bool {
        task.isWhole && task.tieMicros == nil && rules.isDisjoint && (task.breakdown == nil || readsEntryValues)
            && rules.stepCount <= Self.streamStepCountMax
    }

    /// A record grows with the square of its steps; beyond this many, bringing a person's rows together is cheaper.
    private static let streamStepCountMax = 8

    /// Counts the persons of a range of users, whose rows in each row group are given.
    mutating func addStreamed(
        _ runs: [SelectedRows], users: ClosedRange<UInt32>, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        var next = [Int](repeating: 0, count: runs.count)
        entries.removeAll()
        for first in stride(
            from: Int(users.lowerBound), through: Int(users.upperBound), by: FunnelStream.blockPersonCount)
        {
            let last = min(first + FunnelStream.blockPersonCount - 1, Int(users.upperBound))
            stream.begin(UInt32(first)...UInt32(last))
            for group in runs.indices { next[group] = stream.add(runs[group], from: next[group]) }
            if readsEntryValues { noteEntries() } else { countBlock() }
        }
        if readsEntryValues { try countEntries(snapshot) }
    }

    private mutating func countBlock() {
        let words = stream.words
        for person in 0..<stream.personCount {
            let depth = stream.depth(of: person)
            if depth > 1, task.keepsTimes {
                plain.add(words.span.extracting(stream.times(of: person)))
            } else if depth > 0 {
                plain.add(depth: depth)
            }
        }
    }

    private mutating func noteEntries() {
        let words = stream.words
        for person in 0..<stream.personCount {
            let depth = stream.depth(of: person)
            if depth <= 0 { continue }
            let entry = stream.entryRow(of: person)
            entries.append(
                words.span.extracting(stream.times(of: person)), depth: depth, row: entry,
                tied: stream.rows(tiedWith: entry))
        }
    }
}
