internal import Dispatch
internal import EventBase
internal import EventColumns
internal import EventFormat
internal import Synchronization

/// Turns a batch of rows in order of arrival into segment drafts: divided by partition, sorted by (user, time, arrival).
///
/// The columns are distributed in one pass each, so the cost does not grow with the number of partitions.
struct DraftBuilder {
    private let batch: RowBatch
    private let threadCount: Int
    /// First global row of each part.
    private var bases: [Int] = []
    /// Draft of each global row, and its place inside the draft.
    private var draftOfRow: [UInt32] = []
    private var placeOfRow: [UInt32] = []
    private var drafts: [SegmentDraft] = []

    /// - Complexity: O(rows x columns); at most `rowCountMax` rows in a draft.
    static func build(
        _ batch: RowBatch, partitioning: Partitioning, threadCount: Int, rowCountMax: Int = Limits.segmentRowCountMax
    ) -> [SegmentDraft] {
        if batch.rowCount == 0 { return [] }
        var builder = DraftBuilder(batch: batch, threadCount: threadCount)
        builder.sortRows(partitioning, rowCountMax: rowCountMax)
        builder.distributeColumns()
        return builder.drafts
    }

    /// As `build`, with columns that are made one after the other, so that only one is in memory in its plain form.
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
            for (draft, column) in builder.distribute(path: path, sources: sources).enumerated() where column.hasValues
            {
                writers[draft].add(column)
            }
        }
        return builder.drafts.indices.map { EncodedDraft(draft: builder.drafts[$0], bytes: writers[$0].finish()) }
    }

    private init(batch: RowBatch, threadCount: Int) {
        self.batch = batch
        self.threadCount = threadCount
        var base = 0
        for part in batch.parts {
            bases.append(base)
            base += part.buffer.rowCount
        }
    }

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
        draftOfRow = [UInt32](repeating: 0, count: batch.rowCount)
        placeOfRow = draftOfRow
        // The sign bit is turned so that instants before 1970 sort first.
        let timeKeys = times.map { UInt64(bitPattern: $0) ^ (1 << 63) }
        let userKeys = users.map { UInt64($0) }
        for (firstDay, rows) in Self.partitions(times, partitioning, rowCountMax: rowCountMax) {
            let sorted = RadixOrder.sort(RadixOrder.sort(rows, by: timeKeys), by: userKeys)
            for start in stride(from: 0, to: sorted.count, by: rowCountMax) {
                let order = sorted[start..<min(sorted.count, start + rowCountMax)]
                for (place, row) in order.enumerated() {
                    draftOfRow[Int(row)] = UInt32(drafts.count)
                    placeOfRow[Int(row)] = UInt32(place)
                }
                let content = SegmentContent(
                    users: order.map { users[Int($0)] }, times: order.map { times[Int($0)] },
                    nameCodes: order.map { nameCodes[Int($0)] }, names: names)
                drafts.append(SegmentDraft(firstDay: firstDay, content: content))
            }
        }
    }

    /// One numbering of event names for all parts.
    private func unifyNames() -> (pool: any StringPool, codes: [UInt32]) {
        var names = StringInterner()
        var codes: [UInt32] = []
        codes.reserveCapacity(batch.rowCount)
        for part in batch.parts {
            let map = Self.intern(part.buffer.names, into: &names)
            for code in part.buffer.nameCodes {
                codes.append(code == EventBuffer.noCode ? EventBuffer.noCode : map[Int(code)])
            }
        }
        return (names.makePool(), codes)
    }

    private static func intern(_ strings: StringInterner, into target: inout StringInterner) -> [UInt32] {
        var map: [UInt32] = []
        map.reserveCapacity(strings.count)
        for code in 0..<strings.count { map.append(target.intern(strings.bytes(at: UInt32(code)))) }
        return map
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

    // MARK: Columns

    private mutating func distributeColumns() {
        let paths = batch.storedTypes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let results = Mutex([[SegmentColumn]](repeating: [], count: paths.count))
        let builder = self
        Parallel.forEach(count: paths.count, threadCount: threadCount) { index in
            let columns = builder.distribute(path: paths[index])
            results.withLock { $0[index] = columns }
        }
        for columns in results.withLock({ $0 }) {
            for (draft, column) in columns.enumerated() where column.hasValues { drafts[draft].columns.append(column) }
        }
    }

    /// The column `path` of every draft.
    private func distribute(path: String) -> [SegmentColumn] {
        let sources: [(base: Int, column: ColumnBuffer)] = zip(bases, batch.parts).compactMap { base, part in
            part.buffer.columns.first { $0.path == path }.map { (base, $0) }
        }
        return distribute(path: path, sources: sources)
    }

    private func distribute(path: String, sources: [(base: Int, column: ColumnBuffer)]) -> [SegmentColumn] {
        let bools = scatter(sources.map { ($0.base, $0.column.bools) })
        let integers = scatter(sources.map { ($0.base, $0.column.integers) })
        let doubles = scatter(sources.map { ($0.base, $0.column.doubles) })
        let strings = Self.unify(sources.map { ($0.base, $0.column.strings, $0.column.stringValues) })
        let jsons = Self.unify(sources.map { ($0.base, $0.column.jsons, $0.column.jsonValues) })
        let stringParts = scatter(strings.values)
        let jsonParts = scatter(jsons.values)
        return drafts.indices.map { draft in
            var column = SegmentColumn(path: path)
            column.bools = bools[draft]
            column.integers = integers[draft]
            column.doubles = doubles[draft]
            column.strings = stringParts[draft]
            column.stringPool = strings.pool
            column.jsons = jsonParts[draft]
            column.jsonPool = jsons.pool
            return column
        }
    }

    /// One numbering of strings for all sources.
    private static func unify(
        _ sources: [(Int, SparseValues<UInt32>, StringInterner)]
    ) -> (values: [(Int, SparseValues<UInt32>)], pool: any StringPool) {
        if sources.count == 1 { return ([(sources[0].0, sources[0].1)], sources[0].2.makePool()) }
        var strings = StringInterner()
        var values: [(Int, SparseValues<UInt32>)] = []
        for (base, codes, own) in sources where !codes.rows.isEmpty {
            let map = intern(own, into: &strings)
            values.append((base, SparseValues(rows: codes.rows, values: codes.values.map { map[Int($0)] })))
        }
        return (values, strings.makePool())
    }

    /// Values by draft, in the draft's row order.
    private func scatter<T: Sendable>(_ sources: [(base: Int, values: SparseValues<T>)]) -> [SparseValues<T>] {
        var places = [[UInt32]](repeating: [], count: drafts.count)
        var values = [[T]](repeating: [], count: drafts.count)
        for (base, source) in sources {
            for (row, value) in zip(source.rows, source.values) {
                let draft = Int(draftOfRow[base + Int(row)])
                places[draft].append(placeOfRow[base + Int(row)])
                values[draft].append(value)
            }
        }
        return drafts.indices.map { draft in
            if places[draft].isEmpty { return SparseValues() }
            let keys = places[draft].map { UInt64($0) }
            let order = RadixOrder.sort((0..<UInt32(keys.count)).map { $0 }, by: keys)
            return SparseValues(
                rows: order.map { places[draft][Int($0)] }, values: order.map { values[draft][Int($0)] })
        }
    }
}

extension SegmentColumn {
    var hasValues: Bool {
        !bools.rows.isEmpty || !integers.rows.isEmpty || !doubles.rows.isEmpty || !strings.rows.isEmpty
            || !jsons.rows.isEmpty
    }
}

/// Independent pieces of work on a bounded number of threads.
enum Parallel {
    /// Calls `work` once for each index below `count`, on at most `threadCount` threads, and waits for all.
    static func forEach(count: Int, threadCount: Int, _ work: @Sendable (Int) -> Void) {
        if count <= 1 || threadCount <= 1 {
            for index in 0..<count { work(index) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(count, threadCount)) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                if index >= count { return }
                work(index)
            }
        }
    }
}
