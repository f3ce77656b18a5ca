import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: an import is there as a whole or not at all, and what is read is what was written.
struct ImportTests {
    @Test("rows come back as they went in, before and after reopening", arguments: [1, 7, 100, 20_000])
    func roundTrip(count: Int) throws {
        let storage = TestStorage()
        let events = StoreFixture.events(count, seed: UInt64(count))
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(events, into: store)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows(events))
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(again) == StoreFixture.rows(events))
        #expect(again.info().tables[0].rowCount == count)
        #expect(again.info().userCount == Set(events.compactMap(\.user)).count)
        #expect(again.info().reports == [])
    }

    @Test("rows of a segment are sorted by user and time, segments by month")
    func sorted() throws {
        let store = try StoreFixture.open(TestStorage())
        try StoreFixture.importing(StoreFixture.events(3000, seed: 5), into: store)
        let groups = try store.snapshot(ofTable: "events").rowGroups
        #expect(groups.count == 3)
        for group in groups {
            var users: [UInt32] = []
            var times: [Int64] = []
            try group.readUsers(granule: 0, rows: .range(0..<group.rowCount), into: &users)
            try group.readTimes(granule: 0, rows: .range(0..<group.rowCount), into: &times)
            let keys = zip(users, times).map { (UInt64($0), $1) }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.0 <= $0.1 })
            let months = times.map { CalendarMath.civil(day: Int(CalendarMath.day(ofMicros: $0))).month }
            #expect(Set(months).count == 1)
        }
    }

    @Test("packed UUIDs come back as the texts they were, alone and beside others", arguments: 0..<6 as Range<UInt64>)
    func packedUUIDs(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func uuid(_ number: UInt64) -> Value {
            var text: [UInt8] = []
            text.append(uuid: PackedUUID(Hash64.hash(number), number))
            return .string(String(decoding: text, as: UTF8.self))
        }
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let session = try store.beginImport(table: "events")
        let paths = ["all", "few", "mixed", "some"]
        var all: [TestEvent] = []
        for _ in 0..<6 {
            let events = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                let number = random.next()
                var properties = ["all": uuid(number), "few": uuid(number % 5)]
                properties["mixed"] = number % 7 == 0 ? .string("text \(number % 50)") : uuid(number)
                if number % 3 == 0 { properties["some"] = uuid(number) }
                let time = StoreFixture.start + Int64(number % 70) * 86_400_000_000
                return TestEvent(number % 11 == 0 ? nil : "user \(number % 90)", time, "n", properties)
            }
            all += events
            let isPacked = seed > 0 && random.next() % 4 > 0
            try session.add(isPacked ? EventBuffer(packing: events, paths) : EventBuffer(events))
        }
        _ = try session.commit()
        #expect(try StoreFixture.rows(store) == StoreFixture.rows(all), "seed \(seed)")
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(again) == StoreFixture.rows(all), "seed \(seed)")
        #expect(again.info().reports == [])
    }

    @Test("several buffers beyond the memory limit become several segments of one commit")
    func bounded() throws {
        let storage = TestStorage()
        var options = StoreFixture.options
        options.importRowCountMax = 500
        let store = try StoreFixture.open(storage, options: options)
        let session = try store.beginImport(table: "events")
        var all: [TestEvent] = []
        for seed in 0..<8 {
            let events = StoreFixture.events(200, seed: UInt64(seed + 50))
            all += events
            try session.add(EventBuffer(events))
            #expect(try StoreFixture.rows(store) == [])
        }
        let summary = try session.commit()
        #expect(summary.rowCount == 1600)
        #expect(summary.segmentCount > 3)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows(all))
    }

    @Test("an abort leaves neither rows nor users nor files")
    func abort() throws {
        let storage = TestStorage()
        var options = StoreFixture.options
        options.importRowCountMax = 10
        let store = try StoreFixture.open(storage, options: options)
        let before = Set(storage.files().keys)
        let session = try store.beginImport(table: "events")
        try session.add(EventBuffer(StoreFixture.events(100, seed: 1)))
        session.abort()
        #expect(Set(storage.files().keys) == before)
        #expect(store.info().userCount == 0)
        #expect(try StoreFixture.rows(store) == [])
    }

    @Test("many imports keep at most the stated number of user runs, and every user keeps its number")
    func userRuns() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        var ordinals: [String: UInt32] = [:]
        for round in 0..<20 {
            let events = (0..<5).map { TestEvent("u\(round * 3 + $0)", StoreFixture.start + Int64($0), "use") }
            try StoreFixture.importing(events, into: store)
            let snapshot = try store.snapshot(ofTable: "events")
            for (user, ordinal) in ordinals { #expect(snapshot.ordinal(ofUser: user) == ordinal) }
            for event in events { ordinals[event.user!] = snapshot.ordinal(ofUser: event.user!) }
            #expect(snapshot.users.count == ordinals.count + 1)
        }
        #expect(Set(ordinals.values).count == ordinals.count)
        store.close()
        let snapshot = try StoreFixture.open(storage).snapshot(ofTable: "events")
        for (user, ordinal) in ordinals {
            #expect(snapshot.ordinal(ofUser: user) == ordinal)
            #expect(snapshot.users.string(at: ordinal) == user)
        }
        #expect(storage.files().keys.filter { $0.hasPrefix("/db/users/") }.count <= 9)
    }

    @Test("a table of another name is made by its first import")
    func otherTable() throws {
        let store = try StoreFixture.open(TestStorage())
        let session = try store.beginImport(table: "logs")
        try session.add(EventBuffer([TestEvent("a", 1, "x", ["k": .bool(true)])]))
        _ = try session.commit()
        #expect(store.tableNames == ["events", "logs"])
        #expect(try store.snapshot(ofTable: "logs").schema.column("k")?.storedTypes == .bool)
        #expect(throws: EventSQLError.self) { try store.snapshot(ofTable: "nothing") }
    }

    @Test("cohorts are saved, replaced, dropped, and found again after reopening")
    func cohorts() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(StoreFixture.events(50, seed: 9), into: store)
        try store.saveCohort(name: "a", definition: "CREATE COHORT a", members: Bitmap([1, 3]), replacing: false)
        #expect(throws: EventSQLError.self) {
            try store.saveCohort(name: "a", definition: "", members: Bitmap(), replacing: false)
        }
        try store.saveCohort(name: "a", definition: "again", members: Bitmap([2, 4, 5]), replacing: true)
        try store.saveCohort(name: "b", definition: "b", members: Bitmap([1]), replacing: false)
        try store.dropCohort(name: "b")
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(again.cohorts.map(\.name) == ["a"])
        #expect(again.cohorts[0].memberCount == 3)
        #expect(try again.snapshot(ofTable: "events").members(ofCohort: "a")?.values() == [2, 4, 5])
        #expect(try again.snapshot(ofTable: "events").members(ofCohort: "b") == nil)
    }
}
