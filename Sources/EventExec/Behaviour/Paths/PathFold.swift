/// Cuts one person's rows at a time into paths and counts them.
struct PathFold: Sendable {
    /// A visible row: its node by number, its session by number.
    private struct Visit {
        var time: Int64
        var mask: UInt64
        var node: UInt32
        var session: UInt32
    }

    /// The node that stands for the middle of a path that is too long.
    static let middle = UInt32.max - 1

    let rules: PathRules
    private var order: NodeOrder
    private(set) var steps = StepTally()
    private(set) var routes = RouteTally()
    private var visits: [Visit] = []
    private var nodes: [UInt32] = []
    private var times: [Int64] = []

    init(rules: PathRules, names: KeyInterner) {
        self.rules = rules
        order = NodeOrder(names)
    }

    var sizeBytes: Int { steps.sizeBytes + routes.sizeBytes }

    mutating func add(_ person: UInt32, _ rows: SelectedRows, _ range: Range<Int>) {
        visits.removeAll(keepingCapacity: true)
        for row in range where rules.isVisible(rows.masks[row]) {
            let key = RowKey(raw: rows.keys[row])
            if key.group == RowKey.none { continue }
            visits.append(
                Visit(time: rows.times[row], mask: rows.masks[row], node: key.group, session: key.hold))
        }
        sortTies()
        if rules.gapMicros == nil { sortBySession() }
        var start = 0
        while start < visits.count {
            var end = start + 1
            while end < visits.count, !endsSession(between: end - 1, end) { end += 1 }
            addSession(person, start..<end)
            start = end
        }
    }

    private func endsSession(between a: Int, _ b: Int) -> Bool {
        guard let gap = rules.gapMicros else { return visits[a].session != visits[b].session }
        return visits[b].time - visits[a].time > gap
    }

    /// Rows of one instant: openers first, enders last, others by name, so that no answer depends on how rows lie.
    private mutating func sortTies() {
        var start = 0
        while start < visits.count {
            var end = start + 1
            while end < visits.count, visits[end].time == visits[start].time { end += 1 }
            if end - start > 1 {
                let rules = rules
                var order = order
                visits[start..<end].sort { a, b in
                    let ranks = (rules.rank(a.mask), rules.rank(b.mask))
                    return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : order.precedes(a.node, b.node)
                }
                self.order = order
            }
            start = end
        }
    }

    /// Sessions one after another, each in order of time.
    private mutating func sortBySession() {
        if zip(visits, visits.dropFirst()).allSatisfy({ $0.session <= $1.session }) { return }
        let places = visits.indices.sorted { (visits[$0].session, $0) < (visits[$1].session, $1) }
        visits = places.map { visits[$0] }
    }

    // MARK: Paths of a session

    private mutating func addSession(_ person: UInt32, _ session: Range<Int>) {
        if rules.afterBit != 0 {
            for opener in session where visits[opener].mask & rules.afterBit != 0 {
                addPath(person, opener: opener, session)
                if !rules.takesEveryAnchor { return }
            }
        } else if rules.beforeBit != 0 {
            for ender in session where visits[ender].mask & rules.beforeBit != 0 {
                collapse(session.lowerBound...ender)
                let count = min(rules.depth, nodes.count)
                record(person, from: nodes.count - count, firstStep: -(count - 1))
                if !rules.takesEveryAnchor { return }
            }
        } else {
            collapse(session.lowerBound...(session.upperBound - 1))
            cutEnd()
            record(person, from: 0, firstStep: 1)
        }
    }

    private mutating func addPath(_ person: UInt32, opener: Int, _ session: Range<Int>) {
        if rules.beforeBit == 0 {
            collapse(opener...(session.upperBound - 1))
            cutEnd()
        } else {
            let later = (opener + 1)..<session.upperBound
            guard let ender = later.first(where: { visits[$0].mask & rules.beforeBit != 0 }) else { return }
            collapse(opener...ender)
            cutMiddle()
        }
        record(person, from: 0, firstStep: 1)
    }

    /// Fills `nodes` and `times`; the same node again and again is one, at its first time.
    private mutating func collapse(_ range: ClosedRange<Int>) {
        nodes.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        // Where nothing counts from the end, more nodes than fit need not be looked at.
        let wanted = rules.beforeBit == 0 ? rules.depth : Int.max
        for index in range {
            if !rules.keepsRepeats, nodes.last == visits[index].node { continue }
            if nodes.count == wanted { break }
            nodes.append(visits[index].node)
            times.append(visits[index].time)
        }
    }

    private mutating func cutEnd() {
        if nodes.count <= rules.depth { return }
        nodes.removeSubrange(rules.depth...)
        times.removeSubrange(rules.depth...)
    }

    /// Keeps the first nodes and the last, with one between them for the rest, at the time of the first left out.
    private mutating func cutMiddle() {
        if nodes.count <= rules.depth { return }
        let kept = rules.depth - 2
        nodes[kept] = Self.middle
        nodes.removeSubrange((kept + 1)..<(nodes.count - 1))
        times.removeSubrange((kept + 1)..<(times.count - 1))
    }

    private mutating func record(_ person: UInt32, from start: Int, firstStep: Int) {
        if rules.countsRoutes {
            routes.add(nodes[start...], micros: times[times.count - 1] - times[start], person)
            return
        }
        for index in start..<nodes.count {
            let step = Int32(firstStep + index - start)
            steps.addVisit(step, nodes[index], person)
            if index + 1 < nodes.count {
                steps.addEdge(step, nodes[index], nodes[index + 1], micros: times[index + 1] - times[index], person)
            }
        }
    }
}

/// The order of nodes by their names, over a copy of the names that is fetched anew when it lacks one.
struct NodeOrder: Sendable {
    private let names: KeyInterner
    private var known: [String] = []

    init(_ names: KeyInterner) { self.names = names }

    mutating func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        if a == b { return false }
        if Int(max(a, b)) >= known.count { known = names.values.map(\.breakdownText) }
        return known[Int(a)].utf8.lexicographicallyPrecedes(known[Int(b)].utf8)
    }
}
