package import EventBase
package import EventColumns
internal import EventFormat
internal import Synchronization

extension EventStore {
    /// Names of the event tables, in order of creation.
    package var tableNames: [String] { state.withLock { $0.manifest.tables.map(\.name) } }

    /// The columns of a table as they are now.
    package func schema(ofTable name: String) throws(EventSQLError) -> TableSchema {
        try state.withLock { (state) throws(EventSQLError) in try state.schema(ofTable: name) }
    }

    /// One table as it is now. Nothing that happens later changes it.
    /// - Errors: `.notFound`.
    package func snapshot(ofTable name: String) throws(EventSQLError) -> any EventSnapshot {
        try state.withLock { (state) throws(EventSQLError) in
            if let table = state.keyedTable(name) { return try state.keyedSnapshot(table, schema: table.schema) }
            let schema = try state.schema(ofTable: name)
            let users = state.users.pool()
            var groups: [any RowGroup] = []
            for record in state.manifest.segments where record.table == name {
                guard let (reader, hidden) = state.readable(record) else { continue }
                groups.append(SegmentView(reader, users: users, hiddenRows: hidden))
            }
            for reader in try state.memtables[name]?.rowGroups() ?? [] {
                groups.append(SegmentView(reader, users: users, hiddenRows: nil))
            }
            groups.sort { $0.timeRange.lowerBound < $1.timeRange.lowerBound }
            return StoreSnapshot(
                schema: schema, rowGroups: groups, users: users, canonicalUsers: state.canonicalUsers,
                cohorts: state.cohortsByName)
        }
    }

    /// What the database holds.
    package func info() -> StoreInfo {
        let state = self.state.withLock { $0 }
        var info = StoreInfo()
        info.tables = state.manifest.tables.map { schema in
            var table = StoreInfo.Table(schema: (try? state.schema(ofTable: schema.name)) ?? schema)
            for record in state.manifest.segments where record.table == schema.name {
                table.rowCount += record.rowCount
                table.segmentCount += 1
                table.segmentSizeBytes += record.sizeBytes
                let range = table.timeRange ?? record.timeRange
                table.timeRange =
                    min(
                        range.lowerBound, record.timeRange.lowerBound)...max(
                        range.upperBound, record.timeRange.upperBound)
            }
            table.memtableRowCount = state.memtables[schema.name]?.rowCount ?? 0
            table.rowCount += table.memtableRowCount
            return table
        }
        info.tables += state.manifest.keyedTables.map { state.info(of: $0) }
        info.walSizeBytes = state.log.sizeBytes
        info.userCount = state.users.count
        info.userSizeBytes = state.users.runs.reduce(0) { $0 + $1.sizeBytes }
        info.cohortCount = state.manifest.cohorts.count
        info.manifestEpoch = state.manifest.epoch
        let written = WrittenBytes(state.manifest.settings[WrittenBytes.setting])
        (info.ingestedSizeBytes, info.compactedSizeBytes) = (written.ingested, written.compacted)
        info.reports = state.reports
        return info
    }
}

extension StoreState {
    /// What a keyed table holds; rows are counted as far as the bitmaps and the memtable tell.
    fileprivate func info(of record: KeyedTableSchema) -> StoreInfo.Table {
        var table = StoreInfo.Table(schema: record.schema)
        table.isKeyed = true
        let changes = keyed[record.storageName]
        for segment in manifest.segments where segment.table == record.storageName {
            let hidden = segment.hiddenRowsFileName.flatMap { hiddenRows[$0] }?.count ?? 0
            table.rowCount += segment.rowCount - (changes?.deadInSegments[segment.fileName]?.count ?? hidden)
            table.segmentCount += 1
            table.segmentSizeBytes += segment.sizeBytes
        }
        table.memtableRowCount = changes?.liveMemtableRowCount ?? 0
        table.rowCount += table.memtableRowCount
        return table
    }

    /// Members of cohorts by name; nil for one whose file is damaged.
    var cohortsByName: [String: Bitmap?] {
        Dictionary(manifest.cohorts.map { ($0.name, cohorts[$0.fileName]) }, uniquingKeysWith: { $1 })
    }

    /// Ordinal -> person after identity merges; nil when nothing is merged.
    var canonicalUsers: [UInt32]? {
        IdentityLog(manifest.settings[IdentityLog.setting]).canonicalUsers(count: users.count + 1)
    }
}
