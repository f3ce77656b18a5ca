import EventBase
import EventPlan

/// ClickHouse's `sequenceMatch` over the rows of one group, in order of time; rows that meet no condition are not among
/// them.
struct SequenceMatcher {
    private let pattern: SequencePattern
    /// The row that each action of the pattern took, for conditions.
    private(set) var taken: [Int]
    private var stack: [(action: Int, row: Int, base: Int)] = []

    /// Steps of one search; a pattern whose times force more is refused, as ClickHouse does.
    private static let stepCountMax = 1_000_000

    init(_ pattern: SequencePattern) {
        self.pattern = pattern
        taken = Array(repeating: 0, count: pattern.actions.count)
    }

    /// Where a match that begins at or behind `start` ends; nil when there is none. A match takes at least one row.
    mutating func end(_ rows: [StreamRow], from start: Int) throws(EventSQLError) -> Int? {
        pattern.hasTime ? try search(rows, from: start) : scan(rows, from: start)
    }

    /// How many matches lie one behind the other.
    mutating func count(_ rows: [StreamRow]) throws(EventSQLError) -> Int {
        var (count, row) = (0, 0)
        while row < rows.count, let end = try end(rows, from: row) { (count, row) = (count + 1, end) }
        return count
    }

    /// Rows that the pattern's conditions took in the first match.
    mutating func matchedRows(_ rows: [StreamRow]) throws(EventSQLError) -> [Int] {
        guard try end(rows, from: 0) != nil else { return [] }
        return pattern.actions.indices.compactMap {
            if case .condition = pattern.actions[$0] { taken[$0] } else { nil }
        }
    }

    /// Without times, every run between two gaps may be taken where it is first found.
    private mutating func scan(_ rows: [StreamRow], from start: Int) -> Int? {
        let actions = pattern.actions
        var (action, row) = (0, start)
        while action < actions.count {
            if actions[action] == .gap {
                action += 1
                continue
            }
            var length = 1
            while action + length < actions.count, actions[action + length] != .gap { length += 1 }
            var found = false
            while !found, row + length <= rows.count {
                found = true
                for offset in 0..<length where found { found = takes(actions[action + offset], rows[row + offset]) }
                if !found { row += 1 }
            }
            if !found { return nil }
            for offset in 0..<length { taken[action + offset] = row + offset }
            action += length
            row += length
        }
        return row
    }

    @inline(__always)
    private func takes(_ action: SequencePattern.Action, _ row: StreamRow) -> Bool {
        if case .condition(let index) = action { return row.mask & (1 << UInt64(index)) != 0 }
        return true
    }

    /// Depth first with choices to come back to: each gap and each time that held may also hold a row later.
    private mutating func search(_ rows: [StreamRow], from start: Int) throws(EventSQLError) -> Int? {
        let actions = pattern.actions
        stack.removeAll(keepingCapacity: true)
        var (action, row, base, stepCount) = (0, start, start, 0)
        while action < actions.count, row < rows.count {
            var goesOn = true
            switch actions[action] {
            case .condition, .anyRow:
                goesOn = takes(actions[action], rows[row])
                if goesOn {
                    taken[action] = row
                    (action, row, base) = (action + 1, row + 1, row)
                }
            case .gap:
                stack.append((action, row, base))
                (action, base) = (action + 1, row)
            case .time(let limit, let distance):
                if Self.holds(limit, rows[row].time, rows[base].time, distance) {
                    stack.append((action, row, base))
                    (action, base) = (action + 1, row)
                } else if limit == .less || limit == .lessOrEqual {
                    goesOn = false
                } else {
                    row += 1
                    goesOn = row < rows.count
                }
            }
            if !goesOn {
                guard let choice = nextChoice(rows.count) else { break }
                (action, row, base) = choice
            }
            stepCount += 1
            if stepCount > Self.stepCountMax {
                throw EventSQLError(
                    .limit, "the pattern takes more than \(Self.stepCountMax) steps on one group of rows",
                    hint: "fewer '.*' beside times make it simpler")
            }
        }
        while action < actions.count, Self.holdsAtEnd(actions[action]) { action += 1 }
        return action == actions.count ? row : nil
    }

    private mutating func nextChoice(_ rowCount: Int) -> (Int, Int, Int)? {
        while let choice = stack.popLast() {
            if choice.row + 1 < rowCount { return (choice.action, choice.row + 1, choice.base) }
        }
        return nil
    }

    private static func holds(_ limit: SequencePattern.Limit, _ time: Int64, _ base: Int64, _ distance: Int64) -> Bool {
        let (edge, isOver) = base.addingReportingOverflow(distance)
        switch limit {
        case .lessOrEqual: return isOver || time <= edge
        case .less: return isOver || time < edge
        case .greaterOrEqual: return !isOver && time >= edge
        case .greater: return !isOver && time > edge
        case .equal: return !isOver && time == edge
        }
    }

    /// What may follow the last row.
    private static func holdsAtEnd(_ action: SequencePattern.Action) -> Bool {
        switch action {
        case .gap, .time(.lessOrEqual, _), .time(.less, _), .time(.greaterOrEqual, 0): true
        default: false
        }
    }
}
