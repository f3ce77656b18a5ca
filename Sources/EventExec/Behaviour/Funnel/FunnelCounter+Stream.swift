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

    /// Counts the persons of the range that `stream` has been given.
    mutating func addStreamed(_ snapshot: any EventSnapshot) throws(EventSQLError) {
        guard readsEntryValues else { return countPersons() }
        noteEntries()
        try countEntries(snapshot)
    }

    private mutating func countPersons() {
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
        if !task.keepsTimes, !stream.hasTies { return entries.replace(with: stream) }
        entries.removeAll()
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
