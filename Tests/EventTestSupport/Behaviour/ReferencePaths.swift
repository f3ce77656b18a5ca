/// Paths by looking at every person's rows, written from SEMANTICS.md S53 to S59 and SPEC 3.8.
package struct ReferencePaths {
    package typealias Condition = (TestEvent) -> Bool

    package struct Path {
        package var person: String
        /// The number of the first node's step.
        package var firstStep: Int
        package var nodes: [String]
        package var times: [Int64]
        /// The row that it starts from, before an event alone the one that it leads to.
        package var anchor: TestEvent
        /// The rows that its nodes stand for, in order.
        package var rows: [TestEvent]
    }

    package var after: Condition?
    package var before: Condition?
    package var isVisible: Condition = { _ in true }
    package var isExcluded: Condition = { _ in false }
    package var node: (TestEvent) -> String? = { $0.name }
    /// nil: every pause is short enough.
    package var gap: Int64?
    /// Rows without one are left out where it is asked for.
    package var session: ((TestEvent) -> String?)?
    /// Decides between rows of one instant with one node.
    package var value: (TestEvent) -> String = { _ in "" }
    package var depth = 5
    package var keepsRepeats = false
    package var takesEveryAnchor = false

    package init() {}

    package func paths(_ persons: [String: [TestEvent]]) -> [Path] {
        var all: [Path] = []
        for (person, rows) in persons {
            for session in sessions(rows) {
                for (first, part) in pieces(session) { all.append(path(person, first, part)) }
            }
        }
        return all
    }

    private func sessions(_ rows: [TestEvent]) -> [[TestEvent]] {
        let seen = rows.filter { row in
            let isAnchor = after?(row) == true || before?(row) == true
            return (isVisible(row) || isAnchor) && !isExcluded(row) && node(row) != nil
        }.sorted { ($0.time, rank($0), node($0)!, value($0)) < ($1.time, rank($1), node($1)!, value($1)) }
        if let session {
            let ids = Set(seen.compactMap(session))
            return ids.map { id in seen.filter { session($0) == id } }
        }
        var sessions: [[TestEvent]] = []
        for row in seen {
            if let last = sessions.last?.last, gap == nil || row.time <= last.time + gap! {
                sessions[sessions.count - 1].append(row)
            } else {
                sessions.append([row])
            }
        }
        return sessions
    }

    private func rank(_ row: TestEvent) -> Int {
        switch (after?(row) == true, before?(row) == true) {
        case (true, false): 0
        case (true, true): 1
        case (false, false): 2
        case (false, true): 3
        }
    }

    /// The rows of each path of a session, not yet merged or cut, with the way to cut them.
    private func pieces(_ rows: [TestEvent]) -> [(cut: Cut, rows: [TestEvent])] {
        var pieces: [(Cut, [TestEvent])] = []
        for (index, row) in rows.enumerated() {
            if let after, after(row) {
                if let before {
                    if let end = rows.indices.first(where: { $0 > index && before(rows[$0]) }) {
                        pieces.append((.middle, Array(rows[index...end])))
                    }
                } else {
                    pieces.append((.end, Array(rows[index...])))
                }
                if !takesEveryAnchor { break }
            } else if after == nil, let before, before(row) {
                pieces.append((.start, Array(rows[...index])))
                if !takesEveryAnchor { break }
            }
        }
        return after == nil && before == nil ? [(.end, rows)] : pieces
    }

    private enum Cut { case start, middle, end }

    private func path(_ person: String, _ cut: Cut, _ rows: [TestEvent]) -> Path {
        var steps: [(node: String, rows: [TestEvent])] = []
        for row in rows {
            if keepsRepeats || steps.last?.node != node(row) { steps.append((node(row)!, [])) }
            steps[steps.count - 1].rows.append(row)
        }
        if steps.count > depth {
            switch cut {
            case .end: steps = Array(steps.prefix(depth))
            case .start: steps = Array(steps.suffix(depth))
            case .middle:
                let middle = steps[(depth - 2)..<(steps.count - 1)].flatMap(\.rows)
                steps = steps.prefix(depth - 2) + [("...", middle), steps.last!]
            }
        }
        return Path(
            person: person, firstStep: cut == .start ? 1 - steps.count : 1, nodes: steps.map(\.node),
            times: steps.map { $0.rows[0].time }, anchor: cut == .start ? rows[rows.count - 1] : rows[0],
            rows: steps.flatMap(\.rows))
    }
}
