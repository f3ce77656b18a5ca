import Dispatch
import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Synchronization
import Testing

/// Goal: a backup is the whole database at one instant, whoever works on it meanwhile, or it does not open.
struct BackupTests {
    private static func open(_ storage: TestStorage, _ path: String = "/copy") throws(EventSQLError) -> EventStore {
        try EventStore.open(at: path, options: StoreFixture.options, storage: storage)
    }

    private static func prepared() throws -> (TestStorage, EventStore, rows: [String], plans: KeyedFixture.Model) {
        let storage = try VerifyTests.database()
        let store = try StoreFixture.open(storage)
        return (storage, store, try StoreFixture.rows(store), try KeyedFixture.model(store))
    }

    @Test(
        "rows, users, cohorts, identities, keyed tables and what is only in the log are in the backup",
        arguments: [true, false])
    func whole(links: Bool) throws {
        let (storage, store, rows, plans) = try Self.prepared()
        if !links { storage.refuseLinks() }
        let summary = try store.backup(to: "/copy")
        #expect((summary.linkedCount > 0) == links)
        try store.append(EventBuffer(StoreFixture.events(5, seed: 900)), table: "events")
        try store.purge()
        let copy = try Self.open(storage)
        #expect(copy.info().reports == [])
        #expect(try StoreFixture.rows(copy) == rows)
        #expect(try KeyedFixture.model(copy) == plans)
        #expect(copy.identities == store.identities && copy.cohorts == store.cohorts)
        #expect(try copy.verify() == [])
        try copy.append(EventBuffer(StoreFixture.events(3, seed: 901)), table: "events")
        try copy.flush()
        #expect(try StoreFixture.rows(copy).count == rows.count + 3)
        #expect(try StoreFixture.rows(store).count == rows.count + 5)
    }

    @Test("a reader makes one too; a target that holds anything is refused and left alone")
    func readerAndTarget() throws {
        let (storage, store, rows, _) = try Self.prepared()
        let reader = try StoreFixture.open(storage, options: StoreOptions(readOnly: true))
        _ = try reader.backup(to: "/copy/")
        #expect(try StoreFixture.rows(Self.open(storage)) == rows)
        let before = storage.files().count
        #expect(throws: EventSQLError.self) { try store.backup(to: "/copy") }
        #expect(throws: EventSQLError.self) { try store.backup(to: "/db") }
        #expect(throws: EventSQLError.self) { try store.backup(to: "/missing/copy") }
        #expect(storage.files().count == before)
    }

    @Test(
        "power lost at any call: the backup is whole or does not open, the database is as it was",
        arguments: [true, false])
    func everyCall(links: Bool) throws {
        let (source, first, rows, plans) = try Self.prepared()
        first.close()
        let trial = source.killed()
        let trialStore = try StoreFixture.open(trial)
        if !links { trial.refuseLinks() }
        trial.plan(.none)
        _ = try trialStore.backup(to: "/copy")
        let count = trial.callCount
        #expect(count > 20)
        for call in 1...count {
            for seed in UInt64(0)..<2 {
                let storage = source.killed()
                let store = try StoreFixture.open(storage)
                if !links { storage.refuseLinks() }
                storage.plan(seed == 0 ? .tear(atCall: call) : .stop(atCall: call))
                #expect(throws: EventSQLError.self) { try store.backup(to: "/copy") }
                let survivor = storage.crashed(seed: seed)
                if let copy = try? EventStore.open(
                    at: "/copy", options: StoreOptions(readOnly: true), storage: survivor)
                {
                    #expect(copy.info().reports == [], "call \(call)")
                    #expect(try StoreFixture.rows(copy) == rows && KeyedFixture.model(copy) == plans, "call \(call)")
                }
                #expect(try StoreFixture.rows(StoreFixture.open(survivor)) == rows, "call \(call)")
            }
        }
        print("crash points of a backup visited: \(count * 2)")
    }

    @Test("a disk that fills up refuses the backup and loses nothing")
    func fullDisk() throws {
        let (storage, store, rows, _) = try Self.prepared()
        storage.refuseLinks()
        for room in stride(from: 0, to: 20_000, by: 512) {
            storage.setFreeBytes(room)
            let target = "/copy-\(room)"
            let isMade = (try? store.backup(to: target)) != nil
            storage.setFreeBytes(.max)
            let copy = try? Self.open(storage, target)
            #expect((copy != nil) == isMade, "\(room) bytes")
            if let copy { #expect(try StoreFixture.rows(copy) == rows) }
        }
        #expect(try StoreFixture.rows(store) == rows)
    }

    @Test("backups made while rows arrive, are flushed, deleted and compacted are prefixes of what was written")
    func concurrent() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let failures = Mutex<[String]>([])
        let isDone = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: 2) { worker in
            do {
                if worker == 0 {
                    for round in 0..<60 {
                        let events = (0..<3).map { TestEvent("u\(round)", Int64($0), "n", ["i": .int64(Int64(round))]) }
                        try store.append(EventBuffer(events), table: "events")
                        if round % 5 == 4 { try store.flush() }
                        if round % 15 == 14 { _ = try store.compact() }
                    }
                    isDone.store(true, ordering: .relaxed)
                } else {
                    var number = 0
                    while !isDone.load(ordering: .relaxed) || number == 0 {
                        number += 1
                        _ = try store.backup(to: "/copy-\(number)")
                        let copy = try Self.open(storage, "/copy-\(number)")
                        let rounds = try copy.snapshot(ofTable: "events").testEvents().compactMap { event -> Int64? in
                            if case .int64(let round) = event.properties["i"] { round } else { nil }
                        }.sorted()
                        let expected = (0..<Int64(rounds.count / 3)).flatMap { [$0, $0, $0] }
                        if rounds != expected { failures.withLock { $0.append("backup \(number): \(rounds)") } }
                        let found = try copy.verify()
                        if !found.isEmpty { failures.withLock { $0.append("backup \(number): \(found)") } }
                    }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
                isDone.store(true, ordering: .relaxed)
            }
        }
        #expect(failures.withLock { $0 } == [])
    }
}
