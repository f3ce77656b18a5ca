import EventBase
import EventColumns
import EventFormat
import Testing

/// Goal: no damage of a segment file traps or gives other rows. Method: every byte of a small segment flipped, the file
/// cut at every length; then everything is read.
struct SegmentDamageTests {
    static let model = SegmentModel(seed: 21, rowCount: 40, userCount: 9)

    /// Everything that a reader can answer, as text.
    static func dump(_ bytes: [UInt8]) throws -> [String] {
        let reader = try SegmentTests.open(bytes)
        var lines = ["\(reader.rowCount) \(reader.timeRange) \(reader.userRange) \(reader.days)"]
        for granule in 0..<reader.granuleCount {
            let all = RowSelection.range(0..<reader.rowCount(ofGranule: granule))
            var columns: [(String, ScalarType)] = [
                ("user_id", .string), ("timestamp", .timestamp), ("event_name", .string),
            ]
            columns += reader.storedColumns.map { ($0.path, $0.types.visibleType) }
            for (path, type) in columns {
                let vector = try reader.read(path, as: type, granule: granule, rows: all)
                let values = (0..<vector.count).map { SegmentModel.seen(vector, at: $0) }
                lines.append("\(path) \(type.name) \(reader.zone(of: path, granule: granule)): \(values)")
            }
        }
        for code in 0..<UInt32(reader.eventNames.count) {
            lines.append("rows \(code) \(try reader.rows(ofEventCode: code)?.values() ?? [])")
            for day in reader.days { lines.append("users \(try reader.users(onDay: day, eventCode: code).values())") }
        }
        for day in reader.days { lines.append("users \(try reader.users(onDay: day).values())") }
        return lines
    }

    @Test("every flip and every cut is found, or changes no answer")
    func everyByte() throws {
        let bytes = Self.model.encode()
        let whole = try Self.dump(bytes)
        var harmless = 0
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= UInt8(1 << (index % 8))
            do {
                let read = try Self.dump(flipped)
                harmless += 1
                if read != whole {
                    Issue.record("byte \(index) of \(bytes.count) changed an answer")
                }
            } catch let error as EventSQLError {
                if error.kind != .corruption || error.path != "test.seg" { Issue.record("byte \(index): \(error)") }
            }
        }
        #expect(harmless * 3 < bytes.count, "only padding may be flipped unseen: \(harmless) of \(bytes.count)")
        for length in bytes.indices {
            #expect(throws: EventSQLError.self) { try SegmentTests.open(Array(bytes[..<length])) }
        }
    }
}
