import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: a writer sets damaged files aside, says so, keeps every byte of them, and goes on with the rest; a reader changes
/// nothing.
struct QuarantineTests {
    private static func prepared() throws -> (storage: TestStorage, segments: [String], rows: [String]) {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(StoreFixture.events(30, seed: 1), into: store)
        _ = try store.hideRows(inTable: "events") { (_, _) throws(EventSQLError) in Bitmap([1]) }
        let rows = try StoreFixture.rows(store)
        store.close()
        return (storage, storage.files().keys.filter { $0.hasSuffix(".seg") }.sorted(), rows)
    }

    /// Damages the end of a file, where its checksums are.
    private static func damage(_ storage: TestStorage, _ name: String) throws -> [UInt8] {
        var bytes = try storage.read(name)
        bytes[bytes.count - 20] ^= 1
        storage.overwrite(name, bytes)
        return bytes
    }

    @Test(
        "a damaged segment, or one whose hidden rows are damaged, is moved aside once", arguments: [".seg", ".hidden"])
    func movedAside(suffix: String) throws {
        let (storage, segments, rows) = try Self.prepared()
        let name = try #require(storage.files().keys.filter { $0.hasSuffix(suffix) }.sorted().first)
        let bytes = try Self.damage(storage, name)
        let reader = try StoreFixture.open(storage, options: StoreOptions(readOnly: true))
        let left = try StoreFixture.rows(reader)
        #expect(left.count < rows.count && Set(rows).isSuperset(of: left))
        #expect(storage.files()[name] == bytes)
        var store = try StoreFixture.open(storage)
        #expect(store.info().reports.contains { $0.contains("quarantine/") })
        #expect(try StoreFixture.rows(store) == left)
        #expect(storage.files()[name] == nil)
        #expect(storage.files().contains { $0.key.hasPrefix("/db/quarantine/") && $0.value == bytes })
        #expect(try store.verify().allSatisfy(\.isHarmless))
        for seed in UInt64(7)..<10 { try StoreFixture.importing(StoreFixture.events(5, seed: seed), into: store) }
        _ = try store.compact()
        store.close()
        store = try StoreFixture.open(storage)
        #expect(store.info().reports == [])
        #expect(try StoreFixture.rows(store).count == left.count + 15)
        #expect(storage.files().values.contains(bytes))
        #expect(segments.count >= 2)
    }

    @Test("a missing segment is dropped from the manifest with its rows and time range in the report")
    func missing() throws {
        let (storage, segments, _) = try Self.prepared()
        storage.delete(segments[0])
        let store = try StoreFixture.open(storage)
        #expect(store.info().reports.contains { $0.contains("rows of 'events' between 2024-") })
        let left = try StoreFixture.rows(store)
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(again.info().reports == [])
        #expect(try StoreFixture.rows(again) == left)
    }

    @Test("power lost or a refusing disk at any call while damage is set aside loses neither rows nor damaged bytes")
    func everyCall() throws {
        let (source, segments, _) = try Self.prepared()
        let bytes = try Self.damage(source, segments[0])
        let trial = source.killed()
        trial.plan(.none)
        let left = try StoreFixture.rows(StoreFixture.open(trial))
        var visited = 0
        for call in 1...trial.callCount {
            for seed in UInt64(0)..<8 {
                let storage = source.killed()
                visited += 1
                storage.plan(seed & 3 == 3 ? .fail(atCall: call) : .stop(atCall: call))
                if let store = try? StoreFixture.open(storage) {
                    #expect(try StoreFixture.rows(store) == left, "call \(call)")
                }
                let survivor = storage.crashed(seed: seed)
                let store = try StoreFixture.open(survivor)
                #expect(try StoreFixture.rows(store) == left, "call \(call), seed \(seed)")
                #expect(survivor.files().values.contains(bytes), "call \(call), seed \(seed)")
                store.close()
                let again = try StoreFixture.open(survivor)
                #expect(again.info().reports == [], "call \(call), seed \(seed)")
                let aside = survivor.files().filter { $0.key.hasPrefix("/db/quarantine/") && $0.value == bytes }
                #expect(aside.count == 1, "call \(call), seed \(seed)")
            }
        }
        print("crash points while damage is set aside: \(visited)")
    }

    @Test("a full disk opens for reading and writing, and reports what stays in its place")
    func fullDisk() throws {
        let (storage, segments, _) = try Self.prepared()
        _ = try Self.damage(storage, segments[0])
        let left = try StoreFixture.rows(StoreFixture.open(storage, options: StoreOptions(readOnly: true)))
        storage.setFreeBytes(0)
        let store = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(store) == left)
        #expect(store.info().reports.contains { $0.contains("stay where they are") })
    }

    @Test("after PURGE no byte of a forgotten user is left in damaged files that were set aside")
    func purge() throws {
        let storage = TestStorage()
        var store = try StoreFixture.open(storage)
        let id = "forgotten-somebody"
        let texts = [id, "value-of-\(id)"].map { Array($0.utf8) }
        var buffer = EventBuffer()
        let column = buffer.column(path: "properties.note")
        for user in [id, "stays"] {
            let (utf8, note) = (Array(user.utf8), user == id ? texts[1] : [])
            buffer.set(column, string: note.rawBytes)
            buffer.commitRow(time: StoreFixture.start, user: utf8.rawBytes, name: note.rawBytes)
        }
        try store.append(buffer, table: "events")
        try store.flush()
        store.close()
        func holds(_ text: [UInt8]) -> Bool {
            storage.files().values.contains { bytes in
                bytes.indices.contains { bytes[$0...].starts(with: text) }
            }
        }
        let segment = try #require(storage.files().keys.first { $0.hasSuffix(".seg") })
        _ = try Self.damage(storage, segment)
        store = try StoreFixture.open(storage)
        #expect(storage.files().keys.contains { $0.hasPrefix("/db/quarantine/") })
        #expect(holds(texts[0]) && holds(texts[1]))
        _ = try store.forgetUser(id)
        try store.purge()
        #expect(!storage.files().keys.contains { $0.hasPrefix("/db/quarantine/") })
        #expect(!holds(texts[0]) && !holds(texts[1]))
        store.close()
        #expect(try StoreFixture.open(storage).verify().allSatisfy(\.isHarmless))
    }
}
