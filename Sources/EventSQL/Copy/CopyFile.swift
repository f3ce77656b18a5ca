internal import EventBase
internal import EventIO

/// The file that COPY TO writes: whole under its name or not there at all. A pipe or device is written as it comes.
struct CopyFile {
    private let target: String
    private let storage: any Storage
    private let file: any WritableFile
    /// What the file is called until it is whole; nil for what is no file.
    private let temporary: String?
    private var pending: [UInt8] = []

    private static let flushSizeBytes = 1 << 20

    init(_ path: String, storage: any Storage) throws(EventSQLError) {
        target = path
        self.storage = storage
        let kind = try storage.kind(of: path)
        if kind == .directory { throw EventSQLError(.invalidInput, "'\(path)' is a directory", path: path) }
        if kind != .other, ["/dev/", "/proc/"].contains(where: { path.hasPrefix($0) }) {
            // Such a name is a link of the system's; a file must not take its place.
            throw EventSQLError(
                .invalidInput, "'\(path)' leads to a file", hint: "write the file's own name, or print the rows",
                path: path)
        }
        temporary = kind == .other ? nil : "\(path).\(UInt32.random(in: 0 ... .max)).tmp"
        file = try storage.create(temporary ?? path)
    }

    mutating func write(_ append: (inout [UInt8]) -> Void) throws(EventSQLError) {
        append(&pending)
        if pending.count >= Self.flushSizeBytes { try flush() }
    }

    private mutating func flush() throws(EventSQLError) {
        try file.append(pending)
        pending.removeAll(keepingCapacity: true)
    }

    /// Makes the file durable and gives it its name.
    mutating func finish() throws(EventSQLError) {
        try flush()
        guard let temporary else { return file.close() }
        try file.sync()
        file.close()
        try storage.rename(temporary, to: target)
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        try storage.syncDirectory(folder)
    }

    /// Removes what was written.
    func abandon() {
        file.close()
        if let temporary { try? storage.remove(temporary) }
    }
}
