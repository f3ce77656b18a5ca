import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: without a manifest the database is put together from its files: what was committed is there once, deleted rows stay
/// away, and what cannot be known is reported.
/// Method: a workload of everything, the manifests taken away or damaged after each step and at each crash point, with
/// and without the catalogue; what opens is compared with a plain list of events.
struct LostManifestTests {
    enum Loss: String, CaseIterable { case missing, damaged, newestDamaged, withCatalogue }

    private static func isManifest(_ name: String) -> Bool { name.hasPrefix("/db/manifest-") }

    /// Takes the manifests away; `withCatalogue`: the catalogue too.
    private static func lose(_ storage: TestStorage, _ loss: Loss) {
        let manifests = storage.files().filter { isManifest($0.key) }
        let newest = manifests.keys.map { $0.replacing(".copy", with: "") }.max() ?? ""
        for (name, bytes) in manifests {
            switch loss {
            case .missing, .withCatalogue: storage.delete(name)
            case .newestDamaged where !name.hasPrefix(newest): continue
            case .damaged, .newestDamaged:
                var bytes = bytes
                if !bytes.isEmpty { bytes[bytes.count / 2] ^= 8 }
                storage.overwrite(name, bytes)
            }
        }
        if loss == .withCatalogue {
            storage.delete("/db/catalogue")
            // Ingestion keeps refused lines beside the database.
            storage.overwrite("/db/rejects", [])
        }
    }

    @Test("after every step of a workload", arguments: Loss.allCases)
    func everyStep(loss: Loss) throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        var model = MixedWorkload.Model()
        for (index, step) in MixedWorkload.steps.enumerated() {
            try step.run(store)
            step.apply(&model)
            let what = "\(loss) after step \(index), \(step.name)"
            let survivor = storage.killed()
            Self.lose(survivor, loss)
            let files = survivor.files()
            let reader = try StoreFixture.open(survivor, options: StoreOptions(readOnly: true))
            try check(reader, model, loss, what)
            #expect(try !reader.verify().allSatisfy(\.isHarmless), "\(what): verify finds nothing")
            #expect(survivor.files() == files, "\(what): a reader changed something")
            var writer = try StoreFixture.open(survivor)
            try check(writer, model, loss, what)
            let findings = try writer.verify().filter { !$0.isHarmless }
            #expect(findings.isEmpty, "\(what): \(findings)")
            let later = StoreFixture.events(3, seed: 99)
            try StoreFixture.importing(later, into: writer)
            _ = try writer.compact()
            writer.close()
            writer = try StoreFixture.open(survivor)
            #expect(writer.info().reports == [], "\(what)")
            #expect(try StoreFixture.rows(writer) == StoreFixture.rows(model.events + later), "later, \(what)")
        }
    }

    private func check(_ store: EventStore, _ model: MixedWorkload.Model, _ loss: Loss, _ what: String) throws {
        #expect(store.info().reports.contains { $0.contains("put together without its manifest") }, "\(what)")
        let (rows, rest) = try MixedWorkload.found(store)
        #expect(rows == model.rows, "\(what): \(rows.count) rows of \(model.rows.count), \(store.info().reports)")
        if loss != .withCatalogue {
            #expect(rest == MixedWorkload.rest(model), "\(what)")
        } else {
            #expect(rest.cohort == model.cohort, "\(what)")
            #expect(store.info().reports.contains { $0.contains("identities") }, "\(what)")
        }
    }

    @Test("at every crash point", arguments: [Loss.missing, .withCatalogue])
    func everyCall(loss: Loss) throws {
        let trial = TestStorage()
        let store = try StoreFixture.open(trial)
        trial.plan(.none)
        for step in WorkloadCrashTests.steps { try step.run(store, step.events) }
        var visited = 0
        for call in 1...trial.callCount {
            let storage = TestStorage()
            let store = try StoreFixture.open(storage)
            storage.plan(.stop(atCall: call))
            var acknowledged: [[TestEvent]] = []
            var open: [[TestEvent]] = []
            for step in WorkloadCrashTests.steps {
                if (try? step.run(store, step.events)) == nil {
                    open.append(step.events)
                } else {
                    acknowledged.append(step.events)
                }
            }
            let survivor = storage.crashed(seed: UInt64(call))
            Self.lose(survivor, loss)
            visited += 1
            try WorkloadCrashTests.check(survivor, acknowledged, open, "call \(call), \(loss)")
        }
        print("crash points with a lost manifest visited (\(loss.rawValue)): \(visited)")
    }

    @Test(
        "a deletion, a merge or an import that died at any call, and then the manifest is lost",
        arguments: Loss.allCases)
    func everyCallOfChanges(loss: Loss) throws {
        let prepared = TestStorage()
        var model = MixedWorkload.Model()
        do {
            let store = try StoreFixture.open(prepared)
            for step in MixedWorkload.steps.prefix(10) {
                try step.run(store)
                step.apply(&model)
            }
            store.close()
        }
        let changes = MixedWorkload.steps.dropFirst(10).filter {
            ["delete", "forget", "compact", "import", "flush", "purge", "upsert"].contains($0.name)
        }
        var visited = 0
        for change in changes {
            let trial = prepared.killed()
            let store = try StoreFixture.open(trial)
            trial.plan(.none)
            try change.run(store)
            var after = model
            change.apply(&after)
            // Damage leads where absence does, so it visits fewer calls.
            let isDamage = loss == .damaged || loss == .newestDamaged
            let distance = RandomCrashTests.isLong ? 1 : isDamage ? 9 : 2
            for call in stride(from: 1, through: trial.callCount, by: distance) {
                let storage = prepared.killed()
                let store = try StoreFixture.open(storage)
                storage.plan(.stop(atCall: call))
                let isAcknowledged = (try? change.run(store)) != nil
                let survivor = storage.crashed(seed: UInt64(call))
                Self.lose(survivor, loss)
                visited += 1
                let what = "\(change.name), call \(call), \(loss)"
                let opened = try StoreFixture.open(survivor)
                let (rows, rest) = try MixedWorkload.found(opened)
                let isEither = rows == after.rows || !isAcknowledged && rows == model.rows
                // A deletion that died half way may hide what it has come to.
                let isHalf =
                    !isAcknowledged && Set(model.rows).isSuperset(of: rows) && Set(rows).isSuperset(of: after.rows)
                    && opened.info().reports.contains { $0.contains("deletion that was not finished") }
                #expect(isEither || isHalf, "\(what): \(rows.count) of \(model.rows.count) or \(after.rows.count)")
                if loss == .withCatalogue { continue }
                #expect(rest.plans == after.plans || !isAcknowledged && rest.plans == model.plans, "\(what)")
            }
        }
        print("crash points of changes with a lost manifest visited (\(loss.rawValue)): \(visited)")
    }

    @Test("a disk that is full opens what is left for reading, and for nothing else until there is room")
    func fullDisk() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let events = StoreFixture.events(9, seed: 5)
        try StoreFixture.importing(events, into: store)
        store.close()
        Self.lose(storage, .missing)
        storage.setFreeBytes(0)
        let full = try StoreFixture.open(storage)
        #expect(try StoreFixture.rows(full) == StoreFixture.rows(events))
        #expect(throws: EventSQLError.self) { try full.append(EventBuffer(events), table: "events") }
        full.close()
        storage.setFreeBytes(.max)
        #expect(try StoreFixture.rows(StoreFixture.open(storage)) == StoreFixture.rows(events))
    }

    @Test("a flipped bit in any byte of the catalogue, with and without a manifest")
    func flips() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let events = StoreFixture.events(9, seed: 5)
        try StoreFixture.importing(events, into: store)
        try MixedWorkload.delete("pay", from: store)
        let rows = try StoreFixture.rows(store)
        store.close()
        let bytes = try storage.read("/db/catalogue")
        for offset in bytes.indices {
            let damaged = storage.killed()
            var copy = bytes
            copy[offset] ^= UInt8(1 << (offset % 8))
            damaged.overwrite("/db/catalogue", copy)
            let reader = try StoreFixture.open(damaged, options: StoreOptions(readOnly: true))
            #expect(try StoreFixture.rows(reader) == rows && reader.info().reports == [], "byte \(offset)")
            #expect(try !reader.verify().isEmpty, "byte \(offset)")
            Self.lose(damaged, .missing)
            #expect(try StoreFixture.rows(StoreFixture.open(damaged)) == rows, "byte \(offset), no manifest")
        }
        print("bytes of the catalogue flipped: \(bytes.count)")
    }
}
