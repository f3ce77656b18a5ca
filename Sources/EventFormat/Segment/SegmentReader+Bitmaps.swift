package import EventBase
package import EventColumns

extension SegmentReader {
    private static let userEntrySizeBytes = 8 + ByteRef.sizeBytes

    package func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap? {
        precondition(Int(code) < eventNames.count, "BUG: an event code outside the segment")
        let index = summary.rowBitmaps
        try verify(index, number: 0)
        let place = try place(at: index.offset + Int(code) * ByteRef.sizeBytes, before: index.offset)
        return place.length == 0 ? nil : try bitmap(place)
    }

    package func users(onDay day: Int32) throws(EventSQLError) -> Bitmap {
        try users(onDay: day, eventCode: SegmentWriter.anyEventCode)
    }

    package func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap {
        guard let index = summary.userBitmaps else { preconditionFailure("BUG: asked for user bitmaps it has not") }
        try verify(index, number: 1)
        var low = 0
        var high = index.length / Self.userEntrySizeBytes
        while low < high {
            let middle = (low + high) / 2
            let entry = index.offset + middle * Self.userEntrySizeBytes
            let key = (bytes.load(at: entry, as: Int32.self), bytes.load(at: entry + 4, as: UInt32.self))
            if key == (day, code) { return try bitmap(place(at: entry + 8, before: index.offset)) }
            if key < (day, code) { low = middle + 1 } else { high = middle }
        }
        return Bitmap()
    }

    private func verify(_ index: ByteRef, number: Int) throws(EventSQLError) {
        if verifiedIndexes.contains(number) { return }
        guard bytes.crc32c(index.range) == index.checksum else {
            throw EventSQLError(.corruption, "the index of bitmaps is damaged", path: label)
        }
        verifiedIndexes.insert(number)
    }

    /// The reference at an offset of a verified index; it must lie before the index itself.
    private func place(at offset: Int, before limit: Int) throws(EventSQLError) -> ByteRef {
        let owner = bytes
        let span = owner.span
        var reader = ByteReader(span.extracting(offset..<(offset + ByteRef.sizeBytes)))
        let place = ByteRef(&reader, limit: limit)
        if reader.failure != nil {
            throw EventSQLError(.corruption, "a bitmap lies outside the file", path: label)
        }
        return place
    }

    private func bitmap(_ place: ByteRef) throws(EventSQLError) -> Bitmap {
        guard bytes.crc32c(place.range) == place.checksum else {
            throw EventSQLError(.corruption, "the checksum of a bitmap does not match", path: label)
        }
        do throws(EventSQLError) {
            let owner = bytes
            let span = owner.span
            return try Bitmap(portable: span.extracting(place.range))
        } catch { throw error.at(path: label) }
    }
}
