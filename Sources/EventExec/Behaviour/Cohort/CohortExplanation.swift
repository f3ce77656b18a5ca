package import EventBase
package import EventColumns
package import EventPlan

/// Why a person is in a cohort or not: each condition with what was measured and the row that decided it.
package struct CohortExplanation: Sendable {
    /// One condition, or AND, OR and NOT around some.
    package struct Line: Sendable {
        /// Levels of AND, OR and NOT around it.
        package var depth: Int
        package var text: String
        package var holds: Bool
        /// The measure; nil for AND, OR, NOT and cohorts, and where there is nothing to measure.
        package var found: Double?
        /// The row after which the condition held, or failed, for good; nil: it did from the start.
        package var decidedAt: Int64?
        package var decidedBy: String?
    }

    private let plan: CohortPlan
    private let snapshot: any EventSnapshot
    private var rows = SelectedRows()
    private var bits: ConditionBits
    private let person: UInt32
    private var lines: [Line] = []

    /// - Parameter user: an ordinal of the snapshot; rows of the whole person are looked at.
    package static func lines(
        _ plan: CohortPlan, user: UInt32, _ snapshot: any EventSnapshot, nowMicros: Int64
    ) throws(EventSQLError) -> [Line] {
        var explanation = try CohortExplanation(plan, user, snapshot, nowMicros)
        _ = try explanation.add(plan.tree, depth: 0)
        return explanation.lines
    }

    private init(
        _ plan: CohortPlan, _ user: UInt32, _ snapshot: any EventSnapshot, _ nowMicros: Int64
    ) throws(EventSQLError) {
        self.plan = plan
        self.snapshot = snapshot
        let end = CohortOperator(plan, nowMicros: nowMicros).end(snapshot)
        bits = try ConditionBits(plan, Array(plan.conditions.indices), end: end, snapshot)
        bits.request.includesAddresses = true
        var users = [user]
        if let canonical = snapshot.canonicalUsers {
            let person = canonical[Int(user)]
            users = canonical.indices.filter { canonical[$0] == person }.map { UInt32($0) }
            self.person = person
        } else {
            person = user
        }
        if bits.folds.isEmpty { return }
        var scratch = GroupGather.Scratch()
        for (index, group) in snapshot.rowGroups.enumerated() {
            let gather = try GroupGather(group: group, index: index, request: bits.request, keys: nil)
            for user in users { try gather.append(users: user...user, to: &rows, scratch: &scratch) }
        }
        let rows = rows
        self.rows = rows.gathered((0..<rows.count).sorted { (rows.times[$0], $0) < (rows.times[$1], $1) })
    }

    private mutating func add(_ tree: CohortPlan.Tree, depth: Int) throws(EventSQLError) -> Bool {
        let place = lines.count
        lines.append(Line(depth: depth, text: "", holds: false))
        switch tree {
        case .and(let a, let b):
            let left = try add(a, depth: depth + 1)
            let right = try add(b, depth: depth + 1)
            (lines[place].text, lines[place].holds) = ("AND", left && right)
        case .or(let a, let b):
            let left = try add(a, depth: depth + 1)
            let right = try add(b, depth: depth + 1)
            (lines[place].text, lines[place].holds) = ("OR", left || right)
        case .not(let inner): (lines[place].text, lines[place].holds) = ("NOT", try !add(inner, depth: depth + 1))
        case .cohort(let name):
            guard let members = try snapshot.members(ofCohort: name) else {
                throw EventSQLError(.notFound, "there is no cohort \(name)")
            }
            let persons = CohortOperator.persons(of: members, snapshot.canonicalUsers)
            (lines[place].text, lines[place].holds) = ("IN COHORT \(name)", persons.contains(person))
        case .condition(let index): lines[place] = try line(index, depth)
        }
        return lines[place].holds
    }

    /// Asks the condition after every row that concerns it: the last change of its answer was decided by that row.
    private mutating func line(_ index: Int, _ depth: Int) throws(EventSQLError) -> Line {
        let condition = plan.conditions[index]
        let ownBits = bits.folds[index].bits
        let numbers = try bits.values[index]?.read(rows, bits: ownBits, snapshot)
        var line = Line(depth: depth, text: condition.text, holds: condition.holdsForStrangers)
        for row in 0..<rows.count where rows.masks[row] & ownBits != 0 {
            line.found = bits.folds[index].found(rows, 0..<(row + 1), numbers ?? [])
            let holds = condition.holds(line.found)
            if holds == line.holds { continue }
            line.holds = holds
            line.decidedAt = rows.times[row]
            line.decidedBy = try eventName(RowAddress(raw: rows.addresses[row]))
        }
        if line.found == nil { line.found = bits.folds[index].found(rows, 0..<0, []) }
        return line
    }

    private func eventName(_ address: RowAddress) throws(EventSQLError) -> String? {
        let group = snapshot.rowGroups[address.group]
        var codes: [UInt32] = []
        let row = address.rowInGranule
        try group.readEventCodes(granule: address.granule, rows: .range(row..<(row + 1)), into: &codes)
        return codes[0] == .max ? nil : group.eventNames.string(at: codes[0])
    }
}
