package import EventBase

/// Reads one run of the user directory in place. Opening checks the footer only; blocks are checked on first touch.
///
/// - Threads: any.
package final class UserRunReader: Sendable {
    package let label: String
    /// Ordinal of the run's first id.
    package let first: UInt32
    package let count: Int
    private let bytes: SharedBytes
    private let slotsOffset: Int
    private let slotCount: Int
    /// Where the checksums of the slot groups begin, and the 16-byte entries of the blocks.
    private let groupsOffset: Int
    private let blocksOffset: Int
    private let verifiedBlocks: VerifiedParts
    private let verifiedGroups: VerifiedParts

    /// - Throws: `.corruption` naming `label`.
    package init(bytes: SharedBytes, label: String) throws(EventSQLError) {
        let span = bytes.span
        try FileKind.users.checkMagic(span, label: label)
        let end = span.byteCount - FileKind.trailerSizeBytes
        guard end >= 32 else { throw EventSQLError(.corruption, "the user run has no footer", path: label) }
        let footer = span.load(at: end - 8, as: UInt64.self)
        guard footer <= UInt64(end - 32) else {
            throw EventSQLError(.corruption, "the footer of the user run lies outside it", path: label)
        }
        _ = try FileKind.users.open(span, from: Int(footer), label: label)
        var reader = ByteReader(span.extracting(Int(footer)..<(end - 8)))
        first = reader.read(UInt32.self)
        count = Int(reader.read(UInt32.self))
        let slotsStart = reader.read(UInt64.self)
        let slotTotal = reader.read(UInt64.self)
        let blockCount = (count + UserRunWriter.blockIdCount - 1) / UserRunWriter.blockIdCount
        guard slotsStart <= footer, slotTotal == (footer - slotsStart) / 8, slotTotal > UInt64(count),
            slotTotal & (slotTotal - 1) == 0, UInt64(first) + UInt64(count) <= 1 << 32
        else { throw EventSQLError(.corruption, "the hash table of the user run does not fit", path: label) }
        let groupCount = (Int(slotTotal) + UserRunWriter.slotGroupCount - 1) / UserRunWriter.slotGroupCount
        guard reader.remaining == groupCount * 4 + blockCount * 16 else {
            throw EventSQLError(.corruption, "the footer of the user run has the wrong length", path: label)
        }
        self.bytes = bytes
        self.label = label
        slotsOffset = Int(slotsStart)
        slotCount = Int(slotTotal)
        groupsOffset = Int(footer) + 24
        blocksOffset = groupsOffset + groupCount * 4
        verifiedBlocks = VerifiedParts(count: blockCount)
        verifiedGroups = VerifiedParts(count: groupCount)
    }

    package var sizeBytes: Int { bytes.count }

    /// The ordinal of an id, nil when it is not in this run.
    /// - Complexity: O(length) on average.
    /// - Throws: `.corruption` where the part of the table or the block that was touched is damaged.
    package func ordinal(of id: RawSpan) throws(EventSQLError) -> UInt32? {
        let hash = Hash64.hash(id)
        var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
        for _ in 0..<slotCount {
            try verifyGroup(slot / UserRunWriter.slotGroupCount)
            let entry = bytes.load(at: slotsOffset + slot * 8, as: UInt64.self)
            let index = Int(entry & 0xffff_ffff)
            if index == 0 { return nil }
            if entry >> 32 == hash >> 32, index <= count, try ByteOrder.equal(bytes(of: first + UInt32(index - 1)), id)
            {
                return first + UInt32(index - 1)
            }
            slot = (slot + 1) & (slotCount - 1)
        }
        return nil
    }

    /// The id of an ordinal of this run. The caller promises `first <= ordinal < first + count`.
    /// - Throws: `.corruption` where the id's block is damaged.
    @_lifetime(borrow self)
    package func bytes(of ordinal: UInt32) throws(EventSQLError) -> RawSpan {
        let index = Int(ordinal - first)
        try verifyBlock(index / UserRunWriter.blockIdCount)
        guard let range = range(ofIndex: index) else {
            throw EventSQLError(.corruption, "the offsets of a block of user ids do not fit", path: label)
        }
        return bytes.unsafeExtract(range, heldBy: self)
    }

    /// The id of an ordinal, or no bytes where its block is damaged: for string pools, which cannot throw. Whoever
    /// builds a pool calls `verify` first or accepts that damaged ids read as empty.
    @_lifetime(borrow self)
    package func bytesOrEmpty(of ordinal: UInt32) -> RawSpan {
        let range =
            (try? verifyBlock(Int(ordinal - first) / UserRunWriter.blockIdCount)) == nil
            ? nil : range(ofIndex: Int(ordinal - first))
        return bytes.unsafeExtract(range ?? 0..<0, heldBy: self)
    }

    /// Bytes that a check of the whole run keeps in memory.
    private static let verifiedSizeBytes = 1 << 20

    /// Checks every block and the whole hash table; what was checked leaves the process's memory again.
    /// - Complexity: O(bytes) the first time, at the speed of CRC-32C.
    package func verify() throws(EventSQLError) {
        var start = 0
        for block in 0..<((count + UserRunWriter.blockIdCount - 1) / UserRunWriter.blockIdCount) {
            if verifiedBlocks.contains(block) { continue }
            try verifyBlock(block)
            forget(&start, before: Int(bytes.load(at: blocksOffset + block * 16, as: UInt64.self)))
        }
        for group in 0..<((slotCount + UserRunWriter.slotGroupCount - 1) / UserRunWriter.slotGroupCount) {
            if verifiedGroups.contains(group) { continue }
            try verifyGroup(group)
            forget(&start, before: slotsOffset + group * UserRunWriter.slotGroupCount * 8)
        }
        forget(&start, before: .max)
    }

    /// Forgets what lies before `end`, which has been checked, where that is enough to be worth a call.
    private func forget(_ start: inout Int, before end: Int) {
        let end = min(end, bytes.count)
        guard end - start >= Self.verifiedSizeBytes else { return }
        bytes.forgetPages(start..<end)
        start = end
    }

    private func verifyGroup(_ group: Int) throws(EventSQLError) {
        if verifiedGroups.contains(group) { return }
        let start = group * UserRunWriter.slotGroupCount
        let end = min(slotCount, start + UserRunWriter.slotGroupCount)
        let sum = bytes.crc32c((slotsOffset + start * 8)..<(slotsOffset + end * 8))
        guard sum == bytes.load(at: groupsOffset + group * 4, as: UInt32.self) else {
            throw EventSQLError(.corruption, "the hash table of the user run is damaged", path: label)
        }
        verifiedGroups.insert(group)
    }

    private func verifyBlock(_ block: Int) throws(EventSQLError) {
        if verifiedBlocks.contains(block) { return }
        let entry = blocksOffset + block * 16
        let start = bytes.load(at: entry, as: UInt64.self)
        let length = Int(bytes.load(at: entry + 8, as: UInt32.self))
        guard start <= UInt64(slotsOffset), length <= slotsOffset - Int(start),
            length >= (idCount(ofBlock: block) + 1) * 4,
            bytes.crc32c(Int(start)..<(Int(start) + length))
                == bytes.load(at: entry + 12, as: UInt32.self)
        else { throw EventSQLError(.corruption, "block \(block) of the user ids is damaged", path: label) }
        verifiedBlocks.insert(block)
    }

    private func idCount(ofBlock block: Int) -> Int {
        min(UserRunWriter.blockIdCount, count - block * UserRunWriter.blockIdCount)
    }

    /// Where the bytes of one id lie; nil where the offsets of a verified block make no sense.
    private func range(ofIndex index: Int) -> Range<Int>? {
        let block = index / UserRunWriter.blockIdCount
        let entry = blocksOffset + block * 16
        let start = Int(bytes.load(at: entry, as: UInt64.self))
        let heap = start + (idCount(ofBlock: block) + 1) * 4
        let end = start + Int(bytes.load(at: entry + 8, as: UInt32.self))
        let at = start + index % UserRunWriter.blockIdCount * 4
        let from = Int(bytes.load(at: at, as: UInt32.self))
        let to = Int(bytes.load(at: at + 4, as: UInt32.self))
        guard from <= to, to <= end - heap else { return nil }
        return (heap + from)..<(heap + to)
    }
}
