import Dispatch
import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Synchronization
import Testing

/// Goal: appended rows are visible at once, survive, and move into segments without anybody noticing.
struct AppendTests {
    @Test("every append is visible to the next snapshot and to no earlier one")
    func visibleAtOnce() throws {
        let store = try StoreFixture.open(TestStorage())
        var all: [TestEvent] = []
        for round in 0..<30 {
            let events = StoreFixture.events(1 + round % 7, seed: UInt64(round))
            let before = try store.snapshot(ofTable: "events")
            try store.append(EventBuffer(events), table: "events")
            #expect(try StoreFixture.rows(before.testEvents()) == StoreFixture.rows(all))
            all += events
            #expect(try StoreFixture.rows(store) == StoreFixture.rows(all), "round \(round)")
            if round % 11 == 10 { try store.flush() }
        }
        #expect(store.info().tables[0].rowCount == all.count)
    }

    @Test("rows that were never flushed are there after reopening, once", arguments: [false, true])
    func reopened(flushes: Bool) throws {
        var storage = TestStorage()
        var all: [TestEvent] = []
        for round in 0..<6 {
            let store = try StoreFixture.open(storage)
            #expect(try StoreFixture.rows(store) == StoreFixture.rows(all))
            let events = StoreFixture.events(20, seed: UInt64(round + 100))
            try store.append(EventBuffer(events), table: "events")
            all += events
            if flushes && round % 2 == 0 { try store.flush() }
            storage = storage.killed()
        }
        let store = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows(all))
        #expect(store.info().reports == [])
        #expect(store.info().userCount == Set(all.compactMap(\.user)).count)
    }

    @Test("the memtable and the WAL stay within their limits")
    func bounded() throws {
        let storage = TestStorage()
        var options = StoreFixture.options
        options.memtableRowCountMax = 100
        let store = try StoreFixture.open(storage, options: options)
        for round in 0..<40 {
            try store.append(EventBuffer(StoreFixture.events(9, seed: UInt64(round), days: 5)), table: "events")
            #expect(store.info().tables[0].memtableRowCount < 100)
        }
        #expect(store.info().tables[0].segmentCount >= 3)
        #expect(storage.files().keys.filter { $0.hasSuffix(".wal") }.count <= 1)
        #expect(try StoreFixture.rows(store).count == 360)
    }

    @Test("eight appenders and a reader in one process lose nothing and never see half an append")
    func concurrent() throws {
        var options = StoreFixture.options
        options.memtableRowCountMax = 200
        let store = try StoreFixture.open(TestStorage(), options: options)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 9) { worker in
            do {
                for round in 0..<20 {
                    if worker == 8 {
                        let count = try store.snapshot(ofTable: "events").rowGroups.reduce(0) { $0 + $1.rowCount }
                        if count % 5 != 0 { failures.withLock { $0.append("half an append: \(count)") } }
                    } else {
                        let events = (0..<5).map {
                            TestEvent("w\(worker)", Int64(round), "n", ["i": .int64(Int64($0))])
                        }
                        try store.append(EventBuffer(events), table: "events")
                    }
                }
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try StoreFixture.rows(store).count == 8 * 20 * 5)
    }

    @Test("a reading process follows the writer: WAL, flush, import; its snapshots stay what they were")
    func follow() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let reader = try StoreFixture.open(storage, options: StoreOptions(readOnly: true))
        var all: [TestEvent] = []
        for round in 0..<24 {
            let held = try reader.snapshot(ofTable: "events")
            let events = StoreFixture.events(10, seed: UInt64(round + 7))
            if round % 5 == 4 {
                try StoreFixture.importing(events, into: store)
            } else {
                try store.append(EventBuffer(events), table: "events")
            }
            if round % 7 == 6 { try store.flush() }
            #expect(try StoreFixture.rows(reader) == StoreFixture.rows(all))
            #expect(try StoreFixture.rows(held.testEvents()) == StoreFixture.rows(all))
            all += events
            try reader.refresh()
            #expect(try StoreFixture.rows(reader) == StoreFixture.rows(all), "round \(round)")
        }
        #expect(throws: EventSQLError.self) { try reader.append(EventBuffer(all), table: "events") }
    }

    @Test("a damaged byte anywhere in the WAL costs at most its own append, and is reported")
    func damagedLog() throws {
        let storage = TestStorage()
        let batches = (0..<4).map { StoreFixture.events(2, seed: UInt64($0 + 40)) }
        do {
            let store = try StoreFixture.open(storage)
            for batch in batches { try store.append(EventBuffer(batch), table: "events") }
        }
        let name = try #require(storage.files().keys.first { $0.hasSuffix(".wal") })
        let bytes = try storage.read(name)
        for offset in bytes.indices {
            let damaged = storage.killed()
            var copy = bytes
            copy[offset] ^= 0x10
            damaged.overwrite(name, copy)
            let store = try StoreFixture.open(damaged)
            let rows = Set(try StoreFixture.rows(store))
            let kept = batches.filter { rows.isSuperset(of: StoreFixture.rows($0)) }
            #expect(kept.count == 3 && rows.count == 6, "byte \(offset): \(rows.count) rows")
            #expect(!store.info().reports.isEmpty, "byte \(offset)")
        }
        let ends = (0...4).map { Self.size(batches.prefix($0)) }
        for length in bytes.indices {
            let damaged = storage.killed()
            damaged.overwrite(name, Array(bytes.prefix(length)))
            let store = try StoreFixture.open(damaged)
            let count = try StoreFixture.rows(store).count
            let expected = ends.lastIndex { $0 <= length } ?? 0
            #expect(count == expected * 2, "cut at \(length)")
            try store.append(EventBuffer(batches[3]), table: "events")
            #expect(try StoreFixture.rows(StoreFixture.open(damaged.killed())).count == expected * 2 + 2)
        }
    }

    private static func size(_ batches: ArraySlice<[TestEvent]>) -> Int {
        let storage = TestStorage()
        guard let store = try? StoreFixture.open(storage) else { return 0 }
        for batch in batches { _ = try? store.append(EventBuffer(batch), table: "events") }
        return storage.files().filter { $0.key.hasSuffix(".wal") }.reduce(0) { $0 + $1.value.count }
    }
}
