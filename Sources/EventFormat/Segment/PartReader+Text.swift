internal import EventBase
internal import EventColumns

extension PartReader {
    /// Appends the text of each value: `true`, `-12`, `1.5`, the string or the JSON itself.
    func appendTexts(_ values: Range<Int>, _ heap: inout [UInt8], _ offsets: inout [UInt32]) throws(EventSQLError) {
        func append(_ text: String) {
            heap.append(contentsOf: text.utf8)
            offsets.append(UInt32(heap.count))
        }
        switch record.type {
        case .bool:
            var bits: [UInt32] = []
            try read(values, into: &bits)
            for bit in bits { append(bit != 0 ? "true" : "false") }
        case .int64:
            var integers: [Int64] = []
            try read(values, into: &integers)
            for integer in integers { append(String(integer)) }
        case .double:
            for double in try readDoubles(values) { append("\(double)") }
        default:
            let (codes, pool) = try readStrings(values)
            for code in codes {
                heap.append(bytes: pool.bytes(at: code))
                offsets.append(UInt32(heap.count))
            }
        }
    }
}
