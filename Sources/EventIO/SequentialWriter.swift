package import EventBase
internal import Glibc

/// Writes a new file from front to back; for reports, not for the store's own files.
///
/// - Threads: one owner at a time.
/// UNSAFE: benefit: `write(2)` straight from the caller's bytes, without Foundation. Soundness: the system only reads inside
/// the buffer; the descriptor is owned and closed once.
@safe package final class SequentialWriter: @unchecked Sendable {
    package let path: String
    private let descriptor: Int32

    /// Creates the file, or empties it.
    package init(path: String) throws(EventSQLError) {
        descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        self.path = path
        if descriptor < 0 { throw SystemError.make("cannot create the file", path: path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func write(_ bytes: [UInt8]) throws(EventSQLError) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            }
            if count >= 0 {
                offset += count
            } else if errno != EINTR {
                throw SystemError.make("cannot write", path: path)
            }
        }
    }

    /// Makes one directory; one that exists already is fine.
    package static func makeDirectory(_ path: String) throws(EventSQLError) {
        if unsafe mkdir(path, 0o755) != 0, errno != EEXIST {
            throw SystemError.make("cannot make the directory", path: path)
        }
    }

    /// Removes a file that this process wrote; a missing one is fine.
    package static func remove(_ path: String) { _ = unsafe unlink(path) }
}
