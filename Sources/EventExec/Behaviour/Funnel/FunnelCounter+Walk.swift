import EventBase
import EventColumns

extension FunnelCounter {
    /// Whether persons can be folded group by group (`FunnelWalk`): a plain funnel over whole persons, times as they are.
    var canWalk: Bool {
        task.isWhole && task.tieMicros == nil && rules.isDisjoint && (task.breakdown == nil || readsEntryValues)
    }

    /// Counts the persons of a range whose rows come group by group.
    mutating func add(
        _ rows: SelectedRows, starts: [Int], users: ClosedRange<UInt32>, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        walk.run(rows, starts: starts, users: users, rules)
        entries.removeAll()
        for outcome in walk.outcomes {
            findTimes(outcome, rows)
            if readsEntryValues {
                entries.append(times, rows, from: outcome.entryRow, bits: 1)
            } else {
                plain.add(times)
            }
        }
        try countEntries(snapshot)
    }

    /// Fills `times` with the instants of an attempt's steps.
    private mutating func findTimes(_ outcome: FunnelWalk.Outcome, _ rows: SelectedRows) {
        guard let place = outcome.place else {
            times.removeAll(keepingCapacity: true)
            times.append(outcome.attempt.start)
            if outcome.attempt.depth == 2 { times.append(outcome.attempt.completion) }
            return
        }
        person.removeAll()
        for range in walk.ranges[place..<(place + walk.groupCount)] {
            person.times.append(contentsOf: rows.times[range])
            person.masks.append(contentsOf: rows.masks[range])
        }
        fold.stepTimes(outcome.attempt, person, 0..<person.count, into: &times)
    }
}
