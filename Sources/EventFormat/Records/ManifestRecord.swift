internal import EventBase
package import EventColumns

/// What a database consists of at one epoch: the content of a manifest file (SPEC 1.3).
package struct ManifestRecord: Sendable, Equatable {
    /// Drawn at random when the database is made; tells two databases apart.
    package var databaseID: DatabaseID
    /// Counts up by one with every manifest.
    package var epoch: UInt64
    /// The first WAL position whose rows are not in the segments below.
    package var walStart: UInt64
    /// No file of the database has this number or a higher one in its name.
    package var nextFileNumber: UInt64
    package var tables: [TableSchema]
    package var segments: [SegmentRecord]
    package var userRuns: [UserRunRecord]
    package var cohorts: [CohortRecord]
    /// Persistent settings by name.
    package var settings: [String: String]
    /// Tables with a key. Their segments stand among those above under `storageName`.
    package var keyedTables: [KeyedTableSchema]

    package init(
        databaseID: DatabaseID, epoch: UInt64 = 0, walStart: UInt64 = 0, nextFileNumber: UInt64 = 1,
        tables: [TableSchema] = [], segments: [SegmentRecord] = [], userRuns: [UserRunRecord] = [],
        cohorts: [CohortRecord] = [], settings: [String: String] = [:], keyedTables: [KeyedTableSchema] = []
    ) {
        self.databaseID = databaseID
        self.epoch = epoch
        self.walStart = walStart
        self.nextFileNumber = nextFileNumber
        self.tables = tables
        self.segments = segments
        self.userRuns = userRuns
        self.cohorts = cohorts
        self.settings = settings
        self.keyedTables = keyedTables
    }
}

/// 128 random bits.
package struct DatabaseID: Sendable, Hashable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// One segment file of a table, with what a statement needs to leave it unopened.
package struct SegmentRecord: Sendable, Equatable {
    package var fileName: String
    package var table: String
    package var rowCount: Int
    package var sizeBytes: Int
    /// First and last instant, microseconds since 1970 UTC.
    package var timeRange: ClosedRange<Int64>
    /// Smallest and largest user ordinal, 0 for "no user".
    package var userRange: ClosedRange<UInt32>
    /// The file of the rows that deletes hide, a cohort-like bitmap file; nil when none are hidden.
    package var hiddenRowsFileName: String?

    package init(
        fileName: String, table: String, rowCount: Int, sizeBytes: Int, timeRange: ClosedRange<Int64>,
        userRange: ClosedRange<UInt32>, hiddenRowsFileName: String? = nil
    ) {
        self.fileName = fileName
        self.table = table
        self.rowCount = rowCount
        self.sizeBytes = sizeBytes
        self.timeRange = timeRange
        self.userRange = userRange
        self.hiddenRowsFileName = hiddenRowsFileName
    }
}

/// One run of the user directory: the ids of ordinals `first ..< first + count`.
package struct UserRunRecord: Sendable, Equatable {
    package var fileName: String
    package var first: UInt32
    package var count: Int

    package init(fileName: String, first: UInt32, count: Int) {
        self.fileName = fileName
        self.first = first
        self.count = count
    }
}

/// One saved cohort: its statement and the file with its members.
package struct CohortRecord: Sendable, Equatable {
    package var name: String
    /// The text of the statement that made it.
    package var definition: String
    package var memberCount: Int
    package var fileName: String

    package init(name: String, definition: String, memberCount: Int, fileName: String) {
        self.name = name
        self.definition = definition
        self.memberCount = memberCount
        self.fileName = fileName
    }
}
