import EventBase
import EventColumns

/// sum of INTERVAL: months, days and microseconds each on their own.
final class IntervalSumAccumulator: SummableAccumulator {
    private let position: SourcePosition?
    private var sums: [Interval] = []
    private var present: [Bool] = []

    init(position: SourcePosition?) { self.position = position }

    var sizeBytes: Int { sums.count * 17 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .interval(let values) = input.arguments[0].values else { return }
        for row in values.indices where !input.arguments[0].isNull(at: row) {
            try add(values[row], to: input.groups.map { Int($0[row]) } ?? 0)
        }
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) throws(EventSQLError) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) where other.present[Int(pick)] {
            try add(other.sums[Int(pick)], to: Int(group))
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .interval, values: .interval(sums), validity: compacted(present))
    }

    private func add(_ span: Interval, to group: Int) throws(EventSQLError) {
        let (months, isOverMonths) = sums[group].months.addingReportingOverflow(span.months)
        let (days, isOverDays) = sums[group].days.addingReportingOverflow(span.days)
        let (micros, isOverMicros) = sums[group].micros.addingReportingOverflow(span.micros)
        if isOverMonths || isOverDays || isOverMicros {
            throw EventSQLError(.invalidInput, "INTERVAL overflow in sum", position: position)
        }
        sums[group] = Interval(months: months, days: days, micros: micros)
        present[group] = true
    }

    func fill(_ count: Int) {
        sums.fill(to: count, with: Interval())
        present.fill(to: count, with: false)
    }
}
