import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Counts persons into tallies: one, or one per breakdown value and period of the entry row.
struct FunnelCounter: Sendable {
    /// What one tally is for.
    struct Cell: Hashable, Sendable {
        /// The period's number; 0 without EVERY.
        var period: Int
        /// The breakdown value's number; `RowKey.none` for NULL and without BREAKDOWN.
        var group: UInt32
    }

    /// A person's best attempt, with the value it counts under.
    private struct Outcome {
        var attempt: Attempt
        var times: [Int64]
        var passed: [Int64?]
        var group: UInt32
    }

    /// When a conversion reached each required step, and passed each optional one, and the value it is under.
    struct Conversion: Sendable {
        var times: [Int64]
        var passed: [Int64?]
        var group: UInt32
    }

    let task: FunnelTask
    /// Breakdown values by number.
    let groups: KeyInterner
    private var tallies: [Cell: FunnelTally] = [:]
    var plain: FunnelTally
    /// Of each breakdown value, where those of entries are read after folding.
    private var entryTallies: FunnelGroupTallies
    var fold: FunnelFold
    /// Attempts of a range's persons, where rows are folded as they come.
    var stream: FunnelStream
    /// Attempts whose values are still to be read.
    var entries = FunnelEntries()
    let rules: FunnelRules
    let bitOrder: [Int]
    private let isPlain: Bool
    /// As the task says, asked for every person.
    let readsEntryValues: Bool
    /// The step times of the attempt at hand.
    var times: [Int64] = []

    init(_ task: FunnelTask, groups: KeyInterner) {
        self.task = task
        self.groups = groups
        rules = task.rules
        bitOrder = task.bitOrder
        fold = FunnelFold(rules)
        stream = FunnelStream(rules, keepsTimes: task.keepsTimes)
        plain = FunnelTally(stepCount: task.steps.count)
        entryTallies = FunnelGroupTallies(stepCount: task.steps.count)
        isPlain = task.isWhole && task.breakdown == nil
        readsEntryValues = task.readsEntryValues
    }

    mutating func add(_ persons: PersonRows, _ snapshot: any EventSnapshot) throws(EventSQLError) {
        if readsEntryValues { return try addByEntry(persons, snapshot) }
        let rows = persons.rows
        let starts = persons.starts
        var times: [Int64] = []
        for person in 0..<persons.persons.count {
            let range = starts[person]..<starts[person + 1]
            if isPlain {
                let attempt = fold.fold(rows, range)
                fold.stepTimes(attempt, rows, range, into: &times)
                plain.add(times.span)
            } else {
                try addByCell(persons.persons[person], rows, range)
            }
        }
    }

    /// One attempt of all rows of each person, counted under the value of its entry row.
    private mutating func addByEntry(_ persons: PersonRows, _ snapshot: any EventSnapshot) throws(EventSQLError) {
        entries.removeAll()
        let rows = persons.rows
        let bits = entryBits
        var times: [Int64] = []
        for person in 0..<persons.persons.count {
            let range = persons.starts[person]..<persons.starts[person + 1]
            let attempt = fold.fold(rows, range)
            if attempt.isDropped || attempt.depth == 0 { continue }
            fold.stepTimes(attempt, rows, range, into: &times)
            var entryRows: [UInt64] = []
            var row = lowerBound(rows.times, attempt.start, in: range)
            while row < range.upperBound, rows.times[row] == attempt.start {
                if rows.masks[row] & bits != 0 { entryRows.append(rows.addresses[row]) }
                row += 1
            }
            entries.append(
                times.span, depth: times.count, row: entryRows[0], tied: Array(entryRows.dropFirst()))
        }
        try countEntries(snapshot)
    }

    /// Reads the values of the entries that are waiting and counts their attempts under them.
    mutating func countEntries(_ snapshot: any EventSnapshot) throws(EventSQLError) {
        guard let values = task.breakdown?.values, entries.count > 0 else { return }
        try entries.read(values, groups, snapshot)
        entries.settle(smallest)
        entryTallies.add(entries, keepsTimes: task.keepsTimes)
    }

    /// All tallies that are for something.
    var cells: [Cell: FunnelTally] {
        var cells = tallies
        for (group, tally) in entryTallies.all { cells[Cell(period: 0, group: group)] = tally }
        return cells
    }

    private mutating func addByCell(
        _ person: UInt32, _ rows: SelectedRows, _ range: Range<Int>
    ) throws(EventSQLError) {
        let parts = task.parts(rows, range)
        // Who has no attempt is in no period, and nobody asks where that is.
        if task.every != nil {
            let bits = entryBits
            if !parts.contains(where: { $0.rows.masks.contains { $0 & bits != 0 } }) { return }
        }
        let buckets = try task.buckets(of: person)
        switch task.counting {
        case .persons: addOnce(parts, buckets)
        case .sessions: for part in parts { addOnce([part], buckets) }
        case .entries, .totals: for part in parts { addAttempts(part, buckets) }
        }
    }

    /// Of rows that open an attempt.
    private var entryBits: UInt64 { task.order == .any ? rules.stepBits : 1 }

    /// Counts one attempt: the best of all parts, or of those that enter in each period.
    private mutating func addOnce(_ parts: [FunnelPart], _ buckets: CalendarBuckets?) {
        let only = onlyEntry(parts)
        guard let buckets else {
            count(parts, period: 0, entryRange: only)
            return
        }
        if let only {
            count(parts, period: buckets.bucket(ofMicros: only.lowerBound), entryRange: only)
            return
        }
        var periods: Set<Int> = []
        let bits = entryBits
        for part in parts {
            for row in part.rows.masks.indices where part.rows.masks[row] & bits != 0 {
                periods.insert(buckets.bucket(ofMicros: part.rows.times[row]))
            }
        }
        for period in periods {
            count(parts, period: period, entryRange: buckets.startMicros(period)..<buckets.startMicros(period + 1))
        }
    }

    /// Counts every attempt of a part, each in the period of its entry.
    private mutating func addAttempts(_ part: FunnelPart, _ buckets: CalendarBuckets?) {
        for attempt in attempts(of: part.rows) {
            guard let outcome = outcome(attempt, part) else { continue }
            tally(outcome, period: buckets?.bucket(ofMicros: attempt.start) ?? 0)
        }
    }

    /// The instant of the only row of step 1 that may open an attempt, as a range; nil: every one may.
    private func onlyEntry(_ parts: [FunnelPart]) -> Range<Int64>? {
        guard let entersAt = task.entersAt else { return nil }
        var found: Int64?
        for part in parts {
            let row =
                entersAt == .first
                ? part.rows.masks.firstIndex { $0 & 1 != 0 } : part.rows.masks.lastIndex { $0 & 1 != 0 }
            guard let row else { continue }
            let time = part.rows.times[row]
            found = found.map { entersAt == .first ? min($0, time) : max($0, time) } ?? time
        }
        let instant = found ?? Int64.max - 1
        return instant..<(instant + 1)
    }

    /// The person's reported attempt with its step times, over all parts.
    mutating func bestAttempt(_ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        let parts = task.parts(rows, range)
        fold = FunnelFold(rules, entryRange: onlyEntry(parts))
        var best = Attempt()
        for part in parts {
            let attempt = fold.fold(part.rows, 0..<part.rows.count)
            if attempt.isDropped { return Attempt() }
            if attempt.isBetter(than: best) { best = attempt }
        }
        return best
    }

    /// The person's reported attempt, or one for each value where rows are parted by it, with the values.
    mutating func bestByValue(_ rows: SelectedRows, _ range: Range<Int>) -> [(attempt: Attempt, group: UInt32)] {
        let parts = task.parts(rows, range)
        return (best(parts, entryRange: onlyEntry(parts)) ?? [:]).values.map { ($0.attempt, $0.group) }
    }

    /// Every conversion that is counted.
    mutating func conversions(_ rows: SelectedRows, _ range: Range<Int>) -> [Conversion] {
        var found: [Outcome] = []
        let parts = task.parts(rows, range)
        let each = task.counting == .sessions ? parts.map { [$0] } : [parts]
        if task.counting == .persons || task.counting == .sessions {
            for parts in each {
                // More than one only where rows are parted by value.
                found += (best(parts, entryRange: onlyEntry(parts)) ?? [:]).values
            }
        } else {
            for part in parts {
                for attempt in attempts(of: part.rows) {
                    if let outcome = outcome(attempt, part) { found.append(outcome) }
                }
            }
        }
        return found.filter { $0.times.count == rules.stepCount }
            .map { Conversion(times: $0.times, passed: $0.passed, group: $0.group) }
    }

    /// Attempts as `counting` wants them: one for each row of step 1, or each behind the last (S15).
    private mutating func attempts(of rows: SelectedRows) -> [Attempt] {
        var found: [Attempt] = []
        let bits = entryBits
        var free = Int64.min
        for row in rows.masks.indices where rows.masks[row] & bits != 0 && rows.times[row] >= free {
            let start = rows.times[row]
            fold = FunnelFold(rules, entryRange: start..<(start + 1))
            let attempt = fold.fold(rows, 0..<rows.count)
            if attempt.isDropped { return [] }
            if attempt.depth == 0 { continue }
            found.append(attempt)
            if task.counting == .totals {
                free = (attempt.depth == rules.stepCount ? attempt.completion : start + rules.windowMicros) + 1
            }
        }
        return found
    }

    private mutating func outcome(_ attempt: Attempt, _ part: FunnelPart) -> Outcome? {
        if attempt.depth == 0 { return nil }
        fold.stepTimes(attempt, part.rows, 0..<part.rows.count, into: &times)
        let group = self.group(of: part.rows, times: times) ?? part.group
        let passed = fold.optionalTimes(times, part.rows, 0..<part.rows.count)
        return Outcome(attempt: attempt, times: times, passed: passed, group: group)
    }

    private mutating func count(_ parts: [FunnelPart], period: Int, entryRange: Range<Int64>?) {
        for outcome in (best(parts, entryRange: entryRange) ?? [:]).values { tally(outcome, period: period) }
    }

    /// The best outcome of each breakdown value that rows are parted by; nil when an exclusion takes the person out.
    private mutating func best(_ parts: [FunnelPart], entryRange: Range<Int64>?) -> [UInt32: Outcome]? {
        var best: [UInt32: Outcome] = [:]
        fold = FunnelFold(rules, entryRange: entryRange)
        for part in parts {
            let attempt = fold.fold(part.rows, 0..<part.rows.count)
            if attempt.isDropped { return nil }
            guard let outcome = outcome(attempt, part) else { continue }
            if let known = best[part.group], !isBetter(outcome, than: known) { continue }
            best[part.group] = outcome
        }
        return best
    }

    private mutating func tally(_ outcome: Outcome, period: Int) {
        let cell = Cell(period: period, group: outcome.group)
        // Taken out and put back, so that the samples are not copied.
        var tally = tallies.removeValue(forKey: cell) ?? FunnelTally(stepCount: task.steps.count)
        for (index, time) in outcome.times.enumerated() {
            tally.add(
                step: bitOrder[index], time: time, before: outcome.times[max(0, index - 1)], start: outcome.times[0])
        }
        for (index, time) in outcome.passed.enumerated() {
            guard let time else { continue }
            tally.add(
                step: bitOrder[rules.stepCount + index], time: time,
                before: outcome.times[rules.optionals[index].after - 1], start: outcome.times[0])
        }
        tallies[cell] = tally
    }

    /// Of attempts that are equal in every respect but the value, the one with the smallest value is reported.
    private func isBetter(_ a: Outcome, than b: Outcome) -> Bool {
        if a.attempt != b.attempt { return a.attempt.isBetter(than: b.attempt) }
        if a.times != b.times { return a.times.lexicographicallyPrecedes(b.times) }
        if a.passed != b.passed {
            let counts = (a.passed.count { $0 != nil }, b.passed.count { $0 != nil })
            if counts.0 != counts.1 { return counts.0 > counts.1 }
            return a.passed.map { $0 ?? .max }.lexicographicallyPrecedes(b.passed.map { $0 ?? .max })
        }
        return a.group != b.group && smallest([a.group, b.group]) == a.group
    }
}
