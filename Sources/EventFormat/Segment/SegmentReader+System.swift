package import EventBase
package import EventColumns

/// Users, times, event codes, and the bitmaps over them.
extension SegmentReader {
    package func readUsers(granule: Int, rows: Range<Int>, into output: inout [UInt32]) throws(EventSQLError) {
        output.removeAll(keepingCapacity: true)
        try reader(footer.users, granule: granule).decode(rows, into: &output)
    }

    package func readTimes(granule: Int, rows: Range<Int>, into output: inout [Int64]) throws(EventSQLError) {
        output.removeAll(keepingCapacity: true)
        try reader(footer.times, granule: granule).decode(rows, into: &output)
    }

    package func readEventCodes(granule: Int, rows: Range<Int>, into output: inout [UInt32]) throws(EventSQLError) {
        output.removeAll(keepingCapacity: true)
        try reader(footer.eventCodes, granule: granule).decode(rows, into: &output)
        let none = UInt32(eventNames.count)
        guard footer.eventCodes[granule].maxBits >= UInt64(none) else { return }
        for index in output.indices where output[index] >= none { output[index] = EventBuffer.noCode }
    }

    package func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap? {
        let reference = footer.rowBitmaps[Int(code)]
        return reference.sizeBytes == 0 ? nil : try bitmap(reference)
    }

    package func rows(ofUsers wanted: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int> {
        let start = try firstRow { $0 >= wanted.lowerBound }
        let end = try firstRow { $0 > wanted.upperBound }
        return start..<end
    }

    /// The first row whose user satisfies a condition that, once true, stays true.
    private func firstRow(where isReached: (UInt32) -> Bool) throws(EventSQLError) -> Int {
        let granule = footer.users.firstIndex { isReached(UInt32(truncatingIfNeeded: $0.maxBits)) }
        guard let granule else { return rowCount }
        let start = granule * Limits.granuleRowCount
        if isReached(UInt32(truncatingIfNeeded: footer.users[granule].minBits)) { return start }
        let row = try reader(footer.users, granule: granule).firstIndex { isReached(UInt32(truncatingIfNeeded: $0)) }
        return start + row
    }

    package func users(onDay day: Int32) throws(EventSQLError) -> Bitmap { try users(onDay: day, eventCode: .max) }

    package func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap {
        guard let index = footer.days.firstIndex(of: day) else { return Bitmap() }
        guard let directory = footer.userBitmaps else {
            preconditionFailure("BUG: asked a segment without user bitmaps")
        }
        let bytes = try chunk(directory)
        var low = 0
        var high = bytes.byteCount / UserBitmapEntry.sizeBytes
        while low < high {
            let middle = (low + high) / 2
            let entry = UserBitmapEntry(bytes, at: middle)
            if (entry.dayIndex, entry.eventCode) < (UInt32(index), code) { low = middle + 1 } else { high = middle }
        }
        guard low < bytes.byteCount / UserBitmapEntry.sizeBytes else { return Bitmap() }
        let entry = UserBitmapEntry(bytes, at: low)
        guard entry.dayIndex == UInt32(index), entry.eventCode == code else { return Bitmap() }
        return try bitmap(entry.reference)
    }

    func userBitmapEntries() throws(EventSQLError) -> [UserBitmapEntry] {
        guard let directory = footer.userBitmaps else { return [] }
        let bytes = try chunk(directory)
        return (0..<(bytes.byteCount / UserBitmapEntry.sizeBytes)).map { UserBitmapEntry(bytes, at: $0) }
    }

    private func bitmap(_ reference: ChunkReference) throws(EventSQLError) -> Bitmap {
        try located { () throws(EventSQLError) in try Bitmap(portable: try self.chunk(reference)) }
    }

    @_lifetime(borrow self)
    private func reader(_ chunks: [ChunkReference], granule: Int) throws(EventSQLError) -> PackedIntegers.Reader {
        let bytes = try chunk(chunks[granule])
        do throws(EventSQLError) {
            let reader = try PackedIntegers.Reader(bytes)
            guard reader.count == rowCount(ofGranule: granule) else {
                throw EventSQLError(.corruption, "granule \(granule) has \(reader.count) values")
            }
            return reader
        } catch { throw error.at(path: label) }
    }

    /// Runs `body` and names this segment in its error.
    func located<Result>(_ body: () throws(EventSQLError) -> Result) throws(EventSQLError) -> Result {
        do throws(EventSQLError) { return try body() } catch { throw error.at(path: label) }
    }
}

/// One line of the directory of user bitmaps (SPEC 1.6).
struct UserBitmapEntry {
    static let sizeBytes = 24
    let dayIndex: UInt32
    let eventCode: UInt32
    let reference: ChunkReference

    init(_ bytes: RawSpan, at index: Int) {
        let offset = index * Self.sizeBytes
        dayIndex = bytes.load(at: offset, as: UInt32.self)
        eventCode = bytes.load(at: offset + 4, as: UInt32.self)
        reference = ChunkReference(
            offset: bytes.load(at: offset + 8, as: UInt64.self), sizeBytes: bytes.load(at: offset + 16, as: UInt32.self),
            checksum: bytes.load(at: offset + 20, as: UInt32.self))
    }
}
