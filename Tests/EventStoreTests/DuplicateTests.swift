import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: an event id is stored once per table and month, wherever the first one is: log, memory, segment, this batch.
struct DuplicateTests {
    private static let day: Int64 = 86_400_000_000

    /// Forms that ids are stored in: any text, UUIDs of some rows, UUIDs of all.
    private enum IDs: UInt64 {
        case texts, someUUIDs, allUUIDs

        func make(_ random: inout SeededRandom) -> String? {
            if self != .allUUIDs, random.next() % 8 == 0 { return nil }
            let number = random.next() % 700
            if self == .texts { return "id-\(number)" }
            let digits = String(number, radix: 16)
            let tail = String(repeating: "0", count: 12 - digits.count) + digits
            // The first half alone does not tell them apart.
            return "37e9671\(number % 7)-4537-4d5d-8cf6-\(tail)"
        }
    }

    /// Events with ids drawn from a small range, so that many repeat; each remembers its index.
    private static func events(_ count: Int, from first: Int, _ ids: IDs, _ random: inout SeededRandom) -> [TestEvent] {
        (0..<count).map { index in
            let time = StoreFixture.start + Int64(random.next() % 80) * day
            var properties: [String: Value] = ["properties.index": .int64(Int64(first + index))]
            if let id = ids.make(&random) { properties["event_id"] = .string(id) }
            return TestEvent("user-\(random.next() % 9)", time, "use", properties)
        }
    }

    /// The plain rule: first come, first stored.
    private struct Model {
        var kept: [TestEvent] = []
        private var seen: Set<String> = []

        mutating func add(_ events: [TestEvent]) -> Int {
            var duplicateCount = 0
            for event in events {
                if case .string(let id) = event.properties["event_id"] {
                    let date = CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: event.time)))
                    guard seen.insert("\(date.year)-\(date.month) \(id)").inserted else {
                        duplicateCount += 1
                        continue
                    }
                }
                kept.append(event)
            }
            return duplicateCount
        }
    }

    @Test(
        "appends, imports, flushes, compactions and reopening store and count what a set of ids says", arguments: 0..<12
    )
    func againstModel(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let ids = IDs(rawValue: seed % 3)!
        let storage = TestStorage()
        var options = StoreFixture.options
        options.importRowCountMax = 150
        var store = try StoreFixture.open(storage, options: options)
        var model = Model()
        var next = 0
        for _ in 0..<25 {
            let count = Int(random.next() % 200) + 1
            let batch = Self.events(count, from: next, ids, &random)
            next += count
            switch random.next() % 8 {
            case 0..<3:
                #expect(try store.append(EventBuffer(batch), table: "events") == model.add(batch), "seed \(seed)")
            case 3..<5:
                let session = try store.beginImport(table: "events")
                for start in stride(from: 0, to: batch.count, by: 40) {
                    let part = Array(batch[start..<min(start + 40, batch.count)])
                    let isPacked = random.next() % 2 == 0
                    try session.add(isPacked ? EventBuffer(packing: part, ["event_id"]) : EventBuffer(part))
                }
                #expect(try session.commit().duplicateCount == model.add(batch), "seed \(seed)")
            case 5: try store.flush()
            case 6: _ = try store.compact()
            default:
                store.close()
                store = try StoreFixture.open(storage, options: options)
            }
            #expect(try StoreFixture.rows(store) == StoreFixture.rows(model.kept), "seed \(seed)")
        }
    }

    @Test("an import that is given up leaves its ids free, a deleted row its id too; another month is another id")
    func freedIDs() throws {
        let store = try StoreFixture.open(TestStorage())
        let event = TestEvent("u", StoreFixture.start, "n", ["event_id": .string("e1")])
        let session = try store.beginImport(table: "events")
        try session.add(EventBuffer([event]))
        session.abort()
        #expect(try store.append(EventBuffer([event]), table: "events") == 0)
        #expect(try store.append(EventBuffer([event, event]), table: "events") == 2)
        _ = try store.hideRows(inTable: "events") { (_, group) throws(EventSQLError) in
            Bitmap(range: 0..<UInt32(group.rowCount))
        }
        #expect(try store.append(EventBuffer([event]), table: "events") == 0)
        var later = event
        later.time += 40 * Self.day
        #expect(try store.append(EventBuffer([later]), table: "events") == 0)
        #expect(try StoreFixture.rows(store).count == 2)
    }

    @Test("the switch stores everything")
    func switchedOff() throws {
        var options = StoreFixture.options
        options.leavesOutDuplicates = false
        let store = try StoreFixture.open(TestStorage(), options: options)
        let event = TestEvent("u", StoreFixture.start, "n", ["event_id": .string("e1")])
        #expect(try store.append(EventBuffer([event, event]), table: "events") == 0)
        try StoreFixture.importing([event], into: store)
        #expect(try StoreFixture.rows(store).count == 3)
    }
}
