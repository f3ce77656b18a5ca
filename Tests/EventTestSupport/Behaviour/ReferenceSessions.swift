/// Sessions by looking at every person's rows, from SEMANTICS.md S53 to S55.
package struct ReferenceSessions {
    package typealias Condition = (TestEvent) -> Bool

    package var gap: Int64?
    package var maximum: Int64?
    package var opens: Condition?
    package var ends: Condition?
    /// nil: rows are not told apart; rows without an id belong to no session.
    package var identifier: ((TestEvent) -> String?)?

    /// Decides between rows of one instant with one name.
    package var value: (TestEvent) -> String = { _ in "" }

    package init() {}

    /// The rows of each session, in order.
    package func sessions(_ rows: [TestEvent]) -> [[TestEvent]] {
        guard let identifier else { return cut(rows) }
        return Set(rows.compactMap(identifier)).flatMap { id in cut(rows.filter { identifier($0) == id }) }
    }

    private func cut(_ rows: [TestEvent]) -> [[TestEvent]] {
        var sessions: [[TestEvent]] = []
        var current: [TestEvent] = []
        func close() {
            if !current.isEmpty { sessions.append(current) }
            current = []
        }
        let ordered = rows.sorted {
            ($0.time, rank($0), $0.name ?? "", value($0)) < ($1.time, rank($1), $1.name ?? "", value($1))
        }
        for row in ordered {
            if let last = current.last, let gap, row.time - last.time > gap { close() }
            if let first = current.first, let maximum, row.time - first.time > maximum { close() }
            if opens?(row) == true { close() }
            if !current.isEmpty || opens == nil || opens?(row) == true { current.append(row) }
            if ends?(row) == true { close() }
        }
        close()
        return sessions
    }

    private func rank(_ row: TestEvent) -> Int {
        switch (opens?(row) == true, ends?(row) == true) {
        case (true, false): 0
        case (true, true): 1
        case (false, false): 2
        case (false, true): 3
        }
    }
}
