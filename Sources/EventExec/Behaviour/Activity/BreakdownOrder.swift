import EventColumns

/// How the values of a breakdown are shown: those with the largest weight first, the rest together as `(other)`.
struct BreakdownOrder: Sendable {
    /// The values shown, by number, and nil for the rest where there is any.
    let shown: [UInt32?]
    private let rest: Set<UInt32>
    private let values: [Value]

    /// - Parameters:
    ///   - weights: by value; `RowKey.none` is NULL.
    ///   - top: how many are shown; nil: all.
    init(weights: [UInt32: Int], values: [Value], top: Int?) {
        let ordered = weights.keys.sorted { a, b in
            if weights[a] != weights[b] { return weights[a, default: 0] > weights[b, default: 0] }
            if a == RowKey.none || b == RowKey.none { return b == RowKey.none && a != b }
            return values[Int(a)].precedes(values[Int(b)])
        }
        let shown = Array(ordered.prefix(top ?? ordered.count))
        rest = Set(ordered.dropFirst(shown.count))
        self.shown = shown.map(Optional.some) + (rest.isEmpty ? [] : [nil])
        self.values = values
    }

    /// Whether `value` belongs to the line `group` of the answer.
    func holds(_ value: UInt32, in group: UInt32?) -> Bool { group.map { $0 == value } ?? rest.contains(value) }

    func label(_ group: UInt32?) -> Value {
        guard let group else { return .string("(other)") }
        return Self.label(group, values)
    }

    /// The place of each value among all, by its bytes: numbers are given as rows are met, and tell nothing.
    static func ranks(_ values: [Value]) -> [Int] {
        var ranks = [Int](repeating: 0, count: values.count)
        for (rank, index) in values.indices.sorted(by: { values[$0].precedes(values[$1]) }).enumerated() {
            ranks[index] = rank
        }
        return ranks
    }

    /// A value as a breakdown column shows it.
    static func label(_ group: UInt32, _ values: [Value]) -> Value {
        group == RowKey.none ? .null : .string(values[Int(group)].breakdownText)
    }
}
