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

    let task: FunnelTask
    let keys: RowKeyReader?
    private(set) var tallies: [Cell: FunnelTally] = [:]
    private(set) var plain: FunnelTally
    private var fold: FunnelFold
    private let rules: FunnelRules
    private let bitOrder: [Int]
    private let isPlain: Bool
    private var times: [Int64] = []

    init(_ task: FunnelTask, keys: RowKeyReader?) {
        self.task = task
        self.keys = keys
        rules = task.rules
        bitOrder = task.bitOrder
        fold = FunnelFold(rules)
        plain = FunnelTally(stepCount: task.steps.count)
        isPlain = keys == nil && task.every == nil && rules.optionals.isEmpty && !task.entersOnce
    }

    mutating func add(_ persons: PersonRows) {
        let rows = persons.rows
        let starts = persons.starts
        for person in 0..<persons.persons.count {
            let range = starts[person]..<starts[person + 1]
            if isPlain {
                let attempt = fold.fold(rows, range)
                fold.stepTimes(attempt, rows, range, into: &times)
                plain.add(times)
            } else {
                addByCell(rows, range)
            }
        }
    }

    private mutating func addByCell(_ rows: SelectedRows, _ range: Range<Int>) {
        let parts = partition(rows, range)
        guard let every = task.every else {
            count(parts, period: 0, entryRange: task.entersOnce ? firstEntry(rows, range) : nil)
            return
        }
        let buckets = CalendarBuckets(unit: every)
        let entryBits = task.order == .any ? rules.stepBits : 1
        var last: Int?
        for row in range where rows.masks[row] & entryBits != 0 {
            let bucket = buckets.bucket(ofMicros: rows.times[row])
            if bucket == last { continue }
            last = bucket
            count(parts, period: bucket, entryRange: buckets.startMicros(bucket)..<buckets.startMicros(bucket + 1))
        }
    }

    /// The instant of the first row of step 1, as a range.
    private func firstEntry(_ rows: SelectedRows, _ range: Range<Int>) -> Range<Int64> {
        let row = range.first { rows.masks[$0] & 1 != 0 } ?? range.lowerBound
        return rows.times[row]..<(rows.times[row] + 1)
    }

    /// The person's reported attempt, whichever held values it has.
    func bestAttempt(_ fold: inout FunnelFold, _ rows: SelectedRows, _ range: Range<Int>) -> Attempt {
        if task.hold.isEmpty && !task.entersOnce { return fold.fold(rows, range) }
        if task.entersOnce {
            var narrowed = rules
            narrowed.entryRange = firstEntry(rows, range)
            fold = FunnelFold(narrowed)
        }
        var best = Attempt()
        for part in partition(rows, range) {
            let attempt = fold.fold(part.rows, 0..<part.rows.count)
            if attempt.isDropped { return Attempt() }
            if attempt.isBetter(than: best) { best = attempt }
        }
        return best
    }

    /// The rows that belong together: all, or those with the same held values (and breakdown value for ALL).
    private func partition(_ rows: SelectedRows, _ range: Range<Int>) -> [(group: UInt32, rows: SelectedRows)] {
        let byGroup = task.breakdown?.attribution == .all
        if task.hold.isEmpty && !byGroup {
            var all = SelectedRows()
            all.append(contentsOf: rows, range)
            return [(RowKey.none, all)]
        }
        var parts: [UInt64: [Int]] = [:]
        for row in range {
            let key = RowKey(raw: rows.keys[row])
            parts[RowKey(group: byGroup ? key.group : RowKey.none, hold: key.hold).raw, default: []].append(row)
        }
        return parts.map { (RowKey(raw: $0.key).group, rows.gathered($0.value)) }
    }

    private mutating func count(
        _ parts: [(group: UInt32, rows: SelectedRows)], period: Int, entryRange: Range<Int64>?
    ) {
        var best: [UInt32: Outcome] = [:]
        if entryRange != nil {
            var narrowed = rules
            narrowed.entryRange = entryRange
            fold = FunnelFold(narrowed)
        }
        for part in parts {
            let range = 0..<part.rows.count
            let attempt = fold.fold(part.rows, range)
            if attempt.isDropped { return }
            if attempt.depth == 0 { continue }
            fold.stepTimes(attempt, part.rows, range, into: &times)
            let group = self.group(of: part.rows) ?? part.group
            let outcome = Outcome(
                attempt: attempt, times: times, passed: fold.optionalTimes(times, part.rows, range), group: group)
            if let known = best[part.group], !isBetter(outcome, than: known) { continue }
            best[part.group] = outcome
        }
        for outcome in best.values { tally(outcome, period: period) }
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
        return a.group != b.group && smallest([a.group, b.group]) == a.group
    }

    /// The breakdown value of the attempt whose step times are in `times`; nil where rows were parted by value (S19).
    private func group(of rows: SelectedRows) -> UInt32? {
        guard let breakdown = task.breakdown else { return nil }
        let candidates: [Int]
        switch breakdown.attribution {
        case .all: return nil
        case .entry:
            let bits = task.order == .any ? rules.stepBits : 1
            candidates = rowsWithValue(rows, at: times[0], bits)
        case .step(let index):
            guard let bit = bitOrder.firstIndex(of: index), bit < times.count else { return RowKey.none }
            candidates = rowsWithValue(rows, at: times[bit], 1 << UInt64(bit))
        case .first, .last:
            let known = rows.times.indices.filter { RowKey(raw: rows.keys[$0]).group != RowKey.none }
            guard let row = breakdown.attribution == .first ? known.first : known.last else { return RowKey.none }
            candidates = known.filter { rows.times[$0] == rows.times[row] }
        }
        return smallest(candidates.map { RowKey(raw: rows.keys[$0]).group })
    }

    private func rowsWithValue(_ rows: SelectedRows, at time: Int64, _ bits: UInt64) -> [Int] {
        let first = lowerBound(rows.times, time)
        return (first..<rows.count).prefix { rows.times[$0] == time }.filter { rows.masks[$0] & bits != 0 }
    }

    /// The smallest value where rows of one instant differ, so that the answer does not depend on their order.
    private func smallest(_ groups: [UInt32]) -> UInt32 {
        let distinct = Set(groups).subtracting([RowKey.none])
        guard let first = distinct.first else { return RowKey.none }
        if distinct.count == 1 { return first }
        let values = keys?.groups.values ?? []
        return distinct.min { values[Int($0)].precedes(values[Int($1)]) } ?? first
    }
}

extension Value {
    /// A total order inside one type: numbers by size, text by bytes.
    func precedes(_ other: Value) -> Bool {
        switch (self, other) {
        case (.int64(let a), .int64(let b)), (.timestamp(let a), .timestamp(let b)), (.date(let a), .date(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        default: breakdownText.utf8.lexicographicallyPrecedes(other.breakdownText.utf8)
        }
    }

    /// The value as a breakdown column shows it.
    var breakdownText: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .int64(let value): String(value)
        case .double(let value): "\(value)"
        case .string(let text), .json(let text): text
        case .timestamp(let micros): TimestampText.print(micros: micros)
        case .date(let day): TimestampText.print(day: Int(day))
        case .interval(let interval): "\(interval.months) months \(interval.days) days \(interval.micros) us"
        }
    }
}
