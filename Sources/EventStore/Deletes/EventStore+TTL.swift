package import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// Retention by age: a table may say how long its rows live. Whole segments go once their last row is older.
extension EventStore {
    /// Keeps the age at which rows of a table go; nil: never. Nothing is dropped before `dropExpiredSegments`.
    /// - Parameter micros: greater than 0.
    package func setTTL(_ micros: Int64?, ofTable table: String) throws(EventSQLError) {
        try commit { (manifest, state) throws(EventSQLError) in
            _ = try state.table(table)
            manifest.settings[ManifestRecord.ttlSetting(table)] = micros.map { String($0) }
        }
    }

    /// The age at which rows of a table go, in microseconds; nil: never.
    package func ttl(ofTable table: String) -> Int64? { state.withLock { $0.manifest.ttl(ofTable: table) } }

    /// Drops the segments whose last row is older than its table allows.
    ///
    /// Runs when a writer opens the database, after every flush and import, and with `compact()`.
    /// - Returns: how many rows went.
    package func dropExpiredSegments(nowMicros: Int64 = WallClock.nowMicros()) throws(EventSQLError) -> Int {
        let manifest = state.withLock { $0.manifest }
        var rowCount = 0
        for table in manifest.tables {
            guard let ttl = manifest.ttl(ofTable: table.name) else { continue }
            let (end, overflows) = nowMicros.subtractingReportingOverflow(ttl)
            if !overflows { rowCount += try dropSegments(ofTable: table.name, before: end) }
        }
        return rowCount
    }

    /// Drops the segments of a table whose last row lies before an instant: retention by whole files.
    /// - Returns: how many rows went.
    package func dropSegments(ofTable table: String, before micros: Int64) throws(EventSQLError) -> Int {
        func isExpired(_ record: SegmentRecord) -> Bool {
            record.table == table && record.timeRange.upperBound < micros
        }
        guard state.withLock({ $0.manifest.segments.contains(where: isExpired) }) else { return 0 }
        var rowCount = 0
        try commit { (manifest, _) throws(EventSQLError) in
            rowCount = manifest.segments.filter(isExpired).reduce(0) { $0 + $1.rowCount }
            manifest.segments.removeAll(where: isExpired)
        }
        return rowCount
    }
}

extension ManifestRecord {
    static func ttlSetting(_ table: String) -> String { "ttl:\(table)" }

    func ttl(ofTable table: String) -> Int64? { settings[Self.ttlSetting(table)].flatMap { Int64($0) } }
}
