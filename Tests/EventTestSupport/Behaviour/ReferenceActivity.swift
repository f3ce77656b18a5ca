/// Stickiness and lifecycle by looking at every person's rows period by period, from SEMANTICS.md S49 and S50.
package struct ReferenceActivity {
    /// Cuts periods by walking days.
    package var calendar: ReferenceRetention
    package var isWanted: (TestEvent) -> Bool
    /// Rows that make a period active.
    package var minimum = 1

    package init(unit: ReferenceRetention.Unit, isWanted: @escaping (TestEvent) -> Bool) {
        calendar = ReferenceRetention(start: { _ in true }, returning: { _ in true })
        calendar.unit = unit
        self.isWanted = isWanted
    }

    /// The first instants of the periods in which rows make a person active.
    package func active(_ rows: [TestEvent]) -> Set<Int64> {
        var counts: [Int64: Int] = [:]
        for row in rows where isWanted(row) { counts[calendar.periodStart(of: row.time), default: 0] += 1 }
        return Set(counts.filter { $0.value >= minimum }.keys)
    }

    /// People by the number of periods they were active in.
    package func stickiness(_ persons: [String: [TestEvent]]) -> [Int: Set<String>] {
        var result: [Int: Set<String>] = [:]
        for (person, rows) in persons {
            let count = active(rows).count
            if count > 0 { result[count, default: []].insert(person) }
        }
        return result
    }

    /// What each person is in a period; nobody is anything before their first active one.
    package func statuses(_ persons: [String: [TestEvent]], in period: Int64) -> [String: Set<String>] {
        let before = calendar.periodStart(of: period - 1)
        var result: [String: Set<String>] = [:]
        for (person, rows) in persons {
            let active = active(rows)
            switch (active.contains(before), active.contains(period)) {
            case (true, true): result["returning", default: []].insert(person)
            case (true, false): result["dormant", default: []].insert(person)
            case (false, true):
                result[active.contains { $0 < period } ? "resurrecting" : "new", default: []].insert(person)
            case (false, false): break
            }
        }
        return result
    }
}
