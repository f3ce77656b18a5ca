internal import EventBase
internal import EventIO

/// The writer's end of the WAL.
struct LogState: Sendable {
    /// The file that appends go to; nil until the first append, and after one that failed.
    var file: (any WritableFile)?
    var fileName = ""
    /// Files whose frames are complete: a flush that takes them over removes them.
    var closedNames: [String] = []
    /// Position of the next frame.
    var nextLSN: UInt64 = 0
    /// Bytes of frames that no segment has yet.
    var sizeBytes = 0
    /// Where a reading process goes on.
    var readPosition = LogReplay.Position(nextLSN: 0)
    /// A sync of the `.interval` durability is on its way.
    var isSyncScheduled = false

    /// Leaves the current file; nothing more is appended to it.
    mutating func closeFile() {
        guard file != nil else { return }
        file?.close()
        file = nil
        closedNames.append(fileName)
    }
}
