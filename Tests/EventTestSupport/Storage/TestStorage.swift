internal import EventBase
internal import EventIO
internal import Synchronization

/// A disk in memory that knows what was synced: it can fail the Nth call, run full, or lose power.
///
/// Model: a file's bytes and the names in directories each have a *live* and a *durable* state. `sync` makes a file's
/// bytes durable, `syncDirectory` makes the names in it durable (a rename or removal not yet synced is undone by a
/// crash). After `crash(seed)` only the durable state is left, plus a seeded prefix of the unsynced tail of each file,
/// and each unsynced change of a name may or may not have reached the disk.
package final class TestStorage: Storage {
    /// What happens at the call the plan names; every later call fails too, as after the loss of power.
    package enum Fault: Sendable {
        case none
        /// The call and all later ones fail without effect.
        case stop(atCall: Int)
        /// As `stop`, but an append at that call still writes its first half.
        case tear(atCall: Int)
        /// Only this call fails; later ones work.
        case fail(atCall: Int)
    }

    final class Node: Sendable {
        let bytes: Mutex<(live: [UInt8], durable: [UInt8])>
        init(live: [UInt8] = [], durable: [UInt8] = []) { bytes = Mutex((live, durable)) }
    }

    struct Disk: Sendable {
        var live: [String: Node] = [:]
        var durable: [String: Node] = [:]
        var liveDirectories: Set<String> = ["/"]
        var durableDirectories: Set<String> = ["/"]
        var locks: [String: Int] = [:]
        var nextLock = 0
        var callCount = 0
        var fault = Fault.none
        var hasStopped = false
        var freeBytes = Int.max
        var canLink = true
    }

    let disk = Mutex(Disk())

    package init() {}

    /// Calls that change or sync something, so far.
    package var callCount: Int { disk.withLock { $0.callCount } }
    package func plan(_ fault: Fault) {
        disk.withLock {
            $0.fault = fault
            $0.callCount = 0
            $0.hasStopped = false
        }
    }
    /// As between two file systems: files must be copied.
    package func refuseLinks() { disk.withLock { $0.canLink = false } }
    package var freeBytes: Int { disk.withLock { $0.freeBytes } }
    /// Bytes that may still be written before the disk is full.
    package func setFreeBytes(_ count: Int) { disk.withLock { $0.freeBytes = count } }

    /// Loses power and comes back: a new disk with what survived. `seed` decides about everything that was not synced.
    package func crashed(seed: UInt64) -> TestStorage {
        var random = SeededRandom(seed: seed)
        let survivor = TestStorage()
        disk.withLock { disk in
            var names = disk.durable
            var directories = disk.durableDirectories
            for path in Set(disk.live.keys).union(disk.durable.keys).sorted() where random.next() & 1 == 0 {
                if disk.liveDirectories.contains(Self.parent(path)) { names[path] = disk.live[path] }
            }
            for path in disk.liveDirectories.sorted() where names.keys.contains(where: { $0.hasPrefix(path + "/") }) {
                directories.insert(path)
            }
            let files = names.sorted { $0.key < $1.key }.map { path, node in
                (path, node.bytes.withLock { Self.survivingBytes($0.live, $0.durable, &random) })
            }
            survivor.disk.withLock { fresh in
                fresh.durableDirectories = directories
                fresh.liveDirectories = directories
                for (path, bytes) in files { fresh.live[path] = Node(live: bytes, durable: bytes) }
                fresh.durable = fresh.live
            }
        }
        return survivor
    }

    /// The process dies but the machine lives: everything written is kept, locks are gone.
    package func killed() -> TestStorage {
        let survivor = TestStorage()
        disk.withLock { disk in
            let files = disk.live.mapValues { node in node.bytes.withLock { $0.live } }
            survivor.disk.withLock { fresh in
                fresh.liveDirectories = disk.liveDirectories
                fresh.durableDirectories = disk.liveDirectories
                fresh.live = files.mapValues { Node(live: $0, durable: $0) }
                fresh.durable = fresh.live
            }
        }
        return survivor
    }

    private static func survivingBytes(
        _ live: [UInt8], _ durable: [UInt8], _ random: inout SeededRandom
    ) -> [UInt8] {
        guard live.count > durable.count, live.starts(with: durable) else { return durable }
        let extra = Int(random.next() % UInt64(live.count - durable.count + 1))
        return Array(live.prefix(durable.count + extra))
    }

    /// All files with their bytes, for tests that look at or damage the raw disk.
    package func files() -> [String: [UInt8]] {
        disk.withLock { disk in disk.live.mapValues { node in node.bytes.withLock { $0.live } } }
    }

    /// Replaces a file's bytes, durably.
    package func overwrite(_ path: String, _ bytes: [UInt8]) {
        disk.withLock { disk in
            let node = Node(live: bytes, durable: bytes)
            disk.live[path] = node
            disk.durable[path] = node
        }
    }

    /// Removes a file, durably.
    package func delete(_ path: String) {
        disk.withLock { disk in
            disk.live[path] = nil
            disk.durable[path] = nil
        }
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func missing(_ path: String) -> EventSQLError {
        EventSQLError(.notFound, "cannot open '\(path)': No such file or directory", path: path)
    }
}

extension TestStorage.Disk {
    /// Counts one changing call. Returns whether an append should be torn; throws when the call fails.
    mutating func step(_ what: String, _ path: String) throws(EventSQLError) -> Bool {
        callCount += 1
        let failure = EventSQLError(.io, "cannot \(what) '\(path)': Input/output error", path: path)
        if hasStopped { throw failure }
        switch fault {
        case .none: return false
        case .stop(let call):
            if callCount < call { return false }
            hasStopped = true
            throw failure
        case .tear(let call):
            if callCount < call { return false }
            hasStopped = true
            return true
        case .fail(let call):
            if callCount == call { throw failure }
            return false
        }
    }
}
