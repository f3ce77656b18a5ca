package import EventBase
internal import Glibc

/// Reads a file, a pipe or standard input from front to back.
///
/// - Threads: one owner at a time.
/// UNSAFE: benefit: `read(2)` straight into the caller's buffer, without Foundation. Soundness: the system is given exactly
/// the part of the buffer that was asked for; the descriptor is owned and closed once.
@safe package final class SequentialReader: @unchecked Sendable {
    package let path: String
    /// Bytes of a regular file; nil for pipes and the like.
    package let sizeBytes: Int?
    private let descriptor: Int32
    private let isOwned: Bool

    /// - Throws: `.notFound` where there is no such file, `.io` where it cannot be read.
    package init(path: String) throws(EventSQLError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw SystemError.make("cannot open the file", path: path) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        if isKnown, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw EventSQLError(.invalidInput, "expected a file and found a directory", path: path)
        }
        self.path = path
        self.descriptor = descriptor
        isOwned = true
        sizeBytes = isKnown && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    private init(standardInput: Void) {
        path = "-"
        descriptor = STDIN_FILENO
        isOwned = false
        sizeBytes = nil
    }

    deinit { if isOwned { close(descriptor) } }

    package static func standardInput() -> SequentialReader { SequentialReader(standardInput: ()) }

    /// Reads into `range` of `buffer`, as much as comes in one go.
    /// - Returns: how many were read; 0 at the end.
    package func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        precondition(
            !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= buffer.count, "BUG: no room to read into")
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor, bytes.baseAddress! + range.lowerBound, min(range.count, 1 << 30))
            }
            if count >= 0 { return count }
            if errno != EINTR { throw SystemError.make("cannot read", path: path) }
        }
    }
}

/// Errors of the system as this library's.
enum SystemError {
    /// The calling thread's last error.
    static func make(_ what: String, path: String) -> EventSQLError {
        let code = errno
        let text = unsafe String(cString: strerror(code))
        return EventSQLError(code == ENOENT ? .notFound : .io, "\(what): \(text)", path: path)
    }
}
