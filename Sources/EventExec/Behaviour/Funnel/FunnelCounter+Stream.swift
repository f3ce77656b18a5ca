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
        if readsEntryValues {
            entries.removeAll()
            for person in 0..<stream.personCount where stream.depth(of: person) > 0 {
                let entry = stream.entryRow(of: person)
                entries.append(stream.times(of: person), row: entry, tied: stream.rows(tiedWith: entry))
            }
            return try countEntries(snapshot)
        }
        for person in 0..<stream.personCount {
            let depth = stream.depth(of: person)
            if depth == 1 { plain.addEntrant() }
            if depth > 1 { plain.add(stream.times(of: person)) }
        }
    }
}
