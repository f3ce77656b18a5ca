internal import EventBase
internal import EventColumns
internal import EventFormat

/// Turns a batch of rows in order of arrival into segments: divided by partition, sorted by (user, time, arrival).
///
/// Rows are sorted first; then every column is gathered in that order and encoded on its own, so that one column for each
/// thread is in memory twice, and cores share the columns.
struct DraftBuilder: Sendable {
    private let batch: RowBatch
    private let threadCount: Int
    /// First global row of each part.
    private let bases: [Int]
    private var drafts: [SegmentDraft] = []
    private var places = RowPlaces()

    /// - Complexity: O(rows x columns); at most `rowCountMax` rows in a segment.
    static func encode(
        _ batch: RowBatch, partitioning: Partitioning, threadCount: Int, rowCountMax: Int = Limits.segmentRowCountMax
    ) -> [EncodedDraft] {
        if batch.rowCount == 0 { return [] }
        var builder = DraftBuilder(batch: batch, threadCount: threadCount)
        builder.sortRows(partitioning, rowCountMax: rowCountMax)
        return builder.encode()
    }

    /// As `encode`, with columns that are made one after the other, so that only one is in memory in its plain form.
    ///
    /// - Parameter column: the values of a path in one part of the batch, nil where it has none.
    static func encode(
        _ batch: RowBatch, paths: [String], rowCountMax: Int = Limits.segmentRowCountMax,
        column: (String, Int) throws(EventSQLError) -> ColumnBuffer?
    ) throws(EventSQLError) -> [EncodedDraft] {
        if batch.rowCount == 0 { return [] }
        var builder = DraftBuilder(batch: batch, threadCount: 1)
        builder.sortRows(.byMonth, rowCountMax: rowCountMax)
        var writers = builder.drafts.map { SegmentWriter(content: $0.content) }
        for path in paths {
            var sources: [(base: Int, column: ColumnBuffer)] = []
            for part in batch.parts.indices {
                if let values = try column(path, part) { sources.append((builder.bases[part], values)) }
            }
            let columns = DraftColumns(path: path, sources: sources, rowCount: batch.rowCount)
            for draft in writers.indices {
                writers[draft].add(columns.values(in: draft, of: builder.places))
            }
        }
        return builder.drafts.indices.map { EncodedDraft(draft: builder.drafts[$0], segment: writers[$0].finishOpen()) }
    }

    private init(batch: RowBatch, threadCount: Int) {
        self.batch = batch
        self.threadCount = threadCount
        var bases: [Int] = []
        var base = 0
        for part in batch.parts {
            bases.append(base)
            base += part.buffer.rowCount
        }
        self.bases = bases
    }

    // MARK: Rows

    private mutating func sortRows(_ partitioning: Partitioning, rowCountMax: Int) {
        var times: [Int64] = []
        var users: [UInt32] = []
        times.reserveCapacity(batch.rowCount)
        users.reserveCapacity(batch.rowCount)
        for part in batch.parts {
            times.append(contentsOf: part.buffer.times)
            users.append(contentsOf: part.ordinals)
        }
        let (names, nameCodes) = unifyNames()
        for (firstDay, rows) in Self.partitions(times, partitioning, rowCountMax: rowCountMax) {
            let sorted = Self.sort(rows, users: users, times: times, threadCount: threadCount)
            for start in stride(from: 0, to: sorted.count, by: rowCountMax) {
                let order = Array(sorted[start..<min(sorted.count, start + rowCountMax)])
                let content = SegmentContent(
                    users: order.map { users[Int($0)] }, times: order.map { times[Int($0)] },
                    nameCodes: order.map { nameCodes[Int($0)] }, names: names)
                drafts.append(SegmentDraft(firstDay: firstDay, content: content))
                places.orders.append(order)
            }
        }
        places.invert(rowCount: batch.rowCount)
    }

    /// Rows of one partition by (user, time, arrival): users below and above the middle on a thread each.
    private static func sort(_ rows: [UInt32], users: [UInt32], times: [Int64], threadCount: Int) -> [UInt32] {
        let step = max(1, rows.count / 1024)
        let sample = stride(from: 0, to: rows.count, by: step).map { users[Int(rows[$0])] }.sorted()
        let middle = threadCount > 1 ? sample[sample.count / 2] : 0
        let halves = [rows.filter { users[Int($0)] < middle }, rows.filter { users[Int($0)] >= middle }]
        let sorted = Parallel.map(count: 2, threadCount: threadCount) { half in
            let order = halves[half]
            // The sign bit is turned so that instants before 1970 sort first.
            let byTime = RadixOrder.sort(order, keys: order.map { UInt64(bitPattern: times[Int($0)]) ^ (1 << 63) })
            return RadixOrder.sort(byTime, keys: byTime.map { UInt64(users[Int($0)]) })
        }
        return sorted[0] + sorted[1]
    }

    /// One numbering of event names for all parts.
    private func unifyNames() -> (pool: any StringPool, codes: [UInt32]) {
        var names = StringInterner()
        var codes: [UInt32] = []
        codes.reserveCapacity(batch.rowCount)
        for part in batch.parts {
            let map = DraftColumns.intern(part.buffer.names, into: &names)
            for code in part.buffer.nameCodes {
                codes.append(code == EventBuffer.noCode ? EventBuffer.noCode : map[Int(code)])
            }
        }
        return (names.makePool(), codes)
    }

    /// Global rows by partition, in order of arrival; partitions ascend.
    private static func partitions(
        _ times: [Int64], _ partitioning: Partitioning, rowCountMax: Int
    ) -> [(firstDay: Int32, rows: [UInt32])] {
        if case .single = partitioning {
            return [(CalendarMath.day(ofMicros: times[0]), (0..<UInt32(times.count)).map { $0 })]
        }
        let all = (0..<UInt32(times.count)).map { $0 }
        let months = group(all, times) { day in
            let date = CalendarMath.civil(day: Int(day))
            return Int32(CalendarMath.days(year: date.year, month: date.month, day: 1))
        }
        return months.flatMap { month in month.rows.count > rowCountMax ? group(month.rows, times) { $0 } : [month] }
    }

    private static func group(
        _ rows: [UInt32], _ times: [Int64], by firstDay: (Int32) -> Int32
    ) -> [(firstDay: Int32, rows: [UInt32])] {
        var groups: [(firstDay: Int32, rows: [UInt32])] = []
        var indexOfDay: [Int32: Int] = [:]
        var lastDay = Int32.min
        var lastIndex = 0
        for row in rows {
            let day = CalendarMath.day(ofMicros: times[Int(row)])
            if day != lastDay {
                let key = firstDay(day)
                lastIndex = indexOfDay[key] ?? groups.count
                if lastIndex == groups.count {
                    groups.append((key, []))
                    indexOfDay[key] = lastIndex
                }
                lastDay = day
            }
            groups[lastIndex].rows.append(row)
        }
        return groups.sorted { $0.firstDay < $1.firstDay }
    }

    // MARK: Encoding

    /// A piece of a segment that is encoded on its own.
    private enum Piece: Sendable {
        case head(SegmentWriter)
        case columns([EncodedColumn])
    }

    private func encode() -> [EncodedDraft] {
        let paths = batch.storedTypes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        // The columns with the most text come first, so that no thread begins the longest piece last.
        let order = paths.indices.sorted { textSizeBytes(paths[$0]) > textSizeBytes(paths[$1]) }
        var pieces = Parallel.map(count: drafts.count + paths.count, threadCount: threadCount) { index -> Piece in
            if index < drafts.count { return .head(SegmentWriter(content: drafts[index].content)) }
            let column = column(of: paths[order[index - drafts.count]])
            return .columns(
                drafts.indices.map { draft in
                    EncodedColumn(column.values(in: draft, of: places), rowCount: drafts[draft].content.rowCount)
                })
        }
        var columns = [[EncodedColumn?]](repeating: [], count: paths.count)
        for (index, path) in order.enumerated() {
            if case .columns(let encoded) = pieces[drafts.count + index] { columns[path] = encoded }
        }
        pieces.removeLast(paths.count)
        return drafts.indices.map { draft in
            guard case .head(var writer) = pieces[draft] else { preconditionFailure("BUG: a segment without a head") }
            writer.reserve(sizeBytes: columns.reduce(0) { $0 + ($1[draft]?.sizeBytes ?? 0) } + Self.footerSizeBytes)
            for path in columns.indices {
                // Forgotten at once, so that a segment is not in memory twice.
                if let column = columns[path][draft].take() { writer.add(column) }
            }
            return EncodedDraft(draft: drafts[draft], segment: writer.finishOpen())
        }
    }

    /// Room for a footer of usual size.
    private static let footerSizeBytes = 4096

    private func column(of path: String) -> DraftColumns {
        let sources = zip(bases, batch.parts).compactMap { base, part in
            part.buffer.columns.first { $0.path == path }.map { (base, $0) }
        }
        return DraftColumns(path: path, sources: sources, rowCount: batch.rowCount)
    }

    private func textSizeBytes(_ path: String) -> Int {
        batch.parts.reduce(0) { size, part in
            size + (part.buffer.columns.first { $0.path == path }?.stringValues.heap.count ?? 0)
        }
    }
}
