import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: the rows of a table without a primary key are told apart by numbers that nobody sees: equal rows are kept twice, and
/// each is changed once.
/// Method: random changes against a sorted array, with flushes, compactions, reopenings and a reading process in between; and
/// power lost at every call.
struct NumberedRowsTests {
    private static func make(_ storage: TestStorage) throws -> EventStore {
        let store = try StoreFixture.open(storage)
        try store.createKeyedTable(named: "n", columns: [.init(name: "v", type: .int64)])
        return store
    }

    private static func put(_ store: EventStore, _ values: [Int64]) throws {
        let batch = KeyedFixture.batch(values.map { [.int64($0)] }, types: [.int64])
        _ = try store.put([batch], into: "n", onConflict: .fail)
    }

    /// Adds 1000 to the values that leave a rest.
    private static func update(_ store: EventStore, rest: Int64) throws -> Int {
        try store.updateRows(of: "n") { (snapshot) throws(EventSQLError) in
            try picked(snapshot, rest).map { picked in
                Batch(
                    columns: [
                        Vector(type: .int64, values: .int64(picked.map { $0.value + 1000 })),
                        Vector(type: .int64, values: .int64(picked.map(\.number))),
                    ], rowCount: picked.count)
            }
        }
    }

    private static func delete(_ store: EventStore, rest: Int64) throws -> Int {
        try store.deleteRows(of: "n") { (snapshot) throws(EventSQLError) in
            try picked(snapshot, rest).map { picked in
                Batch(
                    columns: [Vector(type: .int64, values: .int64(picked.map(\.number)))], rowCount: picked.count)
            }
        }
    }

    /// By row group, the visible rows whose values leave a rest when divided by 7.
    private static func picked(
        _ snapshot: any EventSnapshot, _ rest: Int64
    ) throws(EventSQLError) -> [[(value: Int64, number: Int64)]] {
        try snapshot.rowGroups.map { (group) throws(EventSQLError) in
            let all = RowSelection.range(0..<group.rowCount)
            let columns = snapshot.schema.columns.map(\.path)
            let values = try group.read(columns[0], as: .int64, granule: 0, rows: all)
            let numbers = try group.read(columns[1], as: .int64, granule: 0, rows: all)
            return (0..<group.rowCount).compactMap { row in
                guard group.hiddenRows?.contains(UInt32(row)) != true, case .int64(let value) = values.value(at: row),
                    case .int64(let number) = numbers.value(at: row), value % 7 == rest
                else { return nil }
                return (value, number)
            }
        }
    }

    private static func values(_ store: EventStore) throws -> [Int64] {
        try KeyedFixture.rows(store, "n").compactMap { if case .int64(let value) = $0[0] { value } else { nil } }
            .sorted()
    }

    @Test("random changes against an array", arguments: 1...8)
    func randomChanges(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let storage = TestStorage()
        var store = try Self.make(storage)
        var readOptions = StoreFixture.options
        readOptions.readOnly = true
        let reader = try StoreFixture.open(storage, options: readOptions)
        var model: [Int64] = []
        for step in 0..<100 {
            let what = "seed \(seed), step \(step)"
            let rest = Int64(random.next() % 7)
            switch random.next() % 10 {
            case 0...3:
                let added = (0..<(1 + random.next() % 8)).map { _ in Int64(random.next() % 20) }
                try Self.put(store, added)
                model += added
            case 4, 5:
                #expect(try Self.update(store, rest: rest) == model.count { $0 % 7 == rest }, "\(what)")
                model = model.map { $0 % 7 == rest ? $0 + 1000 : $0 }
            case 6:
                #expect(try Self.delete(store, rest: rest) == model.count { $0 % 7 == rest }, "\(what)")
                model.removeAll { $0 % 7 == rest }
            case 7: try store.flush()
            case 8: _ = try store.compact()
            default:
                store.close()
                store = try StoreFixture.open(storage)
            }
            model.sort()
            #expect(try Self.values(store) == model, "\(what)")
            try reader.refresh()
            #expect(try Self.values(reader) == model, "reader, \(what)")
        }
    }

    /// What is done to a table that holds 1, 1, 2 and 9 in a segment, and what it holds then.
    private static let steps: [(run: @Sendable (EventStore) throws -> Void, holds: [Int64])] = [
        ({ _ = try update($0, rest: 1) }, [2, 9, 1001, 1001]),
        ({ try put($0, [1]) }, [1, 2, 9, 1001, 1001]),
        ({ try $0.flush() }, [1, 2, 9, 1001, 1001]),
        ({ _ = try update($0, rest: 2) }, [1, 1001, 1001, 1002, 1009]),
        ({ _ = try update($0, rest: 1) }, [1001, 1001, 1001, 2002, 2009]),
        ({ try put($0, [5]) }, [5, 1001, 1001, 1001, 2002, 2009]),
        ({ _ = try $0.compact() }, [5, 1001, 1001, 1001, 2002, 2009]),
        ({ _ = try delete($0, rest: 0) }, [5]),
    ]

    @Test("power is lost at every call: each UPDATE happened to all of its rows or to none")
    func powerLoss() throws {
        func filled(_ storage: TestStorage) throws -> EventStore {
            let store = try Self.make(storage)
            try Self.put(store, [1, 1, 2, 9])
            try store.flush()
            return store
        }
        let trial = TestStorage()
        let undisturbed = try filled(trial)
        trial.plan(.none)
        for step in Self.steps { try step.run(undisturbed) }
        for call in 1...trial.callCount {
            let storage = TestStorage()
            let store = try filled(storage)
            storage.plan(.stop(atCall: call))
            var possible: [[Int64]] = [[1, 1, 2, 9]]
            for step in Self.steps {
                do {
                    try step.run(store)
                    possible = [step.holds]
                } catch {
                    possible.append(step.holds)
                    break
                }
            }
            storage.plan(.none)
            let found = try Self.values(StoreFixture.open(storage.crashed(seed: UInt64(call))))
            #expect(possible.contains(found), "call \(call): \(found)")
        }
    }
}
