import EventBase
import EventColumns
import EventFormat
import EventStore
import EventTestSupport
import Foundation
import Testing

/// Goal: `verify` finds nothing in a sound database, whatever it went through, and every damaged byte that something
/// depends on.
struct VerifyTests {
    /// A database with everything: merged and fresh segments, hidden rows, a cohort, several user runs, a keyed table, a log.
    static func database() throws -> TestStorage {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(StoreFixture.events(12, seed: 77, days: 10), into: store)
        try StoreFixture.importing(StoreFixture.events(8, seed: 79, days: 10), into: store)
        _ = try store.compact()
        try StoreFixture.importing([TestEvent("one more", StoreFixture.start, "use")], into: store)
        _ = try store.hideRows(inTable: "events") { (_, group) throws(EventSQLError) in
            group.rowCount > 5 ? Bitmap([2, 5]) : Bitmap()
        }
        try store.saveCohort(name: "c", definition: "d", members: Bitmap([1, 2]), replacing: false)
        try store.identify("anon", as: "user-1", atMicros: 5)
        try store.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
        var random = SeededRandom(seed: 1)
        let rows = ["a", "b"].map { KeyedFixture.row($0, &random) }
        _ = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
        try store.flush()
        _ = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
        try store.append(EventBuffer(StoreFixture.events(2, seed: 78)), table: "events")
        store.close()
        return storage
    }

    /// `EVENTSQL_FLIPS=all` flips every byte, otherwise one in 23.
    private static let flipStep = ProcessInfo.processInfo.environment["EVENTSQL_FLIPS"] == "all" ? 1 : 23

    private static func verify(_ storage: TestStorage) throws -> [StoreFinding] {
        try StoreFixture.open(storage, options: StoreOptions(readOnly: true)).verify()
    }

    @Test("nothing is found in a sound database, by a reader or by its writer")
    func sound() throws {
        let storage = try Self.database()
        #expect(try Self.verify(storage) == [])
        let store = try StoreFixture.open(storage)
        for seed in UInt64(0)..<4 {
            try StoreFixture.importing(StoreFixture.events(30_000, seed: seed), into: store)
            #expect(try store.verify() == [])
        }
        _ = try store.compact()
        #expect(try store.verify() == [])
        try store.purge()
        #expect(try store.verify() == [])
    }

    @Test("every flipped byte that something depends on is found")
    func flips() throws {
        let storage = try Self.database()
        var (flipCount, foundCount) = (0, 0)
        for (name, bytes) in storage.files().sorted(by: { $0.key < $1.key }) where !name.hasSuffix("LOCK") {
            for offset in stride(from: flipCount % Self.flipStep, to: bytes.count, by: Self.flipStep) {
                let damaged = storage.killed()
                var copy = bytes
                copy[offset] ^= UInt8(1 << (offset % 8))
                damaged.overwrite(name, copy)
                flipCount += 1
                guard let store = try? StoreFixture.open(damaged, options: StoreOptions(readOnly: true)) else {
                    foundCount += 1
                    continue
                }
                let found = try store.verify()
                if found.contains(where: { !$0.isHarmless }) {
                    foundCount += 1
                } else if bytes[offset] != 0 || !(name.hasSuffix(".seg") || name.hasSuffix(".run")) {
                    Issue.record("\(name) byte \(offset) of \(bytes.count) is not missed")
                }
            }
        }
        // Bytes between blocks of a segment or user run are zero and mean nothing.
        #expect(foundCount * 10 > flipCount * 6, "\(foundCount) of \(flipCount)")
        print("bytes flipped under verify: \(flipCount), found \(foundCount)")
    }

    @Test("every file that is missing or cut is found, and a stray one is only a note")
    func missing() throws {
        let storage = try Self.database()
        for (name, bytes) in storage.files().sorted(by: { $0.key < $1.key }) where !name.hasSuffix("LOCK") {
            let short = storage.killed()
            short.overwrite(name, Array(bytes.dropLast(1 + bytes.count / 3)))
            #expect(try Self.verify(short).contains { !$0.isHarmless }, "\(name) cut")
            // An older manifest, the copies and the catalogue are insurance; a log that is gone altogether cannot be told from none.
            if name.contains("manifest-") || name == "/db/catalogue" || name.hasSuffix(".wal") { continue }
            let without = storage.killed()
            without.delete(name)
            #expect(try Self.verify(without).contains { !$0.isHarmless }, "\(name) missing")
        }
        storage.overwrite("/db/users/999.run", [1])
        let found = try Self.verify(storage)
        #expect(found.count == 1 && found[0].isHarmless && found[0].fileName == "users/999.run")
    }

    @Test("a segment whose checksums hold but whose rows contradict it is found")
    func contradictions() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(StoreFixture.events(200, seed: 5), into: store)
        store.close()
        // The bytes of one sound segment under the name of another of the same size would carry sound checksums; the manifest
        // tells them apart by what it says of their ranges.
        let names = storage.files().keys.filter { $0.hasSuffix(".seg") }.sorted()
        let first = try #require(names.first)
        let last = try #require(names.last)
        storage.overwrite(first, try storage.read(last))
        let found = try Self.verify(storage)
        #expect(found.contains { first.hasSuffix($0.fileName) && $0.rowCount != nil && $0.timeRange != nil })
    }
}
