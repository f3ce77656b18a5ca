import EventBase
import EventColumns

/// sum of INTERVAL: months, days and microseconds each on their own.
final class IntervalSumAccumulator: Accumulator {
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

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.sums.indices where other.present[group] {
            try add(other.sums[group], to: Int(map[group]))
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

    private func fill(_ count: Int) {
        sums.fill(to: count, with: Interval())
        present.fill(to: count, with: false)
    }
}
