/// Reads a compiled zone file (TZif, RFC 9636): versions 2 to 4, whose second half has 64-bit times.
///
/// - Errors: `.corruption` for bytes that are none, whatever they are.
package enum TimeZoneFile {
    /// Real files hold under 300 changes and 5 kB.
    package static let sizeBytesMax = 1 << 20
    private static let offsetMax: Int32 = 26 * 3600

    package static func read(_ bytes: [UInt8], name: String) throws(EventSQLError) -> TimeZoneRules {
        guard let rules = rules(bytes) else {
            throw EventSQLError(.corruption, "the zone file of '\(name)' cannot be read")
        }
        return rules
    }

    private struct Header {
        var version: UInt8
        var utcCount, standardCount, leapCount, timeCount, typeCount, textCount: Int

        /// Bytes behind it with times of a width.
        func size(timeWidth: Int) -> Int {
            timeCount * (timeWidth + 1) + typeCount * 6 + textCount + leapCount * (timeWidth + 4) + standardCount
                + utcCount
        }
    }

    private static func rules(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard bytes.count <= sizeBytesMax, let first = header(bytes, at: 0) else { return nil }
        if first.version == 0 {
            return body(bytes, 44, first, timeWidth: 4, footer: nil)
        }
        let second = 44 + first.size(timeWidth: 4)
        guard let header = header(bytes, at: second) else { return nil }
        let end = second + 44 + header.size(timeWidth: 8)
        guard end < bytes.count, bytes[end] == 0x0A, let close = bytes[(end + 1)...].firstIndex(of: 0x0A) else {
            return nil
        }
        let text = Array(bytes[(end + 1)..<close])
        var footer: TimeZoneFooter?
        if !text.isEmpty {
            footer = TimeZoneFooter(text)
            if footer == nil { return nil }
        }
        return body(bytes, second + 44, header, timeWidth: 8, footer: footer)
    }

    private static func header(_ bytes: [UInt8], at start: Int) -> Header? {
        guard bytes.count - start >= 44, Array(bytes[start..<start + 4]) == Array("TZif".utf8) else { return nil }
        let counts = (0..<6).map { Int(integer(bytes, start + 20 + $0 * 4, width: 4)) }
        guard counts.allSatisfy({ (0...sizeBytesMax).contains($0) }), counts[4] > 0 else { return nil }
        return Header(
            version: bytes[start + 4], utcCount: counts[0], standardCount: counts[1], leapCount: counts[2],
            timeCount: counts[3], typeCount: counts[4], textCount: counts[5])
    }

    private static func body(
        _ bytes: [UInt8], _ start: Int, _ header: Header, timeWidth: Int, footer: TimeZoneFooter?
    ) -> TimeZoneRules? {
        guard bytes.count - start >= header.size(timeWidth: timeWidth) else { return nil }
        let indexes = start + header.timeCount * timeWidth
        let types = indexes + header.timeCount
        var offsets: [Int32] = []
        for type in 0..<header.typeCount {
            let offset = integer(bytes, types + type * 6, width: 4)
            guard abs(offset) <= Int64(offsetMax) else { return nil }
            offsets.append(Int32(offset))
        }
        var transitions: [Int64] = []
        var changes: [Int32] = []
        for index in 0..<header.timeCount {
            let time = integer(bytes, start + index * timeWidth, width: timeWidth)
            let type = Int(bytes[indexes + index])
            guard type < offsets.count, transitions.last.map({ $0 < time }) ?? true else { return nil }
            transitions.append(time)
            changes.append(offsets[type])
        }
        return TimeZoneRules(transitions: transitions, offsets: changes, firstOffset: offsets[0], footer: footer)
    }

    /// Big-endian, with its sign.
    private static func integer(_ bytes: [UInt8], _ start: Int, width: Int) -> Int64 {
        var value: Int64 = Int64(Int8(bitPattern: bytes[start]))
        for index in 1..<width { value = value << 8 | Int64(bytes[start + index]) }
        return value
    }
}
