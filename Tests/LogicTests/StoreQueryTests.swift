import EventSQL
import Foundation
import Testing

/// Goal: queries over a real directory, through the public interface, answer what the rows say.
struct StoreQueryTests {
    @Test("rows appended to a directory are counted, grouped, joined and explained")
    func query() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "eventsql-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let database = try EventDatabase.open(at: path)
        let start: Int64 = 1_709_251_200_000_000
        var events: [Event] = []
        for index in 0..<20_000 {
            let name = index % 4 == 0 ? "pay" : "view"
            let time = EventTime(micros: start + Int64(index) * 60_000_000)
            events.append(Event(name, user: "u\(index % 100)", at: time, ["amount": .double(Double(index % 8))]))
        }
        try database.append(events)
        let names = try database.query(
            "SELECT event_name, count(*) AS n, count(DISTINCT user_id) AS u FROM events GROUP BY 1 ORDER BY 1")
        #expect(try names.strings("event_name") == ["pay", "view"])
        #expect(try names.int64s("n") == [5000, 15_000])
        #expect(try names.int64s("u") == [25, 75])
        let filtered = try database.query(
            "SELECT count(*) AS n FROM events WHERE event_name = 'pay' AND user_id = 'u4' AND timestamp < '2024-03-02'")
        #expect(try filtered.int64s("n") == [15])
        let plan = try database.query("EXPLAIN ANALYZE SELECT count(*) FROM events WHERE event_name = 'pay'")
        #expect(try plan.strings("plan").contains { (line: String) in line.contains("segments") })
        #expect(try plan.strings("plan").contains { (line: String) in line.contains("bytes read") })
        database.close()
    }

    @Test("a statement tells what it read: columns of granules, values, bytes, bitmaps; the same with any threads")
    func work() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "eventsql-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let database = try EventDatabase.open(at: path)
        defer { database.close() }
        var events: [Event] = []
        for index in 0..<10_000 {
            let time = EventTime(micros: Int64(index) * 1_000_000)
            let name = index % 100 == 0 ? "rare" : "often"
            events.append(Event(name, user: "u\(index % 7)", at: time, ["n": .int(Int64(index))]))
        }
        try database.append(events)
        for threads in [1, 3] {
            _ = try database.query("SET threads = \(threads)")
            let all = try database.query("SELECT sum(properties.n) FROM events").work
            #expect(all.granulesDecoded == 2 && all.rowsDecoded == 10_000 && all.bitmapsRead == 0)
            #expect(all.bytesRead >= 10_000 && all.bytesRead < 40_000, "14 bits a value, got \(all.bytesRead) bytes")
            let rare = try database.query("SELECT sum(properties.n) FROM events WHERE event_name = 'rare'").work
            #expect(rare.granulesDecoded == 2 && rare.rowsDecoded == 100 && rare.bitmapsRead == 1)
            #expect(rare.bytesRead < all.bytesRead / 50)
            let none = try database.query("SELECT count(*) FROM events").work
            #expect(none.granulesDecoded == 0 && none.bytesRead == 0)
            let funnel = try database.query("FUNNEL FROM events STEPS 'rare', 'often' WITHIN 1 DAY").work
            #expect(funnel.rowsDecoded > 10_000 && funnel.bytesRead > 0)
        }
    }
}
