import EventBase
import EventColumns
import EventPlan

/// Runs a TIMELINE: every row of one person, with all that it holds (SPEC 3.11).
extension TimelinePlan: ActivityPlan {
    private struct Line {
        var time: Int64
        var name: Value
        var user: UInt32
        var properties: String
    }

    /// Of one row of the answer, at a guess.
    private static let rowSizeBytes = 1000

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        guard let ordinal = snapshot.ordinal(ofUser: user), ordinal != 0 else { return [] }
        var ids = [ordinal]
        if let canonical = snapshot.canonicalUsers {
            let person = canonical[Int(ordinal)]
            ids = canonical.indices.filter { canonical[$0] == person }.map { UInt32($0) }
        }
        let readers = RowReaders(layout: layout, snapshot: snapshot)
        var request = GatherRequest(conditions: [GatherRequest.Condition(names: [])])
        request.filter = try readers.predicate(filter.predicate)
        request.timeRange = filter.timeRange
        request.includesAddresses = true
        var rows = SelectedRows()
        var scratch = GroupGather.Scratch()
        for (index, group) in snapshot.rowGroups.enumerated() {
            try context.check()
            let gather = try GroupGather(group: group, index: index, request: request, keys: nil)
            for id in ids { try gather.append(users: id...id, to: &rows, scratch: &scratch) }
        }
        try context.reserve(bytes: rows.count * Self.rowSizeBytes, for: "TIMELINE")
        defer { context.release(bytes: rows.count * Self.rowSizeBytes) }
        var lines = try lines(rows, readers, snapshot, context)
        lines.sort { a, b in
            if a.time != b.time { return a.time < b.time }
            if a.name != b.name { return a.name.precedes(b.name) }
            return a.properties.utf8.lexicographicallyPrecedes(b.properties.utf8)
        }
        var previous: Int64?
        return lines.map { line in
            let pause = previous.map { Value.double(Double(line.time - $0) / Double(CalendarMath.microsPerSecond)) }
            previous = line.time
            return [
                .timestamp(line.time), line.name, pause ?? .null, .string(snapshot.users.string(at: line.user)),
                .json(line.properties),
            ]
        }
    }

    private func lines(
        _ rows: SelectedRows, _ readers: RowReaders, _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) -> [Line] {
        let addressed = AddressedValues(rows.addresses, positions: Array(0..<rows.count), snapshot)
        var names = [Value](repeating: .null, count: rows.count)
        var objects = [[UInt8]](repeating: [], count: rows.count)
        var values = names
        for (index, column) in layout.columns.enumerated() where !column.isTypeName {
            switch column.role {
            case .time, .user: continue
            case .eventName:
                try addressed.read(try readers.values(.column(index, .string, Place())), into: &names)
                continue
            case .property, .session, .eventID: break
            }
            try context.check()
            if snapshot.rowGroups.allSatisfy({ $0.storedTypes(of: column.path).isEmpty }) { continue }
            try addressed.read(try readers.values(.column(index, column.type, Place())), into: &values)
            for row in values.indices where values[row] != .null {
                JSONMember.append(column.path, values[row], to: &objects[row])
            }
        }
        return rows.times.indices.map { row in
            Line(
                time: rows.times[row], name: names[row], user: rows.users[row],
                properties: String(
                    decoding: objects[row].isEmpty ? Array("{}".utf8) : objects[row] + [0x7D], as: UTF8.self))
        }
    }
}

/// Members of a JSON object, written one after another; whoever reads it closes the brace.
private enum JSONMember {
    static func append(_ key: String, _ value: Value, to bytes: inout [UInt8]) {
        bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        append(text: key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        switch value {
        case .json(let text): bytes += text.utf8
        case .int64, .bool: bytes += value.breakdownText.utf8
        case .double(let number) where number.isFinite: bytes += "\(number)".utf8
        default: append(text: value.breakdownText, to: &bytes)
        }
    }

    private static func append(text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
