import EventBase
import EventColumns
import EventFormat
import Testing

/// Goal: a segment answers what was put in. Method: random rows with every kind of value, written and read back by
/// every member of `RowGroup`, compared with the rows themselves.
struct SegmentTests {
    static func open(_ bytes: [UInt8]) throws -> SegmentReader {
        try SegmentReader(bytes: SharedBytes(bytes), label: "test.seg", users: SegmentModel.users)
    }

    @Test(
        "a segment answers its rows",
        arguments: [(1, 1), (2, 7), (3, 255), (4, 256), (5, 257), (6, 8192), (7, 8193), (8, 20_000)])
    func rows(seed: Int, rowCount: Int) throws {
        let model = SegmentModel(seed: UInt64(seed), rowCount: rowCount, userCount: max(1, rowCount / 7))
        let reader = try Self.open(model.encode())
        #expect(reader.rowCount == rowCount)
        #expect(reader.timeRange == model.rows.map(\.time).min()!...model.rows.map(\.time).max()!)
        #expect(reader.userRange == model.rows[0].user...model.rows[rowCount - 1].user)
        var random = SeededRandom(seed: UInt64(seed) + 100)
        for granule in 0..<reader.granuleCount {
            let count = reader.rowCount(ofGranule: granule)
            let low = Int.random(in: 0..<count, using: &random)
            let few = (0..<count).filter { _ in Int.random(in: 0..<50, using: &random) == 0 }.map { UInt16($0) }
            let selections: [RowSelection] = [
                .range(0..<count), .range(low..<Int.random(in: low...count, using: &random)), .rows(few), .rows([]),
            ]
            for selection in selections { try check(reader, model, granule, selection) }
        }
        try reader.verify()
    }

    private func check(_ reader: SegmentReader, _ model: SegmentModel, _ granule: Int, _ selection: RowSelection) throws
    {
        let start = granule * Limits.granuleRowCount
        let picked: [SegmentModel.Row] =
            switch selection {
            case .range(let range): Array(model.rows[(start + range.lowerBound)..<(start + range.upperBound)])
            case .rows(let rows): rows.map { model.rows[start + Int($0)] }
            }
        func compare(_ path: String, _ type: ScalarType, _ expected: [String]) throws {
            let vector = try reader.read(path, as: type, granule: granule, rows: selection)
            let actual = (0..<vector.count).map { SegmentModel.seen(vector, at: $0) }
            #expect(actual == expected, "\(path) as \(type) of granule \(granule)")
        }
        try compare("timestamp", .timestamp, picked.map { "\($0.time)" })
        try compare("user_id", .string, picked.map { $0.user == 0 ? "NULL" : "user-\($0.user)" })
        try compare("event_name", .string, picked.map { $0.name ?? "NULL" })
        for path in SegmentModel.paths {
            for type: ScalarType in [.bool, .int64, .double, .string, .json] {
                try compare(path, type, picked.map { SegmentModel.seen($0.properties[path], as: type) })
            }
            let types = try reader.readStoredTypeNames(path, granule: granule, rows: selection)
            #expect(
                (0..<types.count).map { SegmentModel.seen(types, at: $0) }
                    == picked.map { $0.properties[path]?.type.name ?? "NULL" })
        }
    }

    @Test("the funnel's columns are read into arrays that are used again")
    func hotColumns() throws {
        let model = SegmentModel(seed: 11, rowCount: 10_000, userCount: 300)
        let reader = try Self.open(model.encode())
        var users: [UInt32] = [9, 9, 9]
        var times: [Int64] = []
        var codes: [UInt32] = []
        for (granule, range) in [(0, 0..<8192), (1, 3..<1808), (0, 255..<257), (0, 5..<5), (0, 100..<8100)] {
            let rows = model.rows[(granule * 8192 + range.lowerBound)..<(granule * 8192 + range.upperBound)]
            try reader.readUsers(granule: granule, rows: .range(range), into: &users)
            try reader.readTimes(granule: granule, rows: .range(range), into: &times)
            try reader.readEventCodes(granule: granule, rows: .range(range), into: &codes)
            #expect(users == rows.map(\.user))
            #expect(times == rows.map(\.time))
            #expect(codes.map { $0 == .max ? nil : reader.eventNames.string(at: $0) } == rows.map(\.name))
        }
    }

    @Test("picked rows of the funnel's columns are what lies there", arguments: [1, 8, 9, 60, 400])
    func pickedRows(every: Int) throws {
        let model = SegmentModel(seed: 13, rowCount: 10_000, userCount: 300)
        let reader = try Self.open(model.encode())
        var random = SeededRandom(seed: UInt64(every))
        var users: [UInt32] = [9, 9, 9]
        var times: [Int64] = []
        var codes: [UInt32] = []
        for (granule, count) in [(0, 8192), (1, 1808)] {
            let picked = (0..<UInt16(count)).filter { _ in Int.random(in: 0..<every, using: &random) == 0 }
            let rows = picked.map { model.rows[granule * 8192 + Int($0)] }
            try reader.readUsers(granule: granule, rows: .rows(picked), into: &users)
            try reader.readTimes(granule: granule, rows: .rows(picked), into: &times)
            try reader.readEventCodes(granule: granule, rows: .rows(picked), into: &codes)
            #expect(users == rows.map(\.user))
            #expect(times == rows.map(\.time))
            #expect(codes.map { $0 == .max ? nil : reader.eventNames.string(at: $0) } == rows.map(\.name))
        }
    }

    @Test("zones hold every value of their granule and count its NULLs")
    func zones() throws {
        let model = SegmentModel(seed: 12, rowCount: 20_000, userCount: 300)
        let reader = try Self.open(model.encode())
        #expect(reader.zone(of: "nowhere", granule: 0) == .allNull)
        for granule in 0..<reader.granuleCount {
            let rows = model.rows[(granule * 8192)..<min(20_000, granule * 8192 + 8192)]
            for path in ["timestamp", "stamp", "rare", "amount"] {
                let values = rows.map { path == "timestamp" ? Value.int64($0.time) : $0.properties[path] ?? .null }
                switch reader.zone(of: path, granule: granule) {
                case .int64(let low, let high, let nullCount):
                    #expect(nullCount == values.count { $0 == .null })
                    for case .int64(let value) in values { #expect((low...high).contains(value)) }
                case .double(let low, let high, let nullCount):
                    #expect(nullCount == values.count { $0 == .null })
                    for case .double(let value) in values { #expect((low...high).contains(value)) }
                case .unknown:
                    #expect(values.contains { if case .double(let value) = $0 { value.isNaN } else { false } })
                case .allNull: #expect(values.allSatisfy { $0 == .null })
                }
            }
        }
    }

    @Test("bitmaps say which rows and users there are")
    func bitmaps() throws {
        let model = SegmentModel(seed: 13, rowCount: 20_000, userCount: 900)
        let reader = try Self.open(model.encode())
        var kept = 0
        for code in 0..<UInt32(reader.eventNames.count) {
            let name = reader.eventNames.string(at: code)
            let rows = model.rows.indices.filter { model.rows[$0].name == name }.map { UInt32($0) }
            let bitmap = try reader.rows(ofEventCode: code)
            #expect((bitmap == nil) == (rows.count * 64 > 20_000))
            if let bitmap {
                kept += 1
                #expect(bitmap.values() == rows)
            }
            for day in reader.days + [0] {
                let users = model.rows.filter {
                    $0.user != 0 && $0.name == name && CalendarMath.day(ofMicros: $0.time) == day
                }.map(\.user)
                #expect(try reader.users(onDay: day, eventCode: code).values() == Set(users).sorted())
            }
        }
        #expect(kept > 0 && reader.hasUserBitmaps)
        #expect(reader.days == Set(model.rows.map { CalendarMath.day(ofMicros: $0.time) }).sorted())
        for day in reader.days {
            let users = model.rows.filter { $0.user != 0 && CalendarMath.day(ofMicros: $0.time) == day }.map(\.user)
            #expect(try reader.users(onDay: day).values() == Set(users).sorted())
        }
    }

    @Test("user bitmaps are left out where they would be too many")
    func manyDays() throws {
        let day = CalendarMath.microsPerDay
        let model = SegmentModel(rows: [
            .init(user: 1, time: -700_000 * day, name: "a"), .init(user: 2, time: 700_000 * day, name: "b"),
        ])
        let reader = try Self.open(model.encode())
        #expect(!reader.hasUserBitmaps)
        #expect(reader.days == [-700_000, 700_000])
        try reader.verify()
    }

    @Test("the rows of users are found by search", arguments: [1, 40, 20_000])
    func userRows(userCount: Int) throws {
        let model = SegmentModel(seed: 14, rowCount: 20_000, userCount: userCount)
        let reader = try Self.open(model.encode())
        let users = model.rows.map(\.user)
        var random = SeededRandom(seed: 15)
        for _ in 0..<200 {
            let low = UInt32.random(in: 0...UInt32(userCount + 2), using: &random)
            let high = UInt32.random(in: low...UInt32(userCount + 3), using: &random)
            let start = users.firstIndex { $0 >= low } ?? users.count
            let end = users.firstIndex { $0 > high } ?? users.count
            #expect(try reader.rows(ofUsers: low...high) == start..<end)
        }
    }

    @Test("a segment taken in parts is the same segment")
    func parts() throws {
        let model = SegmentModel(seed: 16, rowCount: 3_000, userCount: 50)
        #expect(model.encode(inParts: true).count >= model.encode().count)
        let reader = try Self.open(model.encode(inParts: true))
        for granule in 0..<reader.granuleCount { try check(reader, model, granule, .range(0..<3_000)) }
        #expect(model.encode() == model.encode(), "equal rows give equal bytes")
    }
}
