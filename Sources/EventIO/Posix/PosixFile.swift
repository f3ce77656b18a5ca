internal import EventBase
internal import Glibc
internal import Synchronization

/// One open descriptor.
///
/// UNSAFE: benefit: the system's own calls. Soundness: buffers outlive the call they are passed to; the descriptor is
/// closed once.
final class PosixFile: WritableFile {
    private let path: String
    /// The open descriptor; must not be used after `close`.
    let descriptor: Int32
    private let isOpen = Atomic<Bool>(true)

    init(path: String, flags: Int32) throws(EventSQLError) {
        self.path = path
        descriptor = unsafe open(path, flags, 0o666)
        if descriptor < 0 { throw SystemFailure.error(errno, "open", path) }
    }

    deinit { close() }

    func close() {
        if isOpen.exchange(false, ordering: .relaxed) { _ = Glibc.close(descriptor) }
    }

    func append(_ bytes: [UInt8]) throws(EventSQLError) {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            }
            if written > 0 {
                offset += written
            } else if errno != EINTR {
                throw SystemFailure.error(errno, "write \(bytes.count) bytes to", path)
            }
        }
    }

    func sync() throws(EventSQLError) {
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw SystemFailure.error(errno, "sync", path) }
        }
    }

    func size() throws(EventSQLError) -> Int {
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 { throw SystemFailure.error(errno, "look at", path) }
        return Int(status.st_size)
    }

    func readAll() throws(EventSQLError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try size())
        var offset = 0
        while offset < bytes.count {
            let count = bytes.count
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + offset, count - offset)
            }
            if got > 0 {
                offset += got
            } else if got == 0 {
                bytes.removeLast(bytes.count - offset)
            } else if errno != EINTR {
                throw SystemFailure.error(errno, "read", path)
            }
        }
        return bytes
    }
}

/// A refusal of the operating system in the library's words.
enum SystemFailure {
    static func error(_ code: Int32, _ what: String, _ path: String) -> EventSQLError {
        let reason = unsafe String(cString: strerror(code))
        let kind: EventSQLError.Kind = code == ENOENT || code == ENOTDIR ? .notFound : .io
        return EventSQLError(kind, "cannot \(what) '\(path)': \(reason)", hint: hint(code), path: path)
    }

    private static func hint(_ code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space and try again; nothing that was acknowledged is lost"
        case EROFS: "the file system is read-only; open the database with readOnly"
        case EACCES, EPERM: "check the owner and the permissions of the database directory"
        case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
        case ENOENT, ENOTDIR: "check the path"
        default: nil
        }
    }
}
