public import EventBase
internal import EventStore

/// Something that `verify()` found in a database directory.
public struct DatabaseFinding: Sendable, Equatable, CustomStringConvertible {
    /// Relative to the database directory.
    public var fileName: String
    /// One sentence.
    public var what: String
    /// The bytes of the file concerned, where they are known.
    public var byteRange: Range<Int>?
    /// Rows that cannot be read, where they are known.
    public var rowCount: Int?
    /// First and last instant of those rows.
    public var timeRange: ClosedRange<EventTime>?
    /// Nothing is lost: left-over files, things set aside earlier.
    public var isHarmless: Bool

    /// File, sentence, bytes, rows and time in one line.
    public var description: String {
        var text = "\(fileName): \(what)"
        if let byteRange { text += "; bytes \(byteRange.lowerBound)..<\(byteRange.upperBound)" }
        if let rowCount { text += "; \(rowCount) rows" }
        if let timeRange { text += " between \(timeRange.lowerBound) and \(timeRange.upperBound)" }
        return text
    }
}

/// What a backup holds.
public struct BackupReport: Sendable, Equatable {
    public var fileCount: Int
    public var sizeBytes: Int
    /// Files that are hard links to those of the database.
    public var linkedCount: Int
}

/// Called while long work on files goes on.
public typealias FileProgress = @Sendable (_ doneBytes: Int, _ totalBytes: Int) -> Void

/// Looking after the files of a database.
extension EventDatabase {
    /// Reads every file again and checks checksums, order, ranges, indexes and cross-references. Appends and statements go on
    /// meanwhile, in this process and others.
    ///
    /// - Returns: what is wrong, in order of the files.
    /// - Errors: `.cancelled`, `.io`.
    /// - Complexity: O(bytes of the database).
    public func verify(
        cancellation: Cancellation? = nil, progress: FileProgress? = nil
    ) throws(EventSQLError) -> [DatabaseFinding] {
        let context = QueryContext(memoryLimitBytes: .max)
        cancellation?.attach(context)
        defer { cancellation?.detach(context) }
        let found = try store.verify { (step) throws(EventSQLError) in
            try context.check()
            progress?(step.verifiedSizeBytes, step.totalSizeBytes)
        }
        return found.map { finding in
            DatabaseFinding(
                fileName: finding.fileName, what: finding.what, byteRange: finding.byteRange,
                rowCount: finding.rowCount,
                timeRange: finding.timeRange.map {
                    EventTime(micros: $0.lowerBound)...EventTime(micros: $0.upperBound)
                }, isHarmless: finding.isHarmless)
        }
    }

    /// Copies the database as it is now into an empty or new directory, while appends and statements go on, in this process
    /// and others. All that was acknowledged before the call is in it.
    ///
    /// - Parameter sharesBytes: files that never change become hard links where the file system can, which takes no room and
    ///   no time; damage to the disk under one then hurts both. false: every byte is copied.
    /// - Errors: `.invalidInput` for a target that is not empty, `.corruption` when a file is missing, `.cancelled`, `.io`. What
    ///   was written by then does not open as a database.
    @discardableResult
    public func backup(
        to directory: String, sharesBytes: Bool = true, cancellation: Cancellation? = nil,
        progress: FileProgress? = nil
    ) throws(EventSQLError) -> BackupReport {
        let context = QueryContext(memoryLimitBytes: .max)
        cancellation?.attach(context)
        defer { cancellation?.detach(context) }
        let summary = try store.backup(to: directory, sharesBytes: sharesBytes) {
            (done, total) throws(EventSQLError) in
            try context.check()
            progress?(done, total)
        }
        return BackupReport(
            fileCount: summary.fileCount, sizeBytes: summary.sizeBytes, linkedCount: summary.linkedCount)
    }
}
