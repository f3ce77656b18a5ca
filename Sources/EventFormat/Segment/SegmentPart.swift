internal import EventBase
internal import EventColumns
internal import Synchronization

/// One stored type of one path, opened: where its values are, and the strings it has inflated so far.
final class SegmentPart: Sendable {
    private struct Pools {
        var dictionary: HeapStringPool?
        /// The plain chunk inflated last: a scan asks for one chunk several times in a row.
        var plain: (chunk: Int, pool: HeapStringPool)?
    }

    let part: SegmentFooter.Part
    private let pools = Mutex(Pools())

    init(_ part: SegmentFooter.Part) { self.part = part }

    var path: String { part.path }
    var type: StoredTypes { part.type }

    /// Which of `rows` have a value, and which dense values those are.
    func present(_ rows: RowSelection, granule: Int, in segment: SegmentReader) throws(EventSQLError) -> PresentRows {
        guard let presence = part.presence else {
            return PresentRows(all: rows, rank: granule * Limits.granuleRowCount)
        }
        let found = try Presence.granule(
            granule, granuleCount: segment.granuleCount, valueCount: Int(part.valueCount),
            in: try segment.chunk(presence))
        return PresentRows(rows, found)
    }

    /// The dense values a granule's rows hold, for zone maps.
    func denseRange(granule: Int, in segment: SegmentReader) throws(EventSQLError) -> Range<Int> {
        guard let presence = part.presence else {
            let start = granule * Limits.granuleRowCount
            return start..<(start + segment.rowCount(ofGranule: granule))
        }
        let found = try Presence.granule(
            granule, granuleCount: segment.granuleCount, valueCount: Int(part.valueCount),
            in: try segment.chunk(presence))
        return found.rank..<(found.rank + found.valueCount)
    }

    func integers(_ selection: DenseSelection, in segment: SegmentReader) throws(EventSQLError) -> [Int64] {
        var output: [Int64] = []
        for (chunk, local) in try split(selection) {
            let reader = try PackedIntegers.Reader(try segment.chunk(part.chunks[chunk]))
            try local.check(count: reader.count)
            local.decode(reader, into: &output)
        }
        return output
    }

    func doubles(_ selection: DenseSelection, in segment: SegmentReader) throws(EventSQLError) -> [Double] {
        var output: [Double] = []
        for (chunk, local) in try split(selection) {
            try PackedDoubles.decode(try segment.chunk(part.chunks[chunk]), local, into: &output)
        }
        return output
    }

    /// Codes and the pool they stand for: the segment's dictionary, or a pool of just these strings.
    func strings(
        _ selection: DenseSelection, in segment: SegmentReader
    ) throws(EventSQLError) -> (codes: [UInt32], pool: any StringPool) {
        if let reference = part.dictionary {
            let pool = try dictionary(reference, in: segment)
            return (try codes(selection, below: pool.count, in: segment), pool)
        }
        let runs = try split(selection)
        if runs.count == 1 {
            let pool = try plain(runs[0].chunk, in: segment)
            try runs[0].local.check(count: pool.count)
            return (runs[0].local.indexes.map { UInt32($0) }, pool)
        }
        return try joined(runs, in: segment)
    }

    /// Codes into a dictionary of `limit` strings; the chunk's greatest code, kept in the footer, vouches for all.
    private func codes(
        _ selection: DenseSelection, below limit: Int, in segment: SegmentReader
    ) throws(EventSQLError) -> [UInt32] {
        var output: [UInt32] = []
        for (chunk, local) in try split(selection) {
            guard part.chunks[chunk].maxBits < UInt64(limit) else {
                throw EventSQLError(.corruption, "'\(path)' has a code outside its dictionary")
            }
            let reader = try PackedIntegers.Reader(try segment.chunk(part.chunks[chunk]))
            try local.check(count: reader.count)
            switch local {
            case .range(let range): reader.decode(range, into: &output)
            case .list(let list):
                var wide: [Int64] = []
                reader.decode(list, into: &wide)
                output.append(contentsOf: wide.lazy.map { UInt32(truncatingIfNeeded: $0) })
            }
        }
        return output
    }

    /// Strings of several chunks copied into one pool.
    private func joined(
        _ runs: [(chunk: Int, local: DenseSelection)], in segment: SegmentReader
    ) throws(EventSQLError) -> (codes: [UInt32], pool: any StringPool) {
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        for (chunk, local) in runs {
            let pool = try plain(chunk, in: segment)
            try local.check(count: pool.count)
            for index in local.indexes {
                heap.append(bytes: pool.bytes(at: UInt32(index)))
                offsets.append(UInt32(heap.count))
            }
        }
        let pool = HeapStringPool(heap: heap, offsets: offsets, isDistinct: false, isSorted: false)
        return (Array(0..<UInt32(pool.count)), pool)
    }

    private func dictionary(
        _ reference: ChunkReference, in segment: SegmentReader
    ) throws(EventSQLError) -> HeapStringPool {
        if let pool = pools.withLock({ $0.dictionary }) { return pool }
        let pool = try segment.located { () throws(EventSQLError) in
            try StringChunk.decode(try segment.chunk(reference), isDictionary: true)
        }
        pools.withLock { $0.dictionary = $0.dictionary ?? pool }
        return pools.withLock { $0.dictionary } ?? pool
    }

    private func plain(_ chunk: Int, in segment: SegmentReader) throws(EventSQLError) -> HeapStringPool {
        if let cached = pools.withLock({ $0.plain }), cached.chunk == chunk { return cached.pool }
        let pool = try segment.located { () throws(EventSQLError) in
            try StringChunk.decode(try segment.chunk(self.part.chunks[chunk]), isDictionary: false)
        }
        pools.withLock { $0.plain = (chunk, pool) }
        return pool
    }

    /// The selection cut at chunk borders, each piece counted from its chunk's first value.
    private func split(_ selection: DenseSelection) throws(EventSQLError) -> [(chunk: Int, local: DenseSelection)] {
        let size = Limits.granuleRowCount
        var runs: [(chunk: Int, local: DenseSelection)] = []
        switch selection {
        case .range(let range):
            var start = range.lowerBound
            while start < range.upperBound {
                let chunk = start / size
                let end = min(range.upperBound, (chunk + 1) * size)
                runs.append((chunk, .range((start - chunk * size)..<(end - chunk * size))))
                start = end
            }
        case .list(let list):
            var start = 0
            while start < list.count {
                let chunk = list[start] / size
                var end = start
                while end < list.count, list[end] < (chunk + 1) * size { end += 1 }
                runs.append((chunk, .list(list[start..<end].map { $0 - chunk * size })))
                start = end
            }
        }
        guard runs.allSatisfy({ $0.chunk < part.chunks.count }) else {
            throw EventSQLError(.corruption, "'\(path)' has fewer values than rows that claim one")
        }
        return runs
    }
}
