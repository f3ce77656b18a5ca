import Dispatch
import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Synchronization
import Testing

/// Goal: a keyed table is a durable dictionary. Method: random changes against a Swift dictionary, with flushes,
/// compactions, reopenings and a reading process in between.
struct KeyedTests {
    private func make(_ storage: TestStorage, options: StoreOptions = StoreFixture.options) throws -> EventStore {
        let store = try StoreFixture.open(storage, options: options)
        try store.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
        return store
    }

    @Test("random changes against a dictionary, through flush, compaction, reopening and a reader", arguments: 1...12)
    func randomChanges(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let storage = TestStorage()
        var store = try make(storage)
        var readOptions = StoreFixture.options
        readOptions.readOnly = true
        let reader = try StoreFixture.open(storage, options: readOptions)
        var model: KeyedFixture.Model = [:]
        for step in 0..<120 {
            let what = "seed \(seed), step \(step)"
            let ids = (0..<(1 + random.next() % 6)).map { _ in "p\(random.next() % 40)" }
            switch random.next() % 12 {
            case 0...3:
                let rows = ids.map { KeyedFixture.row($0, &random) }
                let change = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
                let old = model.count
                for (id, row) in zip(ids, rows) { model[id] = row }
                #expect(change.insertedCount == model.count - old, "\(what)")
                #expect(change.insertedCount + change.replacedCount == rows.count, "\(what)")
            case 4:
                let rows = ids.map { KeyedFixture.row($0, &random) }
                _ = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .ignore)
                for (id, row) in zip(ids, rows) where model[id] == nil { model[id] = row }
            case 5:
                let rows = ids.map { KeyedFixture.row($0, &random) }
                let clashes = Set(ids).count < ids.count || ids.contains { model[$0] != nil }
                do {
                    _ = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .fail)
                    #expect(!clashes, "\(what)")
                    for (id, row) in zip(ids, rows) { model[id] = row }
                } catch {
                    #expect(clashes && error.kind == .conflict, "\(what): \(error)")
                }
            case 6, 7:
                let count = try store.deleteRows(of: "plans", keys: [KeyedFixture.keys(ids)])
                let gone = Set(ids).filter { model.removeValue(forKey: $0) != nil }
                #expect(count == gone.count, "\(what)")
            case 8: try store.flush()
            case 9: _ = try store.compact()
            case 10:
                store.close()
                store = try StoreFixture.open(storage)
            default: try store.append(EventBuffer(StoreFixture.events(2, seed: random.next() % 1000)), table: "events")
            }
            #expect(try KeyedFixture.model(store, what) == model, "\(what)")
            if step % 3 == 0 {
                try reader.refresh()
                #expect(try KeyedFixture.model(reader, what) == model, "reader, \(what)")
            }
            #expect(store.info().tables.first { $0.isKeyed }?.rowCount == model.count, "\(what)")
        }
    }

    @Test("several writers, a flushing and a compacting thread: everybody's rows are there, once, and after reopening")
    func manyWriters() throws {
        let storage = TestStorage()
        let store = try make(storage)
        let models = Mutex<KeyedFixture.Model>([:])
        let isDone = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 6) { worker in
            do {
                if worker >= 4 {
                    while isDone.load(ordering: .relaxed) < 4 {
                        if worker == 4 { try store.flush() } else { _ = try store.compact() }
                        _ = try KeyedFixture.model(store, "while others write")
                    }
                    return
                }
                defer { isDone.add(1, ordering: .relaxed) }
                var random = SeededRandom(seed: UInt64(worker))
                var model: KeyedFixture.Model = [:]
                for _ in 0..<150 {
                    let id = "w\(worker)-\(random.next() % 12)"
                    if random.next() % 3 == 0 {
                        _ = try store.deleteRows(of: "plans", keys: [KeyedFixture.keys([id])])
                        model[id] = nil
                    } else {
                        let row = KeyedFixture.row(id, &random)
                        _ = try store.put([KeyedFixture.batch([row])], into: "plans", onConflict: .replace)
                        model[id] = row
                    }
                }
                models.withLock { $0.merge(model) { $1 } }
            } catch {
                Issue.record("worker \(worker): \(error)")
            }
        }
        let model = models.withLock { $0 }
        #expect(try KeyedFixture.model(store) == model)
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(try KeyedFixture.model(again) == model)
        _ = try again.compact()
        #expect(try KeyedFixture.model(again) == model)
    }

    @Test("a damaged key column leaves its whole segment out, with a report, and the table stays writable")
    func damagedKeys() throws {
        let storage = TestStorage()
        var store = try make(storage)
        var random = SeededRandom(seed: 4)
        let old = (0..<40).map { KeyedFixture.row("old-\($0)", &random) }
        _ = try store.put([KeyedFixture.batch(old)], into: "plans", onConflict: .fail)
        try store.flush()
        let kept = KeyedFixture.row("kept", &random)
        _ = try store.put([KeyedFixture.batch([kept])], into: "plans", onConflict: .fail)
        try store.flush()
        store.close()
        let names = storage.files().keys.filter { $0.hasSuffix(".seg") }.sorted()
        let name = try #require(names.first)
        let bytes = try #require(storage.files()[name])
        for offset in stride(from: 0, to: bytes.count, by: 7) {
            let disk = storage.killed()
            var damaged = bytes
            damaged[offset] ^= 0x20
            disk.overwrite(name, damaged)
            store = try StoreFixture.open(disk)
            // Writing needs every key, so it meets the damage; reading may meet it as an error.
            let row = KeyedFixture.row("new", &random)
            _ = try store.put([KeyedFixture.batch([row])], into: "plans", onConflict: .replace)
            guard let model = try? KeyedFixture.model(store, "byte \(offset)") else { continue }
            #expect(model["kept"] == kept && model["new"] == row, "byte \(offset)")
            #expect([2, 42].contains(model.count), "byte \(offset): \(model.count) rows")
            if model.count == 2 { #expect(!store.info().reports.isEmpty, "byte \(offset)") }
        }
    }

    @Test("a snapshot stays as it was")
    func snapshotStays() throws {
        let store = try make(TestStorage())
        var random = SeededRandom(seed: 3)
        let first = KeyedFixture.row("a", &random)
        _ = try store.put([KeyedFixture.batch([first])], into: "plans", onConflict: .fail)
        let snapshot = try store.snapshot(ofTable: "plans")
        _ = try store.deleteRows(of: "plans", keys: [KeyedFixture.keys(["a"])])
        try store.flush()
        try store.dropTable(named: "plans")
        let group = try #require(snapshot.rowGroups.first)
        #expect(group.hiddenRows == nil)
        #expect(try group.read("id", as: .string, granule: 0, rows: .range(0..<1)).value(at: 0) == .string("a"))
    }

    @Test("a table made again under an old name shares nothing with the old one")
    func madeAgain() throws {
        let storage = TestStorage()
        let store = try make(storage)
        var random = SeededRandom(seed: 3)
        _ = try store.put([KeyedFixture.batch([KeyedFixture.row("a", &random)])], into: "plans", onConflict: .fail)
        try store.dropTable(named: "plans")
        try store.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
        #expect(try KeyedFixture.rows(store).isEmpty)
        store.close()
        #expect(try KeyedFixture.rows(StoreFixture.open(storage)).isEmpty)
    }

    @Test("composite keys and numbers as keys: equal keys meet, others do not")
    func compositeKeys() throws {
        let store = try StoreFixture.open(TestStorage())
        let columns: [KeyedTableSchema.Column] = [
            .init(name: "a", type: .string, isKey: true), .init(name: "b", type: .string, isKey: true),
            .init(name: "n", type: .double, isKey: true), .init(name: "v", type: .int64),
        ]
        try store.createKeyedTable(named: "t", columns: columns)
        func put(_ a: String, _ b: String, _ n: Double, _ v: Int64) throws -> KeyedChange {
            let row: [Value] = [.string(a), .string(b), .double(n), .int64(v)]
            return try store.put(
                [KeyedFixture.batch([row], types: columns.map(\.type))], into: "t", onConflict: .replace)
        }
        #expect(try put("ab", "c", 0, 1).insertedCount == 1)
        #expect(try put("a", "bc", 0, 2).insertedCount == 1)
        #expect(try put("ab", "c", -0.0, 3).replacedCount == 1)
        #expect(try put("ab", "c", .nan, 4).insertedCount == 1)
        #expect(try put("ab", "c", -.nan, 5).replacedCount == 1)
        #expect(try KeyedFixture.rows(store, "t").count == 3)
    }

    @Test("rows without a key are numbered, kept twice, and removed by what they hold")
    func numberedRows() throws {
        let storage = TestStorage()
        var store = try StoreFixture.open(storage)
        let rows: [[Value]] = [[.int64(1)], [.int64(1)], [.int64(2)]]
        let batch = KeyedFixture.batch(rows, types: [.int64])
        try store.createKeyedTable(named: "n", columns: [.init(name: "v", type: .int64)], rows: [batch])
        _ = try store.put([batch], into: "n", onConflict: .fail)
        try store.flush()
        _ = try store.put([batch], into: "n", onConflict: .fail)
        #expect(try KeyedFixture.rows(store, "n").count == 9)
        let gone = try store.deleteRows(of: "n") { (snapshot) throws(EventSQLError) in
            let number = snapshot.schema.columns[1].path
            return try snapshot.rowGroups.map { (group) throws(EventSQLError) in
                let all = RowSelection.range(0..<group.rowCount)
                let values = try group.read("v", as: .int64, granule: 0, rows: all)
                let numbers = try group.read(number, as: .int64, granule: 0, rows: all)
                let picked = (0..<group.rowCount).filter { values.value(at: $0) == .int64(1) }
                return Batch(columns: [numbers.gather(picked)], rowCount: picked.count)
            }
        }
        #expect(gone == 6)
        #expect(try KeyedFixture.rows(store, "n") == [[.int64(2)], [.int64(2)], [.int64(2)]])
        store.close()
        store = try StoreFixture.open(storage)
        _ = try store.put([batch], into: "n", onConflict: .fail)
        _ = try store.compact()
        #expect(try KeyedFixture.rows(store, "n").count == 6)
    }

    @Test("what cannot be stored is refused by column and row, and nothing of it is stored")
    func refusals() throws {
        let store = try make(TestStorage())
        func refusal(_ body: () throws -> Void) -> EventSQLError? {
            do { try body() } catch { return error as? EventSQLError }
            return nil
        }
        var random = SeededRandom(seed: 1)
        let good = KeyedFixture.row("a", &random)
        let bad: KeyedFixture.Row = [.null] + good.dropFirst()
        let error = refusal {
            _ = try store.put([KeyedFixture.batch([good, bad])], into: "plans", onConflict: .replace)
        }
        #expect(error?.message == "row 2: column id is NULL")
        let long: KeyedFixture.Row = [.string(String(repeating: "k", count: 5000))] + good.dropFirst()
        #expect(
            refusal { _ = try store.put([KeyedFixture.batch([long])], into: "plans", onConflict: .replace) }?.kind
                == .limit)
        #expect(
            refusal { try store.createKeyedTable(named: "events", columns: KeyedFixture.columns) }?.kind == .conflict)
        #expect(refusal { try store.createTable(named: "plans") }?.kind == .conflict)
        #expect(refusal { try store.dropTable(named: "events") }?.kind == .invalidInput)
        #expect(refusal { try store.dropTable(named: "none") }?.kind == .notFound)
        #expect(try KeyedFixture.rows(store).isEmpty)
    }

    @Test("an event table can be dropped and made again, without its old rows")
    func dropEventTable() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try store.createTable(named: "clicks")
        try store.append(EventBuffer(StoreFixture.events(5, seed: 1)), table: "clicks")
        try store.dropTable(named: "clicks")
        #expect(store.tableNames == ["events"])
        try store.createTable(named: "clicks")
        store.close()
        #expect(try StoreFixture.open(storage).snapshot(ofTable: "clicks").rowGroups.isEmpty)
    }

    @Test("PURGE leaves no byte of a deleted row")
    func purgeRemovesBytes() throws {
        let storage = TestStorage()
        let store = try make(storage)
        var random = SeededRandom(seed: 9)
        let secret = "secret-key-of-a-row"
        let rows = [KeyedFixture.row(secret, &random), KeyedFixture.row("kept", &random)]
        _ = try store.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .fail)
        try store.flush()
        _ = try store.deleteRows(of: "plans", keys: [KeyedFixture.keys([secret])])
        try store.purge()
        #expect(try KeyedFixture.model(store).keys.sorted() == ["kept"])
        for (name, bytes) in storage.files() {
            #expect(!String(decoding: bytes, as: UTF8.self).contains(secret), "\(name)")
        }
    }
}
