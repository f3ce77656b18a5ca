import EventBase
import EventColumns
import EventFormat
import Testing

/// Goal: manifest, cohort and WAL bytes come back as they were, and damage is found. Method: round trips, then every
/// flip and every cut of a small file.
struct RecordTests {
    static let manifest = ManifestRecord(
        databaseID: DatabaseID(high: .max, low: 7), epoch: 42, walStart: 1 << 40, nextFileNumber: 99,
        tables: [
            TableSchema(
                name: "events",
                columns: [
                    ColumnSchema(path: "timestamp", role: .time, storedTypes: []),
                    ColumnSchema(path: "properties.größe", role: .property, storedTypes: [.int64, .json]),
                ])
        ],
        segments: [
            SegmentRecord(
                fileName: "000001.seg", table: "events", rowCount: 8 << 20, sizeBytes: 1 << 33,
                timeRange: Limits.timestampMicrosMin...Limits.timestampMicrosMax, userRange: 0...UInt32.max),
            SegmentRecord(
                fileName: "000002.seg", table: "events", rowCount: 1, sizeBytes: 1, timeRange: -5 ... -5,
                userRange: 3...3, hiddenRowsFileName: "000003.rows"),
        ],
        userRuns: [UserRunRecord(fileName: "000004.users", first: 1, count: 1000)],
        cohorts: [
            CohortRecord(name: "power", definition: "CREATE COHORT …", memberCount: 3, fileName: "000005.cohort")
        ],
        settings: ["b": "", "a": "1"])

    @Test("a manifest comes back as it was written")
    func manifestRoundTrip() throws {
        #expect(try ManifestRecord.decode(Self.manifest.encode().rawBytes, label: "m") == Self.manifest)
        let empty = ManifestRecord(databaseID: DatabaseID(high: 0, low: 0))
        #expect(try ManifestRecord.decode(empty.encode().rawBytes, label: "m") == empty)
    }

    @Test("a damaged manifest is refused and named")
    func manifestDamage() throws {
        try Damage.each(of: Self.manifest.encode()) { try ManifestRecord.decode($0.rawBytes, label: "m") }
        let error = #expect(throws: EventSQLError.self) {
            try ManifestRecord.decode([UInt8](repeating: 0, count: 50).rawBytes, label: "manifest-7")
        }
        #expect(error?.path == "manifest-7")
    }

    @Test("a cohort comes back as it was written, and damage is found")
    func cohort() throws {
        let file = BitmapFile(name: "power", definition: "AS …", members: Bitmap([1, 2, 3, 70_000, .max]))
        try Damage.each(of: file.encode()) { bytes in
            let read = try BitmapFile.decode(bytes.rawBytes, label: "c")
            return [read.name, read.definition, "\(read.members.values())"]
        }
        #expect(try BitmapFile.decode(file.encode().rawBytes, label: "c").members.values() == file.members.values())
    }

    @Test("frames are found one after the other, and a torn tail is told from the end")
    func frames() throws {
        let payloads: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 9, count: 1000)]
        var log: [UInt8] = []
        for (index, payload) in payloads.enumerated() {
            log += WALFrame.encode(lsn: UInt64(index) << 33, kind: .events, payload: payload.rawBytes)
        }
        var offset = 0
        for (index, payload) in payloads.enumerated() {
            guard case .frame(let frame, let next) = WALFrame.find(in: log.rawBytes, at: offset) else {
                Issue.record("frame \(index) is missing")
                return
            }
            #expect(frame.lsn == UInt64(index) << 33 && frame.kind == .events)
            #expect(Array(log[frame.payload]) == payload)
            offset = next
        }
        #expect(WALFrame.find(in: log.rawBytes, at: offset) == .end)
        let payload: [UInt8] = [7, 8, 9]
        let first = WALFrame.encode(lsn: 5, kind: .events, payload: payload.rawBytes)
        for length in 1..<first.count {
            guard case .torn = WALFrame.find(in: Array(first[..<length]).rawBytes, at: 0) else {
                Issue.record("a frame cut at \(length) was not seen as torn")
                continue
            }
        }
        for index in first.indices {
            var flipped = first
            flipped[index] ^= 0x10
            guard case .torn = WALFrame.find(in: flipped.rawBytes, at: 0) else {
                Issue.record("a flip of byte \(index) was not seen")
                continue
            }
        }
    }

    @Test("a batch of events comes back as it was written, rolled-back rows left out")
    func batch() throws {
        let buffer = Self.makeBuffer()
        let bytes = EventBatchCodec.encode(buffer, table: "events")
        let (table, read) = try EventBatchCodec.decode(bytes.rawBytes)
        #expect(table == "events")
        #expect(read.rowCount == 3 && read.times == [10, -20, 30])
        #expect(read.userCodes == buffer.userCodes && read.nameCodes == buffer.nameCodes)
        #expect(read.users.count == buffer.users.count && read.names.makeString(at: 0) == "signup")
        let amount = try #require(read.columns.first { $0.path == "properties.amount" })
        #expect(amount.integers.rows == [0] && amount.integers.values == [Int64.min])
        #expect(amount.doubles.rows == [1] && amount.doubles.values[0].bitPattern == (-0.0).bitPattern)
        #expect(amount.strings.rows == [2] && amount.stringValues.makeString(at: amount.strings.values[0]) == "🎉")
        #expect(EventBatchCodec.encode(read, table: "events") == bytes)
        var again = read
        #expect(again.column(path: "properties.amount") == 0, "paths are known again")
    }

    @Test("a batch that is not what was written never traps")
    func batchDamage() throws {
        let bytes = EventBatchCodec.encode(Self.makeBuffer(), table: "t")
        for index in bytes.indices {
            for mask: UInt8 in [1, 0x80, 0xff] {
                var flipped = bytes
                flipped[index] ^= mask
                _ = try? EventBatchCodec.decode(flipped.rawBytes)
            }
            #expect(throws: EventSQLError.self) { try EventBatchCodec.decode(Array(bytes[..<index]).rawBytes) }
        }
    }

    static func makeBuffer() -> EventBuffer {
        var buffer = EventBuffer()
        let rows: [(Int64, String, String)] = [(10, "u1", "signup"), (-20, "", ""), (30, "u2", "signup")]
        for (index, row) in rows.enumerated() {
            let amount = buffer.column(path: "properties.amount")
            switch index {
            case 0: buffer.set(amount, int64: .min)
            case 1: buffer.set(amount, double: -0.0)
            default: buffer.set(amount, string: Array("🎉".utf8).rawBytes)
            }
            buffer.set(buffer.column(path: "properties.on"), bool: index == 1)
            buffer.set(buffer.column(path: "properties.list"), json: Array("[1]".utf8).rawBytes)
            buffer.commitRow(
                time: row.0, user: Array(row.1.utf8).rawBytes, name: Array(row.2.utf8).rawBytes)
        }
        buffer.set(buffer.column(path: "properties.gone"), int64: 1)
        buffer.rollbackRow()
        return buffer
    }
}
