import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: every clause of a cohort's conditions means what a person reading its rows would say. Method: random
/// definitions as text, each made together with a closure that looks at one person's rows.
struct CohortClauseTests {
    typealias Test = @Sendable ([TestEvent]) -> Bool
    private static let hour: Int64 = 3_600_000_000
    private static let base: Int64 = 1_700_000_000_000_000

    @Test("random definitions with every measure, occurrence, sequence and period give the reference's members")
    func equalsReference() throws {
        for seed in UInt64(1)...600 {
            var random = SeededRandom(seed: seed &* 977)
            let stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: 5 * 3600)
            guard let last = stream.groups.joined().map(\.time).max() else { continue }
            let snapshot = MemorySnapshot(
                groups: stream.groups, merges: stream.merges, hasUserBitmaps: seed % 3 != 0)
            guard snapshot.schema.columns.contains(where: { $0.path == "n" }) else { continue }
            let (text, test) = Self.tree(depth: 2, last, &random)
            let found = try BehaviourRun(snapshot).members("CREATE COHORT c AS USERS WHERE " + text)
            let expected = stream.persons.filter { test($0.value) }.keys.sorted()
            #expect(found == expected, "seed \(seed): \(text)")
        }
    }

    private static func tree(depth: Int, _ end: Int64, _ random: inout SeededRandom) -> (String, Test) {
        switch depth == 0 ? 3 : Int.random(in: 0..<5, using: &random) {
        case 0:
            let (a, first) = tree(depth: depth - 1, end, &random)
            let (b, second) = tree(depth: depth - 1, end, &random)
            return ("(\(a)) AND (\(b))", { first($0) && second($0) })
        case 1:
            let (a, first) = tree(depth: depth - 1, end, &random)
            let (b, second) = tree(depth: depth - 1, end, &random)
            return ("(\(a)) OR (\(b))", { first($0) || second($0) })
        case 2:
            let (inner, test) = tree(depth: depth - 1, end, &random)
            return ("NOT (\(inner))", { !test($0) })
        default: return leaf(end, &random)
        }
    }

    private static func selector(_ random: inout SeededRandom) -> (String, @Sendable (TestEvent) -> Bool) {
        let names = [["a"], ["b"], ["a", "c"], []].randomElement(using: &random) ?? []
        let text = names.isEmpty ? "ANY EVENT" : names.map { "'\($0)'" }.joined(separator: " OR ")
        let isNamed: @Sendable (TestEvent) -> Bool = { names.isEmpty || names.contains($0.name ?? "") }
        if Int.random(in: 0..<3, using: &random) > 0 { return (text, isNamed) }
        let bound = Int64.random(in: 0..<3, using: &random)
        return ("\(text) WHERE n > \(bound)", { isNamed($0) && number($0) > bound })
    }

    private static func number(_ row: TestEvent) -> Int64 {
        if case .int64(let value)? = row.properties["n"] { value } else { 0 }
    }

    /// A period as text and as instants.
    private static func period(_ end: Int64, _ random: inout SeededRandom) -> (String, ClosedRange<Int64>) {
        let low = base + Int64.random(in: 0..<60, using: &random) * hour
        let high = low + Int64.random(in: 0..<40, using: &random) * hour
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            let hours = Int64.random(in: 1..<60, using: &random)
            return (" IN LAST \(hours) HOURS", (end - hours * hour + 1)...end)
        case 1:
            return (
                " BETWEEN TIMESTAMP '\(TimestampText.print(micros: low))' AND '\(TimestampText.print(micros: high))'",
                low...high
            )
        case 2: return (" SINCE '\(TimestampText.print(micros: low))'", low...Int64.max)
        case 3: return (" BEFORE '\(TimestampText.print(micros: high))'", Int64.min...(high - 1))
        default: return ("", Int64.min...Int64.max)
        }
    }

    private static func leaf(_ end: Int64, _ random: inout SeededRandom) -> (String, Test) {
        let (written, matches) = selector(&random)
        let (when, range) = period(end, &random)
        // A WHERE would take the period's BETWEEN for its own.
        let selector = when.hasPrefix(" BETWEEN") ? parenthesised(written) : written
        let isIn: @Sendable (TestEvent) -> Bool = { matches($0) && range.contains($0.time) }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return ("DID \(selector)\(when)", { $0.contains(where: isIn) })
        case 1: return ("DID NOT \(selector)\(when)", { !$0.contains(where: isIn) })
        case 2:
            return (
                "FIRST DID \(selector)\(when)", { $0.first(where: matches).map { range.contains($0.time) } ?? false }
            )
        case 3:
            return ("LAST DID \(selector)\(when)", { $0.last(where: matches).map { range.contains($0.time) } ?? false })
        case 4: return sequence(selector, matches, when, range, &random)
        default: return measured(written, isIn, when, &random)
        }
    }

    private static func parenthesised(_ selector: String) -> String {
        guard selector.contains(" WHERE ") else { return selector }
        return selector.replacing(" WHERE ", with: " WHERE (") + ")"
    }

    private static func measured(
        _ selector: String, _ isIn: @escaping @Sendable (TestEvent) -> Bool, _ when: String,
        _ random: inout SeededRandom
    ) -> (String, Test) {
        let (sign, compare) = comparison(&random)
        let threshold = Int64.random(in: 0...6, using: &random)
        let bound = Double(threshold)
        switch Int.random(in: 0..<9, using: &random) {
        case 6:
            return (
                "WEEKS(\(selector)) \(sign) \(threshold % 3)\(when)",
                { rows in
                    let weeks = Set(rows.filter(isIn).map { ($0.time / (24 * hour) + 3) / 7 })
                    return compare(Double(weeks.count), Double(threshold % 3))
                }
            )
        case 7:
            return (
                "MONTHS(\(selector)) \(sign) \(threshold % 2)\(when)",
                // All streams lie in one month.
                { rows in compare(rows.contains(where: isIn) ? 1 : 0, Double(threshold % 2)) }
            )
        case 8:
            return (
                "COUNT(DISTINCT nullif(n, 1) OF \(selector)) \(sign) \(threshold % 4)\(when)",
                { rows in
                    compare(Double(Set(rows.filter(isIn).map(number)).subtracting([1]).count), Double(threshold % 4))
                }
            )
        case 0:
            return ("COUNT(\(selector)) \(sign) \(threshold)\(when)", { compare(Double($0.count(where: isIn)), bound) })
        case 1:
            return (
                "DAYS(\(selector)) \(sign) \(threshold)\(when)",
                { rows in compare(Double(Set(rows.filter(isIn).map { $0.time / (24 * hour) }).count), bound) }
            )
        case 2:
            return (
                "SUM(n OF \(selector)) \(sign) \(threshold)\(when)",
                { rows in compare(Double(rows.filter(isIn).map(number).reduce(0, +)), bound) }
            )
        case 3:
            return (
                "AVG(n OF \(selector)) \(sign) \(threshold)\(when)",
                { rows in
                    let values = rows.filter(isIn).map(number)
                    return !values.isEmpty && compare(Double(values.reduce(0, +)) / Double(values.count), bound)
                }
            )
        case 4:
            return (
                "MIN(n OF \(selector)) \(sign) \(threshold)\(when)",
                { rows in rows.filter(isIn).map(number).min().map { compare(Double($0), bound) } ?? false }
            )
        default:
            return (
                "MAX(n + 0.5 OF \(selector)) \(sign) \(threshold)\(when)",
                { rows in rows.filter(isIn).map(number).max().map { compare(Double($0) + 0.5, bound) } ?? false }
            )
        }
    }

    private static func comparison(
        _ random: inout SeededRandom
    ) -> (String, @Sendable (Double, Double) -> Bool) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: ("=", { $0 == $1 })
        case 1: ("<>", { $0 != $1 })
        case 2: ("<", { $0 < $1 })
        case 3: ("<=", { $0 <= $1 })
        case 4: (">", { $0 > $1 })
        default: (">=", { $0 >= $1 })
        }
    }

    private static func sequence(
        _ first: String, _ firstMatches: @escaping @Sendable (TestEvent) -> Bool, _ when: String,
        _ range: ClosedRange<Int64>, _ random: inout SeededRandom
    ) -> (String, Test) {
        var text = "DID \(first)"
        var steps = [firstMatches]
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let (selector, matches) = selector(&random)
            text += " THEN \(when.hasPrefix(" BETWEEN") ? parenthesised(selector) : selector)"
            steps.append(matches)
        }
        var within = Int64.max
        if Bool.random(using: &random) {
            let hours = Int64.random(in: 0..<30, using: &random)
            text += " WITHIN \(hours) HOURS"
            within = hours * hour
        }
        let (limit, all) = (within, steps)
        return (
            text + when,
            { rows in chain(rows.filter { range.contains($0.time) }, all[...], nil, nil, limit) }
        )
    }

    /// Every way to choose rows for the steps: each at the time of the one before or later, no row twice.
    private static func chain(
        _ rows: [TestEvent], _ steps: ArraySlice<@Sendable (TestEvent) -> Bool>, _ first: Int64?, _ last: Int64?,
        _ within: Int64
    ) -> Bool {
        guard let step = steps.first else { return true }
        return rows.indices.contains { index in
            let row = rows[index]
            guard step(row), row.time >= last ?? row.time, row.time - (first ?? row.time) <= within else {
                return false
            }
            var rest = rows
            rest.remove(at: index)
            return chain(rest, steps.dropFirst(), first ?? row.time, row.time, within)
        }
    }
}
