/// How a database directory is opened.
package struct StoreOptions: Sendable {
    /// Take no lock, change no byte: any number of processes may do so beside one writer.
    package var readOnly: Bool
    /// Make the directory and an empty database where there is none.
    package var createIfMissing: Bool
    package var durability: Durability
    /// Rows the memtable may hold before they are flushed into segments.
    package var memtableRowCountMax: Int
    /// Bytes of WAL since the last flush before the next one.
    package var walSizeBytesMax: Int
    /// Rows that an import holds in memory before it writes segments.
    package var importRowCountMax: Int
    /// Bytes that an import holds in memory before it writes segments.
    package var importSizeBytesMax: Int
    /// Threads that encode segments.
    package var threadCount: Int
    /// Leave out rows whose event id the table has already in the same UTC month.
    package var leavesOutDuplicates = true
    /// Merge small segments on a background thread after flushes.
    package var compactsInBackground = true

    package init(
        readOnly: Bool = false, createIfMissing: Bool = false, durability: Durability = .everyCommit,
        memtableRowCountMax: Int = 1 << 19, walSizeBytesMax: Int = 64 << 20, importRowCountMax: Int = 2 << 20,
        importSizeBytesMax: Int = 64 << 20, threadCount: Int = 2
    ) {
        self.readOnly = readOnly
        self.createIfMissing = createIfMissing
        self.durability = durability
        self.memtableRowCountMax = memtableRowCountMax
        self.walSizeBytesMax = walSizeBytesMax
        self.importRowCountMax = importRowCountMax
        self.importSizeBytesMax = importSizeBytesMax
        self.threadCount = threadCount
    }
}

/// When an acknowledged append is on stable storage. At every level it survives the death of the process.
package enum Durability: Sendable, Equatable {
    /// Before `append` returns; appends that wait together share one sync.
    case everyCommit
    /// At most this long after `append` returned.
    case interval(milliseconds: Int)
    /// When the system pleases, at the latest at a flush.
    case none
}
