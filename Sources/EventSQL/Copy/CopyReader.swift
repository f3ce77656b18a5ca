internal import EventBase
package import EventColumns

/// What reads the files of COPY FROM. `EventIngest` has one, `CopyReader.ingest`, for `DatabaseOptions.copyReader`; so an
/// application that never copies files in need not link the decoders.
public struct CopyReader: Sendable {
    package let reader: any CopyFileReader

    package init(_ reader: any CopyFileReader) { self.reader = reader }
}

/// How a copied file is written.
package enum CopyFormat: Sendable { case csv, jsonLines }

/// Takes the rows of files.
package protocol CopyFileReader: Sendable {
    /// Reads a file to its end, block by block, and hands the rows over in order of input.
    /// - Errors: those of the file and of `rows`; of a strict request the first refused rows.
    func read(_ request: CopyRequest, into rows: any CopyRows) throws(EventSQLError) -> CopyOutcome
}

/// Where copied rows go.
/// - Threads: one caller at a time, which need not be the thread that began.
package protocol CopyRows: Sendable {
    /// Columns that the table has, roles not among them.
    var knownColumns: [String] { get }
    func add(_ buffer: EventBuffer) throws(EventSQLError)
}

/// A file to be read, and how.
package struct CopyRequest: Sendable {
    package var path: String
    package var format: CopyFormat
    package var delimiter: UInt8
    package var hasHeader: Bool
    /// What stands for NULL where it is not in quotes.
    package var nullText: [UInt8]
    /// The columns of the file in order, whatever its header says; empty: the header's.
    package var columns: [String]
    package var isStrict: Bool
    package var rejectsPath: String?
    /// Where a rejects file of its own name goes.
    package var rejectsFolder: String
    /// The columns of the rows; nil for events, whose columns come with them.
    package var target: CopyTarget?
}

/// What became of a file's rows.
package struct CopyOutcome: Sendable {
    package var acceptedCount: Int
    package var rejectedCount: Int
    package var rejectsPath: String?

    package init(acceptedCount: Int, rejectedCount: Int, rejectsPath: String?) {
        self.acceptedCount = acceptedCount
        self.rejectedCount = rejectedCount
        self.rejectsPath = rejectsPath
    }
}
