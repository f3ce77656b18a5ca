package import EventColumns

/// What a database holds, for `eventsql info` and for tests.
package struct StoreInfo: Sendable {
    package struct Table: Sendable {
        package var schema: TableSchema
        package var rowCount = 0
        package var segmentCount = 0
        /// Rows are told apart by a key, or numbered; they have no time and no user.
        package var isKeyed = false
        /// Rows that are in the WAL and the memtable only.
        package var memtableRowCount = 0
        package var segmentSizeBytes = 0
        /// First and last instant; nil for an empty table.
        package var timeRange: ClosedRange<Int64>?

        package init(schema: TableSchema) { self.schema = schema }
    }

    package var tables: [Table] = []
    /// Distinct user ids of all tables.
    package var userCount = 0
    package var userSizeBytes = 0
    package var walSizeBytes = 0
    package var cohortCount = 0
    package var manifestEpoch: UInt64 = 0
    /// Bytes of segments written as rows arrived, ever.
    package var ingestedSizeBytes = 0
    /// Bytes of segments that compaction wrote, ever.
    package var compactedSizeBytes = 0
    /// What recovery found and did when this database was opened; one sentence each.
    package var reports: [String] = []

    package init() {}
}

/// What an import stored.
package struct ImportSummary: Sendable, Equatable {
    package var rowCount = 0
    package var segmentCount = 0
    package var segmentSizeBytes = 0
    package var newUserCount = 0
    /// Rows whose event id was there before in their partition.
    package var duplicateCount = 0
    /// Rows of forgotten users that are refused.
    package var refusedCount = 0

    package init() {}
}
