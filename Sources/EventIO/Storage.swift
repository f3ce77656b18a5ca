package import EventBase

/// The files of one machine as the store uses them: everything the engine does to a disk goes through here, so tests
/// can put a simulated disk in its place that forgets what was never synced, tears writes and runs full.
///
/// Durability rules every version keeps: bytes appended are durable after `WritableFile.sync()`; a name made by
/// `create`, `rename`, `remove` or `createDirectory` is durable after `syncDirectory` of the directory that holds it;
/// `rename` replaces its target atomically.
/// - Errors: `.notFound` for a missing path, `.io` for all else, each with the path and the system's own words.
/// - Threads: all members may be called from any thread.
package protocol Storage: Sendable {
    /// What lies at `path`; nil when nothing does.
    func kind(of path: String) throws(EventSQLError) -> FileKind?
    /// Makes one directory; its parent must exist. One that is there already is no error.
    func createDirectory(_ path: String) throws(EventSQLError)
    /// Names in a directory, without `.` and `..`, in byte order.
    func list(_ path: String) throws(EventSQLError) -> [String]
    /// A new, empty file open for appending; an existing one is emptied.
    func create(_ path: String) throws(EventSQLError) -> any WritableFile
    /// All bytes of a file, copied.
    func read(_ path: String) throws(EventSQLError) -> [UInt8]
    /// All bytes of a file, mapped where the system can. The file must never be written again.
    func map(_ path: String) throws(EventSQLError) -> SharedBytes
    /// Bytes of a file.
    func size(of path: String) throws(EventSQLError) -> Int
    /// Gives a file a new name in the same file system, replacing what had that name.
    func rename(_ path: String, to newPath: String) throws(EventSQLError)
    /// Gives a file a second name in the same file system; both then share its bytes.
    /// - Returns: false where the system cannot, as between two file systems; nothing has happened then.
    func link(_ path: String, to newPath: String) throws(EventSQLError) -> Bool
    /// Removes a file; bytes that are mapped stay readable.
    func remove(_ path: String) throws(EventSQLError)
    /// Makes the names in a directory durable.
    func syncDirectory(_ path: String) throws(EventSQLError)
    /// Takes the exclusive lock of a file, made when missing, without waiting. `note` is written into it for others.
    ///
    /// The lock ends with `unlock()`, with the object, or with the process. nil when somebody else holds it.
    func lock(_ path: String, note: String) throws(EventSQLError) -> (any FileLock)?
}

package enum FileKind: Sendable {
    case file
    case directory
    case other
}

/// A file open for appending.
/// - Threads: one caller at a time; `sync` may run beside `append`.
package protocol WritableFile: AnyObject, Sendable {
    /// Adds all of `bytes` at the end. After an error the file's tail is unspecified.
    func append(_ bytes: [UInt8]) throws(EventSQLError)
    /// Returns when all that was appended before the call is on stable storage.
    func sync() throws(EventSQLError)
    /// Gives the descriptor back; the object must not be used again.
    func close()
}

/// A lock that is held.
package protocol FileLock: AnyObject, Sendable {
    func unlock()
}

extension Storage {
    /// Writes a whole file so that it is either absent or complete: temporary name, sync, rename, directory sync.
    package func writeAtomically(_ bytes: [UInt8], to name: String, in directory: String) throws(EventSQLError) {
        let temporary = "\(directory)/\(name).tmp"
        try writeSynced(bytes, to: temporary)
        try rename(temporary, to: "\(directory)/\(name)")
        try syncDirectory(directory)
    }

    /// Writes and syncs a whole file under its own name; a crash may leave a part of it.
    package func writeSynced(_ bytes: [UInt8], to path: String) throws(EventSQLError) {
        let file = try create(path)
        defer { file.close() }
        try file.append(bytes)
        try file.sync()
    }
}
