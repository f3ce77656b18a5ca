package import EventBase
internal import EventColumns

extension PartReader {
    /// Appends the text of each value: `true`, `-12`, `1.5`, the string or the JSON itself.
    func appendTexts(_ place: Placement, _ heap: inout [UInt8], _ offsets: inout [UInt32]) throws(EventSQLError) {
        func append(_ text: String) {
            heap.append(contentsOf: text.utf8)
            offsets.append(UInt32(heap.count))
        }
        switch record.type {
        case .bool:
            for bit in try readCodes(place) { append(bit != 0 ? "true" : "false") }
        case .int64:
            for integer in try readIntegers(place) { append(String(integer)) }
        case .double:
            for double in try readDoubles(place) { append("\(double)") }
        default:
            let (codes, pool) = try readStrings(place)
            for code in codes {
                heap.append(bytes: pool.bytes(at: code))
                offsets.append(UInt32(heap.count))
            }
        }
    }

    /// The packed UUIDs of a granule whose rows all have one; nil where its values are stored in another form.
    func uuidWords(granule: Int) throws(EventSQLError) -> [UInt64]? {
        let directory = try directory()
        guard record.form == .plain, directory.presence == nil else { return nil }
        return StringCodec.uuidWords(try chunk(granule, of: directory))
    }
}

extension SegmentReader {
    /// The strings of a granule as packed UUIDs, two words each and one for each row; nil where they are stored in another form.
    package func uuidWords(of path: String, granule: Int) throws(EventSQLError) -> [UInt64]? {
        guard let parts = columns[path], parts.count == 1, parts[0].record.type == .string else { return nil }
        return try parts[0].uuidWords(granule: granule)
    }
}
