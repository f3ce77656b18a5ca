import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: whatever call of a mixed workload the machine dies at, nothing acknowledged is lost and nothing is half there.
/// Method: count the calls of an undisturbed run, then visit every call with every kind of fault, reopen, and compare
/// batch by batch with what was acknowledged.
struct WorkloadCrashTests {
    enum Way: String, CaseIterable { case powerLoss, tornWrite, oneError, killed }

    /// One step of the workload and the rows it adds.
    struct Step: Sendable {
        var events: [TestEvent] = []
        var run: @Sendable (EventStore, [TestEvent]) throws -> Void
    }

    static let steps: [Step] = {
        var steps: [Step] = []
        func append(_ count: Int) {
            steps.append(
                Step(events: StoreFixture.events(count, seed: UInt64(steps.count + 500))) { store, events in
                    try store.append(EventBuffer(events), table: "events")
                })
        }
        func flush() { steps.append(Step { store, _ in try store.flush() }) }
        append(3)
        append(2)
        flush()
        append(4)
        steps.append(Step(events: StoreFixture.events(9, seed: 900)) { try StoreFixture.importing($1, into: $0) })
        append(1)
        steps.append(
            Step { store, _ in
                try store.saveCohort(name: "c", definition: "d", members: Bitmap([1]), replacing: true)
            })
        append(2)
        flush()
        steps.append(Step { store, _ in _ = try store.compact() })
        append(2)
        return steps
    }()

    @Test("a fault at every call", arguments: Way.allCases)
    func everyCall(way: Way) throws {
        var options = StoreFixture.options
        if way == .killed { options.durability = .none }
        let trial = TestStorage()
        let store = try StoreFixture.open(trial, options: options)
        trial.plan(.none)
        for step in Self.steps { try step.run(store, step.events) }
        var visited = 0
        for call in 1...trial.callCount {
            for seed in UInt64(0)..<(way == .powerLoss ? 2 : 1) {
                try visit(way, call: call, seed: seed, options: options)
                visited += 1
            }
        }
        print("crash points visited (\(way.rawValue)): \(visited)")
    }

    private func visit(_ way: Way, call: Int, seed: UInt64, options: StoreOptions) throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage, options: options)
        switch way {
        case .powerLoss, .killed: storage.plan(.stop(atCall: call))
        case .tornWrite: storage.plan(.tear(atCall: call))
        case .oneError: storage.plan(.fail(atCall: call))
        }
        var acknowledged: [[TestEvent]] = []
        var open: [[TestEvent]] = []
        for step in Self.steps {
            do {
                try step.run(store, step.events)
                acknowledged.append(step.events)
            } catch { open.append(step.events) }
        }
        storage.plan(.none)
        let survivor = way == .killed ? storage.killed() : storage.crashed(seed: seed)
        let twice = survivor.killed()
        _ = try StoreFixture.open(twice)
        try Self.check(survivor, acknowledged, open, "call \(call), seed \(seed), \(way)")
        try Self.check(twice, acknowledged, open, "call \(call), seed \(seed), \(way), opened twice")
    }

    static func check(
        _ storage: TestStorage, _ acknowledged: [[TestEvent]], _ open: [[TestEvent]], _ what: String
    ) throws {
        let store = try StoreFixture.open(storage)
        var rows = try StoreFixture.rows(store)
        for batch in acknowledged {
            for row in StoreFixture.rows(batch) {
                let index = rows.firstIndex(of: row)
                #expect(index != nil, "lost \(row) at \(what)")
                if let index { rows.remove(at: index) }
            }
        }
        for batch in open where !batch.isEmpty {
            let described = StoreFixture.rows(batch)
            let found = described.filter { rows.contains($0) }
            #expect(found.isEmpty || found.count == described.count, "half an append at \(what)")
            rows.removeAll { found.contains($0) }
        }
        #expect(rows == [], "rows from nowhere at \(what)")
        try store.append(EventBuffer([TestEvent("later", StoreFixture.start, "use")]), table: "events")
        try store.flush()
        #expect(try StoreFixture.rows(store).count { $0.hasPrefix("later") } == 1)
        store.close()
    }
}
