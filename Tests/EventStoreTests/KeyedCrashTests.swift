import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: whatever call of a workload on a keyed table the machine dies at, the table holds what was acknowledged, with the
/// change that was on its way either whole or not at all.
/// Method: count the calls of an undisturbed run, visit every call with every kind of fault, reopen, and compare with the
/// dictionaries that are possible.
struct KeyedCrashTests {
    /// `unsynced`: power is lost where nothing but commits was synced, so the table may be as it was after any step.
    enum Way: String, CaseIterable { case powerLoss, tornWrite, oneError, killed, unsynced }

    /// One step: what it does to the store, and to the dictionary (nil: there is no table).
    struct Step: Sendable {
        var run: @Sendable (EventStore) throws -> Void
        var apply: @Sendable (inout KeyedFixture.Model?) -> Void = { _ in }
    }

    static let steps: [Step] = {
        var steps: [Step] = []
        func put(_ ids: [String]) {
            var random = SeededRandom(seed: UInt64(steps.count + 70))
            let rows = ids.map { KeyedFixture.row($0, &random) }
            steps.append(
                Step {
                    _ = try $0.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
                } apply: { model in
                    for (id, row) in zip(ids, rows) { model?[id] = row }
                })
        }
        func delete(_ ids: [String]) {
            steps.append(
                Step {
                    _ = try $0.deleteRows(of: "plans", keys: [KeyedFixture.keys(ids)])
                } apply: { model in
                    for id in ids { model?[id] = nil }
                })
        }
        func flush() { steps.append(Step { try $0.flush() }) }
        func compact() { steps.append(Step { _ = try $0.compact() }) }
        func event(_ seed: UInt64) {
            steps.append(Step { try $0.append(EventBuffer(StoreFixture.events(2, seed: seed)), table: "events") })
        }
        steps.append(
            Step {
                try $0.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
            } apply: {
                $0 = [:]
            })
        put(["a", "b", "c"])
        put(["b"])
        delete(["c"])
        flush()
        put(["a", "d"])
        event(1)
        delete(["b"])
        flush()
        delete(["a"])
        put(["e"])
        compact()
        put(["d", "e"])
        delete(["e"])
        flush()
        put(["f"])
        compact()
        put(["f"])
        steps.append(
            Step {
                try $0.dropTable(named: "plans")
            } apply: {
                $0 = nil
            })
        steps.append(
            Step {
                try $0.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
            } apply: {
                $0 = [:]
            })
        put(["g"])
        return steps
    }()

    @Test("a fault at every call", arguments: Way.allCases)
    func everyCall(way: Way) throws {
        var options = StoreFixture.options
        if way == .killed || way == .unsynced { options.durability = .none }
        let trial = TestStorage()
        let store = try StoreFixture.open(trial, options: options)
        trial.plan(.none)
        for step in Self.steps { try step.run(store) }
        var visited = 0
        for call in 1...trial.callCount {
            for seed in UInt64(0)..<(way == .powerLoss || way == .unsynced ? 2 : 1) {
                try visit(way, call: call, seed: seed, options: options)
                visited += 1
            }
        }
        print("crash points of keyed tables visited (\(way.rawValue)): \(visited)")
    }

    private func visit(_ way: Way, call: Int, seed: UInt64, options: StoreOptions) throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage, options: options)
        switch way {
        case .powerLoss, .killed, .unsynced: storage.plan(.stop(atCall: call))
        case .tornWrite: storage.plan(.tear(atCall: call))
        case .oneError: storage.plan(.fail(atCall: call))
        }
        // Each step that failed may have happened all the same, in the order of the steps.
        var possible: [KeyedFixture.Model?] = [nil]
        var history = possible
        for step in Self.steps {
            var after = possible
            for index in after.indices { step.apply(&after[index]) }
            do {
                try step.run(store)
                possible = after
            } catch { possible = Self.distinct(possible + after) }
            history = Self.distinct(history + possible)
        }
        if way == .unsynced { possible = history }
        storage.plan(.none)
        let survivor = way == .killed ? storage.killed() : storage.crashed(seed: seed)
        let twice = survivor.killed()
        _ = try StoreFixture.open(twice)
        let what = "call \(call), seed \(seed), \(way)"
        let found = try found(StoreFixture.open(twice), what)
        #expect(possible.contains(found), "opened twice, \(what)")
        try check(survivor, possible, what)
    }

    private static func distinct(_ models: [KeyedFixture.Model?]) -> [KeyedFixture.Model?] {
        models.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func found(_ store: EventStore, _ what: String) throws -> KeyedFixture.Model? {
        store.keyedTableNames.isEmpty ? nil : try KeyedFixture.model(store, what)
    }

    private func check(_ storage: TestStorage, _ possible: [KeyedFixture.Model?], _ what: String) throws {
        let store = try StoreFixture.open(storage)
        let before = try found(store, what)
        #expect(possible.contains(before), "\(String(describing: before?.keys.sorted())) at \(what)")
        guard var model = before else { return }
        var random = SeededRandom(seed: 5)
        let row = KeyedFixture.row("a", &random)
        _ = try store.put([KeyedFixture.batch([row])], into: "plans", onConflict: .replace)
        model["a"] = row
        #expect(try found(store, what) == model, "later, \(what)")
        _ = try store.compact()
        #expect(try found(store, what) == model, "compacted, \(what)")
        store.close()
        #expect(try KeyedFixture.model(StoreFixture.open(storage), what) == model, "reopened, \(what)")
    }
}
