import EventBase
import EventColumns

/// bit_and, bit_or and bit_xor of BIGINT; NULL where all are.
final class BitAccumulator: SummableAccumulator {
    private let function: String
    private var values: [Int64] = []
    private var present: [Bool] = []

    init(_ function: String) { self.function = function }

    var sizeBytes: Int { values.count * 9 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .int64(let own) = input.arguments[0].values else { return }
        for row in own.indices where !input.arguments[0].isNull(at: row) {
            add(own[row], to: input.groups.map { Int($0[row]) } ?? 0)
        }
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) where other.present[Int(pick)] {
            add(other.values[Int(pick)], to: Int(group))
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .int64, values: .int64(values), validity: compacted(present))
    }

    private func add(_ value: Int64, to group: Int) {
        switch function {
        case "bit_and": values[group] &= value
        case "bit_or": values[group] |= value
        default: values[group] ^= value
        }
        present[group] = true
    }

    func fill(_ count: Int) {
        values.fill(to: count, with: function == "bit_and" ? -1 : 0)
        present.fill(to: count, with: false)
    }
}
