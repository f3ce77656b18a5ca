import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: power lost, or a disk that refuses, at any single call of an import leaves all of it or none of it.
/// Method: count the calls of an undisturbed run, then run once for every call with a fault there, reopen and compare.
struct ImportCrashTests {
    static let first = StoreFixture.events(30, seed: 11)
    static let second = StoreFixture.events(40, seed: 12)

    private static func prepared() throws -> TestStorage {
        let storage = TestStorage()
        try StoreFixture.importing(first, into: StoreFixture.open(storage))
        return storage
    }

    private static func callCount() throws -> Int {
        let storage = try prepared().killed()
        let store = try StoreFixture.open(storage)
        storage.plan(.none)
        try StoreFixture.importing(second, into: store)
        return storage.callCount
    }

    enum Way: CaseIterable { case stop, tear, fail }

    @Test("a crash at every call of an import", arguments: Way.allCases)
    func everyCall(way: Way) throws {
        let count = try Self.callCount()
        #expect(count > 10)
        let before = StoreFixture.rows(Self.first)
        let after = StoreFixture.rows(Self.first + Self.second)
        for call in 1...count {
            for seed in UInt64(0)..<3 {
                let storage = try Self.prepared().killed()
                let store = try StoreFixture.open(storage)
                switch way {
                case .stop: storage.plan(.stop(atCall: call))
                case .tear: storage.plan(.tear(atCall: call))
                case .fail: storage.plan(.fail(atCall: call))
                }
                var acknowledged = false
                do {
                    try StoreFixture.importing(Self.second, into: store)
                    acknowledged = true
                } catch {}
                let survivor = storage.crashed(seed: seed)
                let rows = try StoreFixture.rows(StoreFixture.open(survivor))
                #expect(rows == after || (!acknowledged && rows == before), "call \(call), seed \(seed)")
                let again = try StoreFixture.open(survivor.killed())
                #expect(try StoreFixture.rows(again) == rows, "call \(call), seed \(seed), second open")
                try StoreFixture.importing([TestEvent("later", StoreFixture.start, "use")], into: again)
                #expect(try StoreFixture.rows(again).count == rows.count + 1)
            }
        }
    }

    @Test("a disk that is full at any point of an import refuses it and loses nothing")
    func fullDisk() throws {
        let whole = try Self.prepared().killed()
        let store = try StoreFixture.open(whole)
        whole.setFreeBytes(1 << 30)
        try StoreFixture.importing(Self.second, into: store)
        let needed = (1 << 30) - whole.freeBytes
        for room in stride(from: 0, to: needed, by: max(1, needed / 60)) {
            let storage = try Self.prepared().killed()
            let store = try StoreFixture.open(storage)
            storage.setFreeBytes(room)
            var acknowledged = false
            do {
                try StoreFixture.importing(Self.second, into: store)
                acknowledged = true
            } catch {}
            storage.setFreeBytes(.max)
            let expected = acknowledged ? Self.first + Self.second : Self.first
            #expect(try StoreFixture.rows(store) == StoreFixture.rows(expected), "\(room) bytes")
            #expect(try StoreFixture.rows(StoreFixture.open(storage.killed())) == StoreFixture.rows(expected))
        }
    }

    @Test("a crash while the database is made leaves a directory that can be made again")
    func creation() throws {
        let trial = TestStorage()
        _ = try StoreFixture.open(trial)
        for call in 1...trial.callCount {
            for seed in UInt64(0)..<3 {
                let storage = TestStorage()
                storage.plan(.stop(atCall: call))
                _ = try? StoreFixture.open(storage)
                let store = try StoreFixture.open(storage.crashed(seed: seed))
                #expect(try StoreFixture.rows(store) == [])
            }
        }
    }
}
