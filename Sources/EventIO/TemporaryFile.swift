package import EventBase
internal import Glibc

/// A file without a name: written at its end, read anywhere, and gone with the object or the process, however it ends.
///
/// - Threads: one writer at a time; readers may run beside it.
/// UNSAFE: benefit: `write(2)` and `pread(2)` without Foundation. Soundness: the system stays inside the buffers it is given;
/// the descriptor is owned and closed once.
@safe package final class TemporaryFile: @unchecked Sendable {
    private let descriptor: Int32
    private let folder: String
    package private(set) var sizeBytes = 0

    /// Linux's `O_TMPFILE`, which Glibc's module does not import.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    /// - Errors: `.io` where the folder cannot be written.
    package init(in folder: String) throws(EventSQLError) {
        var opened = unsafe Glibc.open(folder, Self.nameless | O_RDWR | O_CLOEXEC, 0o600)
        if opened < 0 {
            // A file system without nameless files: the name goes before anything is written.
            let path = "\(folder)/.spill-\(UInt64.random(in: 0 ... .max))"
            opened = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
            if opened >= 0 { _ = unsafe unlink(path) }
        }
        if opened < 0 { throw SystemFailure.error(errno, "make a temporary file in", folder) }
        descriptor = opened
        self.folder = folder
    }

    deinit { close(descriptor) }

    /// Adds bytes at the end.
    /// - Returns: where they begin.
    package func append(_ bytes: [UInt8]) throws(EventSQLError) -> Int {
        let start = sizeBytes
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress! + offset, buffer.count - offset, off_t(start + offset))
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                throw SystemFailure.error(errno, "write to a temporary file in", folder)
            }
        }
        sizeBytes += bytes.count
        return start
    }

    /// - Throws: `.io`, also where the file is shorter.
    package func read(at start: Int, count: Int) throws(EventSQLError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress! + offset, count - offset, off_t(start + offset))
            }
            if got > 0 {
                offset += got
            } else if got == 0 || errno != EINTR {
                throw SystemFailure.error(got == 0 ? EIO : errno, "read a temporary file in", folder)
            }
        }
        return bytes
    }
}
