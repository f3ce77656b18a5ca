package import EventBase
internal import Glibc

/// The files of a Linux machine.
///
/// UNSAFE: benefit: the system's own calls. Soundness: buffers outlive the call they are passed to, descriptors are
/// owned by one object each, and a mapping lives exactly as long as its `SharedBytes`.
package struct PosixStorage: Storage {
    package init() {}

    package func kind(of path: String) throws(EventSQLError) -> FileKind? {
        var status = stat()
        if unsafe stat(path, &status) != 0 {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw SystemFailure.error(code, "look at", path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    package func createDirectory(_ path: String) throws(EventSQLError) {
        if unsafe mkdir(path, 0o777) == 0 { return }
        let code = errno
        if code == EEXIST, try kind(of: path) == .directory { return }
        throw SystemFailure.error(code, "create the directory", path)
    }

    package func list(_ path: String) throws(EventSQLError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw SystemFailure.error(errno, "list", path) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func create(_ path: String) throws(EventSQLError) -> any WritableFile {
        try PosixFile(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND)
    }

    package func read(_ path: String) throws(EventSQLError) -> [UInt8] {
        let file = try PosixFile(path: path, flags: O_RDONLY | O_CLOEXEC)
        defer { file.close() }
        return try file.readAll()
    }

    package func map(_ path: String) throws(EventSQLError) -> SharedBytes {
        let file = try PosixFile(path: path, flags: O_RDONLY | O_CLOEXEC)
        defer { file.close() }
        let size = try file.size()
        if size == 0 { return SharedBytes([]) }
        let base = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, file.descriptor, 0)
        guard let base = unsafe base, unsafe base != MAP_FAILED else { throw SystemFailure.error(errno, "map", path) }
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: size)
        return unsafe SharedBytes(unsafeOwning: bytes, forget: Self.forget) { bytes in
            unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
    }

    /// The pages of a read-only mapping come back from the file.
    @Sendable private static func forget(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        let into = Int(bitPattern: base) % Int(getpagesize())
        unsafe madvise(UnsafeMutableRawPointer(mutating: base - into), bytes.count + into, Int32(MADV_DONTNEED))
    }

    package func size(of path: String) throws(EventSQLError) -> Int {
        let file = try PosixFile(path: path, flags: O_RDONLY | O_CLOEXEC)
        defer { file.close() }
        return try file.size()
    }

    package func rename(_ path: String, to newPath: String) throws(EventSQLError) {
        if unsafe Glibc.rename(path, newPath) != 0 { throw SystemFailure.error(errno, "rename to '\(newPath)'", path) }
    }

    package func link(_ path: String, to newPath: String) throws(EventSQLError) -> Bool {
        if unsafe Glibc.link(path, newPath) == 0 { return true }
        let code = errno
        if [EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS].contains(code) { return false }
        throw SystemFailure.error(code, "link to '\(newPath)'", path)
    }

    package func remove(_ path: String) throws(EventSQLError) {
        if unsafe unlink(path) != 0 { throw SystemFailure.error(errno, "remove", path) }
    }

    package func syncDirectory(_ path: String) throws(EventSQLError) {
        let file = try PosixFile(path: path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { file.close() }
        try file.sync()
    }

    package func lock(_ path: String, note: String) throws(EventSQLError) -> (any FileLock)? {
        let file = try PosixFile(path: path, flags: O_RDWR | O_CREAT | O_CLOEXEC)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            file.close()
            if code == EWOULDBLOCK { return nil }
            throw SystemFailure.error(code, "lock", path)
        }
        // The lock counts, not the note: a full disk that refuses it keeps nobody out.
        if ftruncate(file.descriptor, 0) == 0 { try? file.append(Array(note.utf8)) }
        return PosixLock(file: file)
    }
}

/// Holds a locked descriptor; closing it gives the lock back.
final class PosixLock: FileLock {
    private let file: PosixFile

    init(file: PosixFile) { self.file = file }

    func unlock() { file.close() }

    deinit { file.close() }
}

/// The process itself, for lock notes.
package enum CurrentProcess {
    package static var id: Int { Int(getpid()) }
}
