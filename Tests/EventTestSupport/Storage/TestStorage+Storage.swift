package import EventBase
package import EventIO
internal import Synchronization

extension TestStorage {
    package func kind(of path: String) throws(EventSQLError) -> FileKind? {
        disk.withLock { disk in
            disk.live[path] != nil ? .file : disk.liveDirectories.contains(path) ? .directory : nil
        }
    }

    package func createDirectory(_ path: String) throws(EventSQLError) {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard disk.liveDirectories.contains(Self.parent(path)) else { throw Self.missing(path) }
            if try disk.step("create the directory", path) { throw Self.missing(path) }
            disk.liveDirectories.insert(path)
        }
    }

    package func list(_ path: String) throws(EventSQLError) -> [String] {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard disk.liveDirectories.contains(path) else { throw Self.missing(path) }
            let all = Set(disk.live.keys).union(disk.liveDirectories)
            return all.filter { $0 != "/" && Self.parent($0) == path }.map {
                String($0.dropFirst(path == "/" ? 1 : path.count + 1))
            }.sorted()
        }
    }

    package func create(_ path: String) throws(EventSQLError) -> any WritableFile {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard disk.liveDirectories.contains(Self.parent(path)) else { throw Self.missing(path) }
            if try disk.step("create", path) { throw Self.missing(path) }
            let node = Node()
            disk.live[path] = node
            return TestFile(path: path, node: node, storage: self)
        }
    }

    package func read(_ path: String) throws(EventSQLError) -> [UInt8] {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard let node = disk.live[path] else { throw Self.missing(path) }
            return node.bytes.withLock { $0.live }
        }
    }

    package func map(_ path: String) throws(EventSQLError) -> SharedBytes { SharedBytes(try read(path)) }
    package func size(of path: String) throws(EventSQLError) -> Int { try read(path).count }

    package func rename(_ path: String, to newPath: String) throws(EventSQLError) {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard let node = disk.live[path] else { throw Self.missing(path) }
            if try disk.step("rename", path) { throw Self.missing(path) }
            disk.live[path] = nil
            disk.live[newPath] = node
        }
    }

    package func link(_ path: String, to newPath: String) throws(EventSQLError) -> Bool {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard let node = disk.live[path], disk.liveDirectories.contains(Self.parent(newPath)) else {
                throw Self.missing(path)
            }
            if try disk.step("link", newPath) { throw Self.missing(newPath) }
            if !disk.canLink { return false }
            disk.live[newPath] = node
            return true
        }
    }

    package func remove(_ path: String) throws(EventSQLError) {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard disk.live[path] != nil else { throw Self.missing(path) }
            if try disk.step("remove", path) { throw Self.missing(path) }
            disk.live[path] = nil
        }
    }

    package func syncDirectory(_ path: String) throws(EventSQLError) {
        try disk.withLock { (disk) throws(EventSQLError) in
            guard disk.liveDirectories.contains(path) else { throw Self.missing(path) }
            if try disk.step("sync", path) { throw Self.missing(path) }
            for name in Set(disk.live.keys).union(disk.durable.keys) where Self.parent(name) == path {
                disk.durable[name] = disk.live[name]
            }
            disk.durableDirectories.insert(path)
            for name in disk.liveDirectories where Self.parent(name) == path { disk.durableDirectories.insert(name) }
        }
    }

    package func lock(_ path: String, note: String) throws(EventSQLError) -> (any FileLock)? {
        disk.withLock { disk in
            if disk.locks[path] != nil { return nil }
            disk.nextLock += 1
            disk.locks[path] = disk.nextLock
            let node = Node(live: Array(note.utf8), durable: Array(note.utf8))
            disk.live[path] = node
            return TestLock(path: path, number: disk.nextLock, storage: self)
        }
    }
}

/// One file of a `TestStorage`, open for appending.
final class TestFile: WritableFile {
    private let path: String
    private let node: TestStorage.Node
    private let storage: TestStorage

    init(path: String, node: TestStorage.Node, storage: TestStorage) {
        self.path = path
        self.node = node
        self.storage = storage
    }

    func append(_ bytes: [UInt8]) throws(EventSQLError) {
        try storage.disk.withLock { (disk) throws(EventSQLError) in
            let isTorn = try disk.step("write to", path)
            let room = min(bytes.count, disk.freeBytes)
            let written = isTorn ? bytes.count / 2 : room
            node.bytes.withLock { $0.live.append(contentsOf: bytes.prefix(written)) }
            if disk.freeBytes != .max { disk.freeBytes -= room }
            if isTorn { throw EventSQLError(.io, "cannot write to '\(path)': power lost", path: path) }
            if room < bytes.count {
                throw EventSQLError(.io, "cannot write to '\(path)': No space left on device", path: path)
            }
        }
    }

    func sync() throws(EventSQLError) {
        try storage.disk.withLock { (disk) throws(EventSQLError) in
            if try disk.step("sync", path) { throw TestStorage.missing(path) }
            node.bytes.withLock { $0.durable = $0.live }
        }
    }

    func close() {}
}

final class TestLock: FileLock {
    private let path: String
    private let number: Int
    private let storage: TestStorage

    init(path: String, number: Int, storage: TestStorage) {
        self.path = path
        self.number = number
        self.storage = storage
    }

    deinit { unlock() }

    func unlock() {
        storage.disk.withLock { disk in
            if disk.locks[path] == number { disk.locks[path] = nil }
        }
    }
}
