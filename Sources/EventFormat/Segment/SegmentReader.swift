package import EventBase
package import EventColumns
internal import Synchronization

/// One segment over bytes that somebody else mapped: opening reads the footer alone, every chunk is checked against its
/// checksum the first time it is touched.
///
/// - Threads: all members may be called from any thread.
/// - Errors: `.corruption` naming the segment.
package final class SegmentReader: RowGroup {
    package let label: String
    let bytes: SharedBytes
    let footer: SegmentFooter
    let users: any StringPool
    package let eventNames: any StringPool
    /// Parts by path, in the footer's order.
    let parts: [String: [SegmentPart]]
    private let verified: VerifiedChunks
    package let hiddenRows: Bitmap?

    /// - Parameter users: the user directory, which gives `user_id` its text.
    package init(
        bytes: SharedBytes, label: String, users: any StringPool, hiddenRows: Bitmap? = nil
    ) throws(EventSQLError) {
        self.bytes = bytes
        self.label = label
        self.users = users
        self.hiddenRows = hiddenRows
        do throws(EventSQLError) {
            let footer = try Self.footer(of: bytes.span)
            let verified = VerifiedChunks()
            if let error = verified.failure(of: footer.eventNames, in: bytes.span) { throw error }
            let names = Int(footer.eventNames.offset)..<Int(footer.eventNames.offset) + Int(footer.eventNames.sizeBytes)
            eventNames = try StringChunk.decode(bytes.span.extracting(names), isDictionary: true)
            self.footer = footer
            self.verified = verified
        } catch { throw error.at(path: label) }
        guard eventNames.count == footer.rowBitmaps.count else {
            throw EventSQLError(.corruption, "the segment's event names do not fit its bitmaps", path: label)
        }
        guard Int(footer.userMax) < max(1, users.count) else {
            throw EventSQLError(
                .corruption, "the segment names user \(footer.userMax), beyond the directory's \(users.count)", path: label)
        }
        parts = Dictionary(grouping: footer.parts.map { SegmentPart($0) }, by: \.path)
    }

    private static func footer(of bytes: RawSpan) throws(EventSQLError) -> SegmentFooter {
        let least = SegmentFooter.headerSizeBytes + SegmentFooter.trailerSizeBytes
        guard bytes.byteCount >= least else {
            throw EventSQLError(.corruption, "a segment of \(bytes.byteCount) bytes; at least \(least) are needed")
        }
        let trailer = bytes.byteCount - SegmentFooter.trailerSizeBytes
        guard magic(bytes, at: 0), magic(bytes, at: bytes.byteCount - 8) else {
            throw EventSQLError(.corruption, "the file does not begin and end as a segment does; it may be cut short")
        }
        let version = bytes.load(at: trailer + 16, as: UInt32.self)
        guard version == SegmentFooter.version, bytes.load(at: 8, as: UInt32.self) == version else {
            throw EventSQLError(
                .corruption, "a segment of format version \(version); this library reads version \(SegmentFooter.version)",
                hint: "open it with a newer EventSQL")
        }
        let offset = bytes.load(at: trailer, as: UInt64.self)
        let size = Int(bytes.load(at: trailer + 8, as: UInt32.self))
        guard offset <= UInt64(trailer), Int(offset) + size == trailer,
            bytes.load(at: 12, as: UInt32.self) == 0, bytes.load(at: trailer + 20, as: UInt32.self) == 0
        else { throw EventSQLError(.corruption, "the segment's trailer points outside the file") }
        let footer = bytes.extracting(Int(offset)..<trailer)
        guard Checksum.crc32c(footer) == bytes.load(at: trailer + 12, as: UInt32.self) else {
            throw EventSQLError(.corruption, "the segment's footer fails its checksum")
        }
        return try SegmentFooter.read(footer)
    }

    private static func magic(_ bytes: RawSpan, at offset: Int) -> Bool {
        SegmentFooter.magic.indices.allSatisfy { bytes.byte(at: offset + $0) == SegmentFooter.magic[$0] }
    }

    /// The verified bytes of a chunk.
    @_lifetime(borrow self)
    func chunk(_ reference: ChunkReference) throws(EventSQLError) -> RawSpan {
        try verify(reference)
        let start = Int(reference.offset)
        return bytes.unsafeExtract(start..<(start + Int(reference.sizeBytes)), heldBy: self)
    }

    private func verify(_ reference: ChunkReference) throws(EventSQLError) {
        let bytes = self.bytes
        if let error = verified.failure(of: reference, in: bytes.span) { throw error.at(path: label) }
    }

    /// Reads every chunk of the segment against its checksum.
    package func verify() throws(EventSQLError) {
        let lists = [footer.users, footer.times, footer.eventCodes, [footer.eventNames]]
        let ofParts = footer.parts.flatMap { $0.chunks + [$0.presence, $0.dictionary].compactMap { $0 } }
        let bitmaps = footer.rowBitmaps.filter { $0.sizeBytes > 0 } + [footer.userBitmaps].compactMap { $0 }
        for reference in lists.flatMap({ $0 }) + ofParts + bitmaps { _ = try chunk(reference) }
        for entry in try userBitmapEntries() { _ = try chunk(entry.reference) }
    }

    package var rowCount: Int { Int(footer.rowCount) }
    package var sizeBytes: Int { bytes.count }
    package var timeRange: ClosedRange<Int64> { footer.timeMin...footer.timeMax }
    package var userRange: ClosedRange<UInt32> { footer.userMin...footer.userMax }
    package var days: [Int32] { footer.days }
    package var hasUserBitmaps: Bool { footer.userBitmaps != nil }

    package func storedTypes(of path: String) -> StoredTypes {
        (parts[path] ?? []).reduce(into: []) { $0.insert($1.type) }
    }

    /// The property paths of the segment with the types they are stored with.
    package var storedColumns: [(path: String, types: StoredTypes)] {
        var seen: Set<String> = []
        return footer.parts.filter { seen.insert($0.path).inserted }.map { ($0.path, storedTypes(of: $0.path)) }
    }
}

/// Which chunks have passed their checksum; each is summed once.
final class VerifiedChunks: Sendable {
    private let offsets = Mutex<Set<UInt64>>([])

    /// What is wrong with a chunk: it must lie in the file and sum to what its directory says.
    func failure(of reference: ChunkReference, in bytes: RawSpan) -> EventSQLError? {
        if offsets.withLock({ $0.contains(reference.offset) }) { return nil }
        guard reference.offset <= UInt64(bytes.byteCount), Int(reference.sizeBytes) <= bytes.byteCount - Int(reference.offset)
        else { return EventSQLError(.corruption, "a chunk at byte \(reference.offset) lies outside the segment") }
        let start = Int(reference.offset)
        guard Checksum.crc32c(bytes.extracting(start..<(start + Int(reference.sizeBytes)))) == reference.checksum else {
            return EventSQLError(.corruption, "the chunk at byte \(reference.offset) fails its checksum")
        }
        offsets.withLock { _ = $0.insert(reference.offset) }
        return nil
    }
}
