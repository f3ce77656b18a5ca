internal import EventBase
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
}
