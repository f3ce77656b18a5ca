import EventPlan

/// `sequence_next_node`: the row next to a chain of rows that begins at a base row.
///
/// Unlike ClickHouse, which tries only the first candidate, `first_match` and `last_match` take the first base row whose
/// whole chain fits.
struct NextNodeSearch {
    let rules: NextNodeRules
    let conditionCount: Int

    /// The place of the answer among a group's rows in order of time; nil when there is none.
    func answer(_ rows: [StreamRow]) -> Int? {
        switch rules.base {
        case .head: rows.isEmpty ? nil : next(to: 0, rows)
        case .tail: rows.isEmpty ? nil : next(to: rows.count - 1, rows)
        case .firstMatch: first(rows.indices, rows)
        case .lastMatch: first(rows.indices.reversed(), rows)
        }
    }

    private func first(_ bases: some Sequence<Int>, _ rows: [StreamRow]) -> Int? {
        for base in bases {
            if let answer = next(to: base, rows) { return answer }
        }
        return nil
    }

    private func next(to base: Int, _ rows: [StreamRow]) -> Int? {
        let sign = rules.isForward ? 1 : -1
        let end = base + sign * conditionCount
        guard rows[base].mask & StreamRow.baseBit != 0, rows.indices.contains(end) else { return nil }
        for index in 0..<conditionCount where rows[base + sign * index].mask & (1 << UInt64(index)) == 0 { return nil }
        return end
    }
}
