import EventBase
import EventColumns
import EventPlan

/// Measures one condition of a cohort on the rows of one person.
struct ConditionFold: Sendable {
    let condition: CohortPlan.Condition
    /// The condition's period, inclusive.
    let range: ClosedRange<Int64>
    /// Its place in the masks of rows; a sequence has one more bit per later step.
    let firstBit: Int
    let bits: UInt64
    private var sequence: WindowFunnelOnceFold?
    private var steps: [StreamRow] = []

    init(_ condition: CohortPlan.Condition, _ range: ClosedRange<Int64>, firstBit: Int) {
        self.condition = condition
        self.range = range
        self.firstBit = firstBit
        let count = condition.selectors.count
        bits = (count < 64 ? (1 << UInt64(count)) &- 1 : .max) << UInt64(firstBit)
        if case .sequence(_, let within) = condition.measure {
            var rules = WindowFunnelRules(window: within ?? .max)
            rules.usesRowsOnce = true
            sequence = WindowFunnelOnceFold(rules, stepCount: count)
        }
    }

    /// Instants whose rows must be seen: the first and the last row of all time may lie outside the period.
    var rowRange: ClosedRange<Int64> {
        switch condition.measure {
        case .first: Int64.min...range.upperBound
        case .last: range.lowerBound...Int64.max
        default: range
        }
    }

    /// The measure of the rows `own`, which ascend by time; nil where there is nothing to measure.
    ///
    /// - Parameter numbers: for each row what is summed, compared or told apart; empty where nothing is.
    mutating func found(_ rows: SelectedRows, _ own: Range<Int>, _ numbers: [Double?]) -> Double? {
        switch condition.measure {
        case .count: return Double(own.count { isIn(rows, $0) })
        case .periods(let unit):
            let buckets = CalendarBuckets(unit: unit)
            var (count, last): (Int, Int?) = (0, nil)
            for row in own where isIn(rows, row) {
                let bucket = buckets.bucket(ofMicros: rows.times[row])
                if bucket != last { (count, last) = (count + 1, bucket) }
            }
            return Double(count)
        case .distinct: return Double(Set(values(rows, own, numbers)).count)
        case .sum: return Self.sum(values(rows, own, numbers))
        case .average:
            let values = values(rows, own, numbers)
            return values.isEmpty ? nil : Self.sum(values) / Double(values.count)
        case .minimum: return values(rows, own, numbers).min()
        case .maximum: return values(rows, own, numbers).max()
        case .first: return own.first { rows.masks[$0] & bits != 0 }.map { range.contains(rows.times[$0]) ? 1 : 0 }
        case .last: return own.last { rows.masks[$0] & bits != 0 }.map { range.contains(rows.times[$0]) ? 1 : 0 }
        case .sequence:
            steps.removeAll(keepingCapacity: true)
            for row in own where isIn(rows, row) {
                steps.append(StreamRow(time: rows.times[row], mask: (rows.masks[row] & bits) >> UInt64(firstBit)))
            }
            return Double(sequence?.level(steps) ?? 0)
        }
    }

    @inline(__always)
    private func isIn(_ rows: SelectedRows, _ row: Int) -> Bool {
        rows.masks[row] & bits != 0 && range.contains(rows.times[row])
    }

    private func values(_ rows: SelectedRows, _ own: Range<Int>, _ numbers: [Double?]) -> [Double] {
        var values: [Double] = []
        for row in own where isIn(rows, row) {
            if let number = numbers[row] { values.append(number) }
        }
        return values
    }

    /// In order of size, so that the sum does not depend on where rows lie.
    private static func sum(_ values: [Double]) -> Double { values.sorted().reduce(0, +) }
}

/// What a condition sums, compares or tells apart.
struct ConditionValues: Sendable {
    private let reader: any RowValues
    /// Numbers the values that are told apart; nil: they are numbers themselves.
    private let names: KeyInterner?

    /// nil where rows are all that a condition asks for.
    init?(_ condition: CohortPlan.Condition, _ readers: RowReaders) throws(EventSQLError) {
        guard let value = condition.value else { return nil }
        reader = try readers.values(value)
        if case .distinct = condition.measure { names = KeyInterner() } else { names = nil }
    }

    /// One number for each row; nil for NULL, and for rows that meet none of `bits`.
    func read(_ rows: SelectedRows, bits: UInt64, _ snapshot: any EventSnapshot) throws(EventSQLError) -> [Double?] {
        let wanted = (0..<rows.count).filter { rows.masks[$0] & bits != 0 }
        let addressed = AddressedValues(rows.addresses, positions: wanted, snapshot)
        guard let names else {
            var numbers = [Double?](repeating: nil, count: rows.count)
            try addressed.read(reader, into: &numbers)
            return numbers
        }
        var ids = [UInt32](repeating: RowKey.none, count: rows.count)
        try addressed.read(reader, names, into: &ids)
        return ids.map { $0 == RowKey.none ? nil : Double($0) }
    }
}
