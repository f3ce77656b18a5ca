package import EventBase
package import EventColumns

/// Reads one segment in place: the rows of a file that was written once by `SegmentWriter` (SPEC 1.7).
///
/// Opening verifies the footer and nothing else. Everything behind it is verified when it is first touched, so a damaged
/// chunk throws `.corruption` to whoever reads it and to nobody else.
package final class SegmentReader: RowGroup {
    package let label: String
    package let eventNames: any StringPool
    package let days: [Int32]
    let bytes: SharedBytes
    let summary: SegmentSummary
    let userPool: any StringPool
    /// Users, times, event codes.
    let system: [PartReader]
    let columns: [String: [PartReader]]
    let verifiedIndexes = VerifiedParts(count: 2)

    /// - Parameters:
    ///   - label: the file's name, for errors and EXPLAIN.
    ///   - users: the user directory, whose codes are ordinals.
    /// - Throws: `.corruption` naming `label`.
    package init(bytes: SharedBytes, label: String, users: any StringPool) throws(EventSQLError) {
        let summary = try Self.readFooter(bytes, label: label)
        guard Int(summary.users.upperBound) < max(users.count, 1) else {
            throw EventSQLError(
                .corruption, "the segment names user \(summary.users.upperBound) of a directory of \(users.count)",
                path: label)
        }
        self.bytes = bytes
        self.label = label
        self.summary = summary
        userPool = users
        days = summary.days
        eventNames = HeapStringPool(
            heap: summary.nameHeap, offsets: summary.nameOffsets, isDistinct: true, isSorted: true)
        let readers = summary.parts.map { PartReader($0, bytes: bytes, rowCount: summary.rowCount, label: label) }
        system = Array(readers.prefix(3))
        columns = Dictionary(grouping: readers.dropFirst(3)) { $0.record.path }
    }

    private static func readFooter(_ bytes: SharedBytes, label: String) throws(EventSQLError) -> SegmentSummary {
        let span = bytes.span
        try FileKind.segment.checkMagic(span, label: label)
        let end = span.byteCount - FileKind.trailerSizeBytes - 8
        guard end >= 0 else { throw EventSQLError(.corruption, "the segment has no footer", path: label) }
        let start = span.word(at: end)
        guard start <= UInt64(end) else {
            throw EventSQLError(.corruption, "the footer of the segment lies outside it", path: label)
        }
        _ = try FileKind.segment.open(span, from: Int(start), label: label)
        var reader = ByteReader(span.extracting(Int(start)..<end))
        let summary = SegmentSummary.read(&reader, limit: Int(start))
        if let failure = reader.failure { throw EventSQLError(.corruption, "footer: \(failure)", path: label) }
        return summary
    }

    package var rowCount: Int { summary.rowCount }
    package var sizeBytes: Int { bytes.count }
    package var timeRange: ClosedRange<Int64> { summary.times }
    package var userRange: ClosedRange<UInt32> { summary.users }
    /// Where its rows come from; nil for rows in memory and files of versions 1 and 2.
    package var origin: SegmentOrigin? { summary.origin }
    /// A file never changes, so it hides nothing; the store's snapshot wraps a reader that does.
    package var hiddenRows: Bitmap? { nil }
    package var hasUserBitmaps: Bool { summary.userBitmaps != nil }

    /// The paths of the properties with the types stored, sorted by path: the schema of this file alone.
    package var storedColumns: [(path: String, types: StoredTypes)] {
        columns.keys.sorted().map { ($0, storedTypes(of: $0)) }
    }

    package func storedTypes(of path: String) -> StoredTypes {
        (columns[path] ?? []).reduce(into: []) { $0.formUnion($1.record.type) }
    }

    package func readUsers(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try system[0].read(rows, ofChunk: granule, into: &output)
    }

    package func readTimes(granule: Int, rows: RowSelection, into output: inout [Int64]) throws(EventSQLError) {
        try system[1].read(rows, ofChunk: granule, into: &output)
    }

    package func readEventCodes(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        try system[2].read(rows, ofChunk: granule, into: &output)
    }

    package func rows(ofUsers users: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int> {
        let start = try firstRow { $0 >= users.lowerBound }
        let end = try firstRow { $0 > users.upperBound }
        return start..<max(start, end)
    }

    /// The first row whose user fulfils a predicate that holds from some ordinal on.
    private func firstRow(_ belongsBehind: (UInt32) -> Bool) throws(EventSQLError) -> Int {
        let chunks = try system[0].directory().chunks
        let granule = chunks.partitioningIndex { belongsBehind(UInt32(truncatingIfNeeded: $0.high)) }
        if granule == chunks.count { return rowCount }
        let start = granule * Limits.granuleRowCount
        if belongsBehind(UInt32(truncatingIfNeeded: chunks[granule].low)) { return start }
        return start + (try system[0].firstValue(inChunk: granule) { belongsBehind(UInt32(truncatingIfNeeded: $0)) })
    }

    /// Throws the first damage that `findDamage` finds.
    /// - Complexity: O(bytes).
    package func verify() throws(EventSQLError) {
        guard let first = findDamage(userCount: Int(UInt32.max)).first else { return }
        throw EventSQLError(.corruption, first.what, path: label)
    }
}
