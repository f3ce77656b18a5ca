import EventBase
import EventColumns
import EventPlan
import EventSyntax

extension FunnelCounter {
    /// The breakdown value of the attempt whose step times are in `times`; nil where rows were parted by value (S19).
    func group(of rows: SelectedRows, times: [Int64]) -> UInt32? {
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
    func smallest(_ groups: some Collection<UInt32>) -> UInt32 {
        if let only = groups.first, groups.count == 1 { return only }
        let distinct = Set(groups).subtracting([RowKey.none])
        guard let first = distinct.first else { return RowKey.none }
        if distinct.count == 1 { return first }
        let values = self.groups.values
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
