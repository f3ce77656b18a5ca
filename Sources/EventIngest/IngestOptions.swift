internal import EventSQL

/// Where events come from.
public enum IngestInput: Sendable, Equatable {
    /// A file or a pipe, plain, gzip or zstd; told apart by its first bytes.
    case file(String)
    case standardInput

    /// A command line's argument: `-` is standard input.
    public init(argument: String) { self = argument == "-" ? .standardInput : .file(argument) }

    /// For messages.
    public var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "-"
        }
    }
}

/// How an input's text is to be read.
public enum IngestFormat: String, Sendable, CaseIterable {
    /// By the file's name (`.csv`, `.jsonl`, `.ndjson`, `.json`, also before `.gz` or `.zst`), else by its first byte.
    case automatic = "auto"
    case jsonLines = "jsonl"
    case csv
}

/// What to do with the inputs of one call.
public struct IngestOptions: Sendable {
    /// The event table that receives the rows; made where missing.
    public var table = "events"
    public var format = IngestFormat.automatic
    public var mapping = ColumnMapping()
    /// Store nothing when any row is refused.
    public var strict = false
    /// Where refused rows go; nil for `rejects/<time>-<input>.jsonl` inside the database. The file is made when needed.
    public var rejectsPath: String?
    /// What stands between CSV fields, one ASCII byte.
    public var delimiter = UInt8(ascii: ",")
    /// Threads that decode; nil for one per processor.
    public var threadCount: Int?

    /// The COPY FROM that reads; nil for a call of `ingest`.
    var copy: CopyRequest?

    public init() {}
}

/// How far a call is; reported once per block of about 1 MB.
public struct IngestProgress: Sendable {
    /// Rows accepted so far. None is visible before the call returns.
    public var rowCount = 0
    public var rejectedCount = 0
    /// Bytes read of all inputs, packed as they are.
    public var inputSizeBytes = 0
    /// Bytes of all inputs, where they are regular files.
    public var totalSizeBytes: Int?
    /// The input being read.
    public var inputName = ""
}

/// What a call did.
public struct IngestSummary: Sendable {
    /// Rows stored.
    public var rowCount = 0
    /// Rows refused, by reason.
    public var rejected: [RejectReason: Int] = [:]
    /// Rows whose event id the table had already in the same month; they were left out.
    public var duplicateCount = 0
    /// Rows of forgotten users, left out because the database refuses them.
    public var forgottenCount = 0
    /// Bytes read of all inputs, packed as they are.
    public var inputSizeBytes = 0
    /// Bytes of text they unpacked to.
    public var textSizeBytes = 0
    public var seconds = 0.0
    /// Columns that the table did not have.
    public var newColumns: [String] = []
    /// Where the refused rows are; nil when there are none.
    public var rejectsPath: String?

    public init() {}

    public var rejectedCount: Int { rejected.values.reduce(0, +) }
    public var rowsPerSecond: Double { seconds > 0 ? Double(rowCount) / seconds : 0 }
}
