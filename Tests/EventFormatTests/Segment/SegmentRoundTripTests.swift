import EventBase
import EventColumns
import EventFormat
import EventTestSupport
import Testing

/// Goal: what is written is what is read, for every column kind, row by row, against plain arrays.
struct SegmentRoundTripTests {
    @Test("a segment of random rows answers every read as the rows in memory do", arguments: [1, 255, 8192, 20_000])
    func roundTrip(rowCount: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let events = RandomSegment.events(count: rowCount, using: &random)
        let snapshot = MemorySnapshot(groups: [events])
        let memory = snapshot.rowGroups[0]
        let bytes = try RandomSegment.bytes(of: memory, schema: snapshot.schema)
        let reader = try SegmentReader(bytes: SharedBytes(bytes), label: "random.seg", users: snapshot.users)
        try reader.verify()
        #expect(reader.rowCount == rowCount && reader.timeRange == memory.timeRange, "seed \(seed)")
        #expect(reader.days == memory.days)
        for granule in 0..<reader.granuleCount {
            let count = reader.rowCount(ofGranule: granule)
            let some = (0..<count).filter { _ in Int.random(in: 0..<7, using: &random) == 0 }.map { UInt16($0) }
            let middle = count / 3..<max(count / 3, count * 2 / 3)
            for selection in [RowSelection.range(0..<count), .range(middle), .rows(some)] {
                for column in snapshot.schema.columns {
                    for type in [column.type, .string] {
                        let expected = try memory.read(column.path, as: type, granule: granule, rows: selection)
                        let found = try reader.read(column.path, as: type, granule: granule, rows: selection)
                        #expect(found.type == expected.type || type == .string)
                        #expect(
                            (0..<expected.count).allSatisfy { found.value(at: $0).isSame(as: expected.value(at: $0)) },
                            "seed \(seed): \(column.path) as \(type), granule \(granule)")
                    }
                }
            }
        }
        try checkIndexes(reader, memory, seed: seed)
    }

    private func checkIndexes(_ reader: SegmentReader, _ memory: any RowGroup, seed: UInt64) throws {
        for code in 0..<UInt32(memory.eventNames.count) {
            #expect(reader.eventNames.string(at: code) == memory.eventNames.string(at: code))
            if let rows = try reader.rows(ofEventCode: code) {
                #expect(rows.values() == (try memory.rows(ofEventCode: code))?.values(), "seed \(seed)")
            }
            for day in memory.days {
                let expected = try memory.users(onDay: day, eventCode: code).values()
                #expect(try reader.users(onDay: day, eventCode: code).values() == expected, "seed \(seed)")
            }
        }
        for day in memory.days {
            #expect(try reader.users(onDay: day).values() == memory.users(onDay: day).values(), "seed \(seed)")
        }
        for user in 0...(memory.userRange.upperBound + 2) {
            for wanted in [user...user, user...(user + 3)] {
                #expect(try reader.rows(ofUsers: wanted) == memory.rows(ofUsers: wanted), "seed \(seed)")
            }
        }
    }

    @Test("a flipped bit or a cut anywhere is seen, or changes nothing", .timeLimit(.minutes(5)))
    func damage() throws {
        var random = SeededRandom(seed: 7)
        let events = RandomSegment.events(count: 20, using: &random)
        let snapshot = MemorySnapshot(groups: [events])
        let bytes = try RandomSegment.bytes(of: snapshot.rowGroups[0], schema: snapshot.schema)
        let truth = try RandomSegment.dump(bytes, snapshot)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            if let dump = try? RandomSegment.dump(damaged, snapshot) { #expect(dump == truth, "byte \(index)") }
        }
        for count in 0..<bytes.count {
            #expect(throws: EventSQLError.self, "cut to \(count)") {
                try RandomSegment.dump(Array(bytes[..<count]), snapshot)
            }
        }
    }
}

extension Value {
    /// Equality that tells -0 from 0 and lets NaN equal itself.
    func isSame(as other: Value) -> Bool {
        if case .double(let a) = self, case .double(let b) = other { return a.bitPattern == b.bitPattern }
        return self == other
    }
}
