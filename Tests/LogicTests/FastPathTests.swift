import EventBase
import EventColumns
import EventTestSupport
import Testing

/// Goal: what is computed on dictionaries and shared collections agrees with plain arithmetic over the rows. Method:
/// random events with NULLs, ties and extremes in several row groups, asked by one and by two workers, against arrays.
struct FastPathTests {
    private struct Row {
        let country: String?
        let amount: Double?
    }

    private static func rows(_ seed: UInt64) -> [Row] {
        var random = SeededRandom(seed: seed)
        let amounts: [Double?] = [nil, 0, -0.0, 1, 1, 2.5, -1e300, 1e300, 1e-300]
        return (0..<Int.random(in: 1...700, using: &random)).map { _ in
            let isDrawn = Bool.random(using: &random)
            let amount = isDrawn ? amounts.randomElement(using: &random)! : Double.random(in: -50...50, using: &random)
            return Row(country: ["DE", "US", "FR", nil].randomElement(using: &random)!, amount: amount)
        }
    }

    private static func database(_ rows: [Row]) -> LogicDatabase {
        let events = rows.enumerated().map { index, row in
            var properties: [String: Value] = [:]
            if let country = row.country { properties["country"] = .string(country) }
            if let amount = row.amount { properties["amount"] = .double(amount) }
            return TestEvent("u\(index % 7)", Int64(index) * 1_000_000, "open", properties)
        }
        // One event that has both columns, so that they exist whatever was drawn; its name keeps it out.
        let other = TestEvent("z", 0, "other", ["country": .string("DE"), "amount": .double(7)])
        let groups = stride(from: 0, to: events.count, by: 97).map { Array(events[$0..<min($0 + 97, events.count)]) }
        return LogicDatabase([MemorySnapshot(groups: groups + [[other]])])
    }

    @Test("quantiles of shared values are those of the sorted values", arguments: 0..<UInt64(30), [1, 2])
    func quantiles(seed: UInt64, threads: Int) throws {
        let rows = Self.rows(seed)
        let found = try Self.database(rows).query(
            """
            SELECT country, quantile_cont(amount, 0.25) AS a, median(amount) AS b, quantile_cont(amount, 0.95) AS c,
              median(amount) FILTER (WHERE amount > 0) AS d, count(amount) AS n
            FROM events WHERE event_name = 'open' GROUP BY 1
            """, threadCount: threads)
        for line in found {
            let own = rows.filter { ($0.country ?? "NULL") == line[0] }.compactMap(\.amount)
            let expected = [
                Self.expected(own, 0.25), Self.expected(own, 0.5), Self.expected(own, 0.95),
                Self.expected(own.filter { $0 > 0 }, 0.5),
            ]
            #expect(line[5] == "\(own.count)", "seed \(seed)")
            for (text, value) in zip(line[1...4], expected) {
                #expect(Double(text) == value, "seed \(seed), \(line)")
            }
        }
        #expect(found.count == Set(rows.map { $0.country ?? "NULL" }).count, "seed \(seed)")
    }

    private static func expected(_ values: [Double], _ fraction: Double) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        let place = fraction * Double(sorted.count - 1)
        let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
        return low + (place - place.rounded(.down)) * (high - low)
    }

    @Test("conditions answered on dictionaries keep the rows that comparing each would", arguments: 0..<UInt64(20))
    func dictionaryConditions(seed: UInt64) throws {
        let rows = Self.rows(seed)
        let database = Self.database(rows)
        let conditions: [(String, (String?) -> Bool)] = [
            ("country = 'US'", { $0 == "US" }), ("country <> 'US'", { $0 != nil && $0 != "US" }),
            ("country IS DISTINCT FROM 'US'", { $0 != "US" }), ("country IN ('DE', 'XX')", { $0 == "DE" }),
            ("coalesce(country, 'none') = 'none'", { $0 == nil }), ("country LIKE '%R'", { $0 == "FR" }),
            ("country = 'none'", { _ in false }), ("country > 'A'", { $0 != nil }),
        ]
        for (condition, holds) in conditions {
            let found = try database.query(
                "SELECT count(*) AS n FROM events WHERE event_name = 'open' AND \(condition)", threadCount: 2)
            #expect(found == [["\(rows.count { holds($0.country) })"]], "seed \(seed), \(condition)")
        }
    }
}
