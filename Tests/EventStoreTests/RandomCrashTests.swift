import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Foundation
import Testing

/// Goal: no order of changes, faults, losses of power and lost manifests costs an acknowledged change.
/// Method: random steps from a seed on a disk in memory; each may be struck by a fault at a random call, after which the
/// database is opened again and must be as before the step or as after it. `CRASH_SECONDS` and `CRASH_SEED` ask for more.
struct RandomCrashTests {
    static let seconds = ProcessInfo.processInfo.environment["CRASH_SECONDS"].flatMap { Double($0) } ?? 4
    /// `make crash`.
    static let isLong = ProcessInfo.processInfo.environment["CRASH_SECONDS"] != nil
    static let seed = ProcessInfo.processInfo.environment["CRASH_SEED"].flatMap { UInt64($0) }

    @Test("random changes under random faults")
    func random() throws {
        let first = Self.seed ?? UInt64.random(in: 0..<1_000_000)
        let end = Date(timeIntervalSinceNow: Self.seconds)
        var history = History()
        var seed = first
        while Date() < end {
            try history.run(seed: seed, steps: 60)
            seed += 1
        }
        print("random histories: seeds \(first)..<\(seed), \(history.counts)")
    }
}

/// A database and the model of what it should hold.
private struct History {
    struct Counts: CustomStringConvertible {
        var steps = 0
        var faults = 0
        var undone = 0
        var lostManifests = 0
        var description: String {
            "\(steps) steps, \(faults) faults, \(undone) steps undone by them, \(lostManifests) lost manifests"
        }
    }

    var counts = Counts()

    mutating func run(seed: UInt64, steps: Int) throws {
        var random = SeededRandom(seed: seed)
        var storage = TestStorage()
        var store = try StoreFixture.open(storage)
        try store.createKeyedTable(named: "plans", columns: KeyedFixture.columns)
        var model = MixedWorkload.Model()
        var names: [String] = []
        for index in 0..<steps {
            let step = RandomStep.make(&random, number: seed << 16 + UInt64(index))
            var after = model
            step.apply(&after)
            let what = "seed \(seed), step \(index), \(step.name)"
            counts.steps += 1
            names.append(step.name)
            let isStruck = random.next() % 3 == 0
            if isStruck { storage.plan(Self.fault(&random)) }
            var isAcknowledged = true
            do {
                try step.run(store)
            } catch {
                isAcknowledged = false
                #expect(isStruck, "\(what): \(error)")
            }
            let mustReopen = isStruck || random.next() % 8 == 0
            if mustReopen {
                counts.faults += isStruck ? 1 : 0
                storage.plan(.none)
                storage = random.next() & 1 == 0 ? storage.killed() : storage.crashed(seed: random.next())
                names.append("opened")
                if isAcknowledged, random.next() % 4 == 0 {
                    counts.lostManifests += 1
                    names.append("manifest lost")
                    for name in storage.files().keys where name.hasPrefix("/db/manifest-") { storage.delete(name) }
                }
                store = try StoreFixture.open(storage)
            }
            let (rows, rest) = try MixedWorkload.found(store)
            let isAfter = rows == after.rows && rest == MixedWorkload.rest(after)
            let isBefore = rows == model.rows && rest == MixedWorkload.rest(model)
            guard isAfter || !isAcknowledged && isBefore else {
                Issue.record(
                    """
                    \(what): acknowledged: \(isAcknowledged), \(rows.count) of \(after.rows.count) rows; \
                    too many: \(Set(rows).subtracting(after.rows)), too few: \(Set(after.rows).subtracting(rows)); \
                    \(store.info().reports); before: \(names.suffix(12))
                    """)
                return
            }
            if isAfter { model = after } else { counts.undone += 1 }
        }
        let findings = try store.verify().filter {
            !$0.isHarmless && !$0.fileName.hasPrefix("wal/") && !$0.fileName.hasPrefix("manifest-")
        }
        #expect(findings.isEmpty, "seed \(seed): \(findings)")
    }

    private static func fault(_ random: inout SeededRandom) -> TestStorage.Fault {
        let call = 1 + Int(random.next() % (random.next() & 1 == 0 ? 6 : 60))
        return switch random.next() % 3 {
        case 0: .stop(atCall: call)
        case 1: .tear(atCall: call)
        default: .fail(atCall: call)
        }
    }
}

private enum RandomStep {
    static func make(_ random: inout SeededRandom, number: UInt64) -> MixedWorkload.Step {
        switch random.next() % 16 {
        case 0...3:
            return events("append", count: 1 + Int(random.next() % 5), seed: number) { store, events in
                try store.append(EventBuffer(events), table: "events")
            }
        case 4, 5:
            return events("import", count: 1 + Int(random.next() % 12), seed: number) { store, events in
                try StoreFixture.importing(events, into: store)
            }
        case 6, 7: return MixedWorkload.Step(name: "flush") { try $0.flush() }
        case 8: return MixedWorkload.Step(name: "compact") { _ = try $0.compact() }
        case 9: return delete(["pay", "use", "signup"][Int(random.next() % 3)])
        case 10: return forget("user-\(random.next() % 12)")
        case 11: return MixedWorkload.Step(name: "purge") { try $0.purge() }
        case 12: return MixedWorkload.Step(name: "reopened") { try $0.refresh() }
        default: return put(&random)
        }
    }

    private static func events(
        _ name: String, count: Int, seed: UInt64, _ run: @escaping @Sendable (EventStore, [TestEvent]) throws -> Void
    ) -> MixedWorkload.Step {
        let events = StoreFixture.events(count, seed: seed & 0x3fff_ffff)
        return MixedWorkload.Step(name: name) {
            try run($0, events)
        } apply: {
            $0.events += events
        }
    }

    private static func delete(_ name: String) -> MixedWorkload.Step {
        MixedWorkload.Step(name: "delete") {
            try MixedWorkload.delete(name, from: $0)
        } apply: {
            $0.events.removeAll { $0.name == name }
        }
    }

    private static func forget(_ user: String) -> MixedWorkload.Step {
        MixedWorkload.Step(name: "forget") { store in
            do throws(EventSQLError) {
                _ = try store.forgetUser(user)
            } catch {
                // Nobody has that id, or PURGE has removed it.
                if error.kind != .notFound || !error.message.contains("no user") { throw error }
            }
        } apply: {
            $0.events.removeAll { $0.user == user }
        }
    }

    private static func put(_ random: inout SeededRandom) -> MixedWorkload.Step {
        let ids = Array(Set((0...random.next() % 3).map { _ in "plan-\(random.next() % 9)" })).sorted()
        if random.next() & 1 == 0 {
            return MixedWorkload.Step(name: "delete keys") {
                _ = try $0.deleteRows(of: "plans", keys: [KeyedFixture.keys(ids)])
            } apply: { model in
                for id in ids { model.plans[id] = nil }
            }
        }
        let rows = ids.map { KeyedFixture.row($0, &random) }
        return MixedWorkload.Step(name: "upsert") {
            _ = try $0.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
        } apply: { model in
            for (id, row) in zip(ids, rows) { model.plans[id] = row }
        }
    }
}
