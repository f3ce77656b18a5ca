import EventBase
import EventColumns
import Synchronization

/// The snapshots of one statement: each table is asked for once, so all parts of the statement see the same rows.
final class StatementSnapshots: Sendable {
    private let provider: any SnapshotProvider
    private let known = Mutex<[String: any EventSnapshot]>([:])

    init(_ provider: any SnapshotProvider) { self.provider = provider }

    /// The same rows, with what is decoded of them counted.
    func snapshot(ofTable name: String, counting counters: ReadCounters) throws(EventSQLError) -> any EventSnapshot {
        MeteredSnapshot(try snapshot(ofTable: name), counters: counters)
    }

    func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot {
        if let snapshot = known.withLock({ $0[name] }) { return snapshot }
        let snapshot = try provider.snapshot(ofTable: name)
        return known.withLock {
            if let first = $0[name] { return first }
            $0[name] = snapshot
            return snapshot
        }
    }
}

/// Sentences about what an answer means, gathered while a statement runs.
final class StatementNotes: Sendable {
    private let notes = Mutex<[String]>([])

    func add(_ more: [String]) {
        notes.withLock { notes in
            for note in more where !notes.contains(note) { notes.append(note) }
        }
    }

    var all: [String] { notes.withLock { $0 } }
}
