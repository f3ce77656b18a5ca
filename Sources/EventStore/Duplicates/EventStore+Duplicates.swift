internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// Retries are harmless: a row whose event id is stored already in its table and UTC month is counted and left out
/// (SPEC 1.13).
extension EventStore {
    /// Rows of `buffers` that repeat an id, by buffer; ascending.
    ///
    /// - Parameter unseen: segments of an import that are not committed yet; their ids count as well.
    func duplicateRows(
        in buffers: [EventBuffer], table: String, unseen: [SegmentRecord] = [], index: inout EventIDIndex
    ) throws(EventSQLError) -> [[UInt32]] {
        var found = [[UInt32]](repeating: [], count: buffers.count)
        let ids = EventIDRows(buffers)
        if ids.rows.isEmpty { return found }
        try prepare(&index, for: ids, table: table, unseen: unseen)
        let candidates = index.insert(ids.rows, table: table)
        if candidates.isEmpty { return found }
        var search = DuplicateSearch(ids, candidates: candidates)
        search.seeNewRows()
        let uuids = search.uuids
        try eachStoredID(of: table, months: search.months, unseen: unseen, only: uuids) { id, hash, month in
            search.see(id, hash: hash, month: month)
        }
        // Ascending, though strings and packed UUIDs were not looked at in order of rows.
        for place in search.found { found[Int(ids.rows[place].part)].append(ids.rows[place].row) }
        return found.map { $0.sorted() }
    }

    /// Makes the filters of the partitions that the rows fall into.
    private func prepare(
        _ index: inout EventIDIndex, for ids: EventIDRows, table: String, unseen: [SegmentRecord]
    ) throws(EventSQLError) {
        let newCounts = ids.countsByMonth
        var missing = newCounts.keys.filter { !index.contains(EventIDIndex.Partition(table: table, month: $0)) }
        if missing.isEmpty { return }
        if index.sizeBytes > Limits.duplicateFilterSizeBytesMax {
            index.forgetAll()
            missing = Array(newCounts.keys)
        }
        let current = state.withLock { $0 }
        var made: [Int32: EventIDFilter] = [:]
        for month in missing {
            let records = current.manifest.segments.filter { $0.table == table && Self.month(of: $0) == month }
            let storedCount = records.reduce(current.memtables[table]?.rowCount ?? 0) { $0 + $1.rowCount }
            made[month] = EventIDFilter(capacity: storedCount + 2 * newCounts[month]!)
        }
        try eachStoredID(of: table, months: Set(missing), unseen: unseen) { _, hash, month in
            _ = made[month]?.insert(hash)
        }
        for (month, filter) in made { index.add(filter, for: EventIDIndex.Partition(table: table, month: month)) }
    }

    /// Calls `body` with each event id that is stored, not hidden and in one of the months: hash and month with it.
    /// - Parameter only: where given, granules that hold UUIDs and none of these are passed over.
    private func eachStoredID(
        of table: String, months: Set<Int32>, unseen: [SegmentRecord], only: UUIDWords? = nil,
        _ body: (RawSpan, UInt64, Int32) -> Void
    ) throws(EventSQLError) {
        let current = state.withLock { $0 }
        for record in current.manifest.segments + unseen where record.table == table {
            let month = Self.month(of: record)
            guard months.contains(month) else { continue }
            if unseen.contains(record) {
                let reader = try StoreState.openSegment(record, storage: storage, directory: path)
                try Self.eachID(of: reader, hidden: nil, only) { body($0, $1, month) }
            } else if let (reader, hidden) = current.readable(record) {
                try Self.eachID(of: reader, hidden: hidden, only) { body($0, $1, month) }
            }
        }
        let waiting = EventIDRows(current.memtables[table]?.buffers ?? [])
        for row in waiting.rows where months.contains(row.month) {
            waiting.withText(of: row) { body($0, row.hash, row.month) }
        }
    }

    private static func eachID(
        of group: any RowGroup, hidden: Bitmap?, _ only: UUIDWords?, _ body: (RawSpan, UInt64) -> Void
    ) throws(EventSQLError) {
        guard group.storedTypes(of: EventIDRows.path).contains(.string) else { return }
        let segment = group as? SegmentReader
        for granule in 0..<group.granuleCount {
            if let only, let words = try segment?.uuidWords(of: EventIDRows.path, granule: granule), !only.meet(words) {
                continue
            }
            let rowCount = group.rowCount(ofGranule: granule)
            let column = try group.read(EventIDRows.path, as: .string, granule: granule, rows: .range(0..<rowCount))
            guard case .string(let codes, let pool) = column.values else { continue }
            let first = UInt32(granule * Limits.granuleRowCount)
            for row in 0..<rowCount where !column.isNull(at: row) {
                if let hidden, hidden.contains(first + UInt32(row)) { continue }
                let id = pool.bytes(at: codes[row])
                body(id, EventIDRows.hash(id))
            }
        }
    }

    private static func month(of record: SegmentRecord) -> Int32 {
        var months = MonthOfInstant()
        return months.firstDay(ofMonthOf: record.timeRange.lowerBound)
    }
}
