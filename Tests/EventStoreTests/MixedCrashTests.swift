import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: whatever call of a deletion, a forgetting, a purge, an identity, an upsert, a merge, a flush, an import or a backup the
/// machine dies at, or wherever the disk is full, the database is as before the step or as after it, and as after it when
/// the step was acknowledged.
/// Method: every step of the mixed workload is repeated from the state before it with a fault at each of its calls; where
/// `CRASH_SECONDS` does not ask for a long run, other faults than the loss of power strike every third call only.
struct MixedCrashTests {
    enum Way: String, CaseIterable { case powerLoss, tornWrite, oneError, killed }

    /// A step with the disk before it, and what the database should hold before and after it.
    private typealias Stage = (
        step: MixedWorkload.Step, disk: TestStorage, before: MixedWorkload.Model, after: MixedWorkload.Model
    )

    /// The workload's steps one by one.
    private static func stages() throws -> [Stage] {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        var model = MixedWorkload.Model()
        var stages: [Stage] = []
        for (index, step) in MixedWorkload.steps.enumerated() {
            let (disk, before) = (storage.killed(), model)
            try step.run(store)
            step.apply(&model)
            stages.append((step, disk, before, model))
            if index == 12 {
                let copy = MixedWorkload.Step(name: "backup") { _ = try $0.backup(to: "/copy") }
                stages.append((copy, storage.killed(), model, model))
            }
        }
        return stages
    }

    /// The disk after a step without any fault: its calls are counted, and it had `plenty` of room before.
    private static func trial(_ step: MixedWorkload.Step, _ disk: TestStorage) throws -> TestStorage {
        let trial = disk.killed()
        let store = try StoreFixture.open(trial)
        trial.plan(.none)
        trial.setFreeBytes(plenty)
        try step.run(store)
        return trial
    }

    private static let plenty = 1 << 30

    /// Whether a store holds what a model says; nil when it does.
    private static func difference(_ store: EventStore, _ model: MixedWorkload.Model) throws -> String? {
        let (rows, rest) = try MixedWorkload.found(store)
        if rows != model.rows { return "\(rows.count) rows of \(model.rows.count)" }
        return rest == MixedWorkload.rest(model) ? nil : "\(rest) is not \(MixedWorkload.rest(model))"
    }

    private static func check(
        _ store: EventStore, before: MixedWorkload.Model, after: MixedWorkload.Model, isAcknowledged: Bool,
        _ what: String
    ) throws {
        guard let difference = try difference(store, after) else { return }
        let isBefore = try Self.difference(store, before) == nil
        #expect(isBefore && !isAcknowledged, "\(what): acknowledged: \(isAcknowledged), \(difference)")
    }

    @Test("a fault at every call of every step", arguments: Way.allCases)
    func everyCall(way: Way) throws {
        var visited = 0
        for (step, disk, before, after) in try Self.stages() {
            let trial = try Self.trial(step, disk)
            let distance = RandomCrashTests.isLong || way == .powerLoss ? 1 : 3
            for call in stride(from: 1, through: trial.callCount, by: distance) {
                let storage = disk.killed()
                let store = try StoreFixture.open(storage)
                switch way {
                case .powerLoss, .killed: storage.plan(.stop(atCall: call))
                case .tornWrite: storage.plan(.tear(atCall: call))
                case .oneError: storage.plan(.fail(atCall: call))
                }
                let isAcknowledged = (try? step.run(store)) != nil
                storage.plan(.none)
                visited += 1
                let what = "\(step.name), call \(call), \(way)"
                if way == .oneError {
                    try Self.check(
                        store, before: before, after: after, isAcknowledged: isAcknowledged, "\(what), alive")
                }
                let survivor = way == .killed ? storage.killed() : storage.crashed(seed: UInt64(call))
                let reopened = try StoreFixture.open(survivor)
                try Self.check(reopened, before: before, after: after, isAcknowledged: isAcknowledged, what)
                // What was torn in the log and in the copies of manifests is known and harmless.
                let findings = try reopened.verify().filter {
                    !$0.isHarmless && !$0.fileName.hasPrefix("wal/") && !$0.fileName.hasPrefix("manifest-")
                }
                #expect(findings.isEmpty, "\(what): \(findings)")
                try Self.checkCopy(survivor, before, "\(what), copy")
                reopened.close()
            }
        }
        print("crash points of the mixed workload visited (\(way.rawValue)): \(visited)")
    }

    /// A backup is refused or whole.
    private static func checkCopy(_ storage: TestStorage, _ model: MixedWorkload.Model, _ what: String) throws {
        let options = StoreOptions(readOnly: true)
        guard let copy = try? EventStore.open(at: "/copy", options: options, storage: storage) else { return }
        let difference = try difference(copy, model)
        #expect(difference == nil, "\(what): \(difference ?? "")")
    }

    @Test("a disk that is full after any number of bytes of every step")
    func fullDisk() throws {
        var visited = 0
        for (step, disk, before, after) in try Self.stages() {
            let needed = Self.plenty - (try Self.trial(step, disk).freeBytes)
            for room in stride(from: 0, to: needed, by: max(1, needed / (RandomCrashTests.isLong ? 400 : 12))) {
                let storage = disk.killed()
                let store = try StoreFixture.open(storage)
                storage.setFreeBytes(room)
                let isAcknowledged = (try? step.run(store)) != nil
                visited += 1
                let what = "\(step.name), \(room) bytes free"
                try Self.check(store, before: before, after: after, isAcknowledged: isAcknowledged, "\(what), alive")
                let full = try StoreFixture.open(storage.killed(), options: StoreOptions(readOnly: true))
                try Self.check(
                    full, before: before, after: after, isAcknowledged: isAcknowledged, "\(what), still full")
                storage.setFreeBytes(.max)
                let survivor = storage.crashed(seed: UInt64(room))
                let reopened = try StoreFixture.open(survivor)
                try Self.check(reopened, before: before, after: after, isAcknowledged: isAcknowledged, what)
                try Self.checkCopy(survivor, before, "\(what), copy")
            }
        }
        print("full disks of the mixed workload visited: \(visited)")
    }

    @Test("a disk that refuses every change opens for reading, whole or damaged; a writer is told")
    func readOnlyDisk() throws {
        let stages = try Self.stages()
        let (disk, model) = (stages[stages.count - 1].disk, stages[stages.count - 1].before)
        let manifests = disk.files().keys.filter { $0.hasPrefix("/db/manifest-") }
        for isLost in [false, true] {
            let storage = disk.killed()
            if isLost { for name in manifests { storage.delete(name) } }
            storage.plan(.stop(atCall: 1))
            let reader = try StoreFixture.open(storage, options: StoreOptions(readOnly: true))
            #expect(try Self.difference(reader, model) == nil)
            _ = try reader.verify()
            try reader.refresh()
            #expect(try Self.difference(reader, model) == nil)
            #expect(storage.callCount == 0, "a reader changes nothing")
            let writer = try StoreFixture.open(storage)
            #expect(try Self.difference(writer, model) == nil)
            #expect(throws: EventSQLError.self) { try writer.append(EventBuffer(model.events), table: "events") }
        }
    }
}
