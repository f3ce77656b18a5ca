internal import EventColumns
internal import EventStore

/// What a database holds, for `eventsql info` and dashboards.
public struct DatabaseInfo: Sendable {
    public struct Table: Sendable {
        public var name: String
        public var rowCount: Int
        public var segmentCount: Int
        /// Bytes of segments on disk.
        public var sizeBytes: Int
        /// First and last event; nil for an empty table.
        public var timeRange: ClosedRange<EventTime>?
        public var columns: [ResultColumn]
    }

    public var tables: [Table]
    /// Distinct user ids ever seen.
    public var userCount: Int
    /// Bytes of the user directory on disk.
    public var userSizeBytes: Int
    public var cohortCount: Int
    /// Bytes of segments that compaction has written for each byte written as events arrived; nil before the first segment.
    public var writeAmplification: Double?
    /// What was found damaged or unfinished when the database was opened, one sentence each.
    public var reports: [String]
}

extension EventDatabase {
    /// What the database holds now.
    public func info() -> DatabaseInfo {
        let info = store.info()
        let tables = info.tables.map { table in
            DatabaseInfo.Table(
                name: table.schema.name, rowCount: table.rowCount, segmentCount: table.segmentCount,
                sizeBytes: table.segmentSizeBytes,
                timeRange: table.timeRange.map { EventTime(micros: $0.lowerBound)...EventTime(micros: $0.upperBound) },
                columns: table.schema.columns.map { ResultColumn(name: $0.path, type: ResultType($0.type)) })
        }
        return DatabaseInfo(
            tables: tables, userCount: info.userCount, userSizeBytes: info.userSizeBytes, cohortCount: info.cohortCount,
            writeAmplification: info.ingestedSizeBytes == 0
                ? nil : Double(info.compactedSizeBytes) / Double(info.ingestedSizeBytes), reports: info.reports)
    }
}
