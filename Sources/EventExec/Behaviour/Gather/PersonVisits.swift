/// One person's visible rows in an order that does not depend on how they lie.
struct PersonVisits: Sendable {
    /// A row: its name by number (`RowKey.none` for none), its session by number, the breakdown's value by number.
    struct Visit: Sendable {
        var time: Int64
        var mask: UInt64
        var node: UInt32
        var session: UInt32
        var value: UInt32
    }

    /// Conditions whose rows come first, or last, at their instant.
    let openBits: UInt64
    let endBits: UInt64
    private var order: NodeOrder
    private var valueOrder: NodeOrder?
    private(set) var visits: [Visit] = []

    /// - Parameter values: of the breakdown; nil without one.
    init(openBits: UInt64, endBits: UInt64, names: KeyInterner, values: KeyInterner?) {
        self.openBits = openBits
        self.endBits = endBits
        order = NodeOrder(names)
        valueOrder = values.map { NodeOrder($0) }
    }

    /// Replaces what it holds by the rows with any of `visibleBits` and none of `excludedBits`.
    ///
    /// - Parameter values: the breakdown's, by row; empty without one.
    mutating func read(
        _ rows: SelectedRows, _ range: Range<Int>, values: [UInt32], visibleBits: UInt64, excludedBits: UInt64,
        needsNode: Bool
    ) {
        visits.removeAll(keepingCapacity: true)
        for row in range where rows.masks[row] & visibleBits != 0 && rows.masks[row] & excludedBits == 0 {
            let key = RowKey(raw: rows.keys[row])
            if needsNode && key.group == RowKey.none { continue }
            let value = values.isEmpty ? RowKey.none : values[row]
            visits.append(
                Visit(
                    time: rows.times[row], mask: rows.masks[row], node: key.group, session: key.hold, value: value))
        }
        sortTies()
    }

    /// Rows of one instant: openers first, enders last, others by name and then by value, so that no answer depends on how rows lie.
    private mutating func sortTies() {
        var start = 0
        while start < visits.count {
            var end = start + 1
            while end < visits.count, visits[end].time == visits[start].time { end += 1 }
            if end - start > 1 {
                var (order, valueOrder) = (order, valueOrder)
                let (openBits, endBits) = (openBits, endBits)
                visits[start..<end].sort { a, b in
                    let ranks = (Self.rank(a.mask, openBits, endBits), Self.rank(b.mask, openBits, endBits))
                    if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
                    if a.node != b.node { return order.precedes(a.node, b.node) }
                    return valueOrder?.precedes(a.value, b.value) ?? false
                }
                self.order = order
                self.valueOrder = valueOrder
            }
            start = end
        }
    }

    private static func rank(_ mask: UInt64, _ openBits: UInt64, _ endBits: UInt64) -> UInt8 {
        let opens = mask & openBits != 0
        let ends = mask & endBits != 0
        return opens ? (ends ? 1 : 0) : ends ? 3 : 2
    }

    /// Sessions one after another, each in order of time.
    mutating func sortBySession() {
        if zip(visits, visits.dropFirst()).allSatisfy({ $0.session <= $1.session }) { return }
        let places = visits.indices.sorted { (visits[$0].session, $0) < (visits[$1].session, $1) }
        visits = places.map { visits[$0] }
    }
}

/// The order of nodes by their names, over a copy of the names that is fetched anew when it lacks one.
struct NodeOrder: Sendable {
    private let names: KeyInterner
    private var known: [String] = []

    init(_ names: KeyInterner) { self.names = names }

    /// A row without a name comes first.
    mutating func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        if a == b || b == RowKey.none { return false }
        if a == RowKey.none { return true }
        if Int(max(a, b)) >= known.count { known = names.values.map(\.breakdownText) }
        return known[Int(a)].utf8.lexicographicallyPrecedes(known[Int(b)].utf8)
    }
}
