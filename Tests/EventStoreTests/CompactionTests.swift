import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: compaction and deletion change which bytes are on the disk and never which rows a snapshot sees.
struct CompactionTests {
    private static func filled(_ storage: TestStorage, batches: Int) throws -> (EventStore, [TestEvent]) {
        let store = try StoreFixture.open(storage)
        var all: [TestEvent] = []
        for batch in 0..<batches {
            var events = StoreFixture.events(60, seed: UInt64(batch + 1))
            // A path with every type, so that merging keeps what each value was stored as.
            for (index, value) in [Value.bool(true), .int64(3), .double(2.5), .string("x"), .json("[1]")].enumerated() {
                events[index * 3 + batch % 3].properties["properties.mixed"] = value
            }
            try StoreFixture.importing(events, into: store)
            all += events
        }
        return (store, all)
    }

    /// Rows with the mixed path as statements see it: text.
    private static func expected(_ events: [TestEvent]) -> [String] {
        StoreFixture.rows(
            events.map { event in
                var event = event
                switch event.properties["properties.mixed"] {
                case .bool(let value): event.properties["properties.mixed"] = .string("\(value)")
                case .int64(let value): event.properties["properties.mixed"] = .string("\(value)")
                case .double(let value): event.properties["properties.mixed"] = .string("\(value)")
                case .json(let text): event.properties["properties.mixed"] = .string(text)
                default: break
                }
                return event
            })
    }

    @Test("many small segments become one a month; rows, types and old snapshots stay")
    func merges() throws {
        let storage = TestStorage()
        let (store, all) = try Self.filled(storage, batches: 6)
        let held = try store.snapshot(ofTable: "events")
        #expect(try StoreFixture.rows(store) == Self.expected(all))
        let summary = try store.compact()
        #expect(summary.mergeCount == 3)
        #expect(store.info().tables[0].segmentCount == 3)
        #expect(try StoreFixture.rows(store) == Self.expected(all))
        #expect(try StoreFixture.rows(held.testEvents()) == Self.expected(all))
        #expect(try store.compact().mergeCount == 0)
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(again) == Self.expected(all))
        #expect(storage.files().keys.filter { $0.hasSuffix(".seg") }.count == 3)
    }

    @Test("rows of one user and instant keep their order of arrival")
    func order() throws {
        let store = try StoreFixture.open(TestStorage())
        for index in 0..<7 {
            try StoreFixture.importing(
                [TestEvent("u", StoreFixture.start, "n", ["i": .int64(Int64(index))])], into: store)
        }
        _ = try store.compact()
        let values = try store.snapshot(ofTable: "events").testEvents().map { $0.properties["i"] }
        #expect(values == (0..<7).map { .int64($0) })
    }

    @Test("hidden rows are gone at once for new snapshots, after reopening, and after compaction")
    func hide() throws {
        let storage = TestStorage()
        let (store, all) = try Self.filled(storage, batches: 4)
        let held = try store.snapshot(ofTable: "events")
        let ordinal = try #require(held.ordinal(ofUser: "user-3"))
        let count = try store.hideRows(inTable: "events") { (_, group) throws(EventSQLError) in
            let rows = try group.rows(ofUsers: ordinal...ordinal)
            return Bitmap(range: UInt32(rows.lowerBound)..<UInt32(rows.upperBound))
        }
        let left = all.filter { $0.user != "user-3" }
        #expect(count == all.count - left.count)
        #expect(try StoreFixture.rows(store) == Self.expected(left))
        #expect(try StoreFixture.rows(held.testEvents()) == Self.expected(all))
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(again) == Self.expected(left))
        _ = try again.compact()
        #expect(try StoreFixture.rows(again) == Self.expected(left))
        #expect(again.info().tables[0].rowCount == left.count)
    }

    @Test("after FORGET and PURGE no file of the directory has the id or the values of its rows")
    func purge() throws {
        let storage = TestStorage()
        let (store, all) = try Self.filled(storage, batches: 3)
        let secret = TestEvent(
            "forgetme-7771", StoreFixture.start, "secretname-7771", ["properties.note": .string("secretvalue-7771")])
        try store.append(EventBuffer([secret]), table: "events")
        try StoreFixture.importing([secret, secret], into: store)
        #expect(Self.grep(storage, "7771"))
        #expect(try store.forgetUser("forgetme-7771") == 3)
        #expect(try StoreFixture.rows(store) == Self.expected(all))
        try store.purge()
        #expect(try StoreFixture.rows(store) == Self.expected(all))
        #expect(!Self.grep(storage, "7771"))
        #expect(throws: EventSQLError.self) { try store.forgetUser("forgetme-7771") }
        try store.append(EventBuffer([secret]), table: "events")
        #expect(try StoreFixture.rows(store).count == all.count + 1)
        store.close()
        #expect(try StoreFixture.rows(StoreFixture.open(storage)).count == all.count + 1)
    }

    @Test("retention drops whole segments before an instant")
    func retention() throws {
        let store = try StoreFixture.open(TestStorage())
        let events = StoreFixture.events(300, seed: 4)
        try StoreFixture.importing(events, into: store)
        let february = CalendarMath.micros(ofDay: Int32(CalendarMath.days(year: 2024, month: 2, day: 1)))
        let dropped = try store.dropSegments(ofTable: "events", before: february)
        let left = events.filter { $0.time >= february }
        #expect(dropped == events.count - left.count)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows(left))
    }

    private static func grep(_ storage: TestStorage, _ text: String) -> Bool {
        let needle = Array(text.utf8)
        return storage.files().values.contains { bytes in
            bytes.count >= needle.count
                && (0...(bytes.count - needle.count)).contains { bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
        }
    }
}
