import EventBase
import EventColumns
import EventFormat
import EventTestSupport

/// Random rows with every kind of value, and the way from a row group to segment bytes.
enum RandomSegment {
    static func events(count: Int, using random: inout SeededRandom) -> [TestEvent] {
        let names = ["a", "b", "zoë", "", "rare"]
        return (0..<count).map { index in
            var properties: [String: Value] = ["dense": .int64(Int64.random(in: -5...5, using: &random) * 1000)]
            properties["session_id"] = .string("s\(index)-\(random.next() % 100_000)")
            if random.next() % 3 == 0 { properties["price"] = .double(Double(random.next() % 10_000) / 100) }
            if random.next() % 50 == 0 {
                properties["price"] = .double([.nan, .infinity, -0.0, .leastNonzeroMagnitude][index % 4])
            }
            if random.next() % 4 == 0 { properties["noise"] = .double(Double(bitPattern: random.next() >> 2)) }
            if random.next() % 2 == 0 { properties["flag"] = .bool(random.next() % 2 == 0) }
            if random.next() % 200 == 0 { properties["sparse"] = .int64([.min, .max, 0, -1][index % 4]) }
            switch random.next() % 5 {
            case 0: properties["mixed"] = .int64(Int64(index))
            case 1: properties["mixed"] = .string(["x", "", "日本語", "🦊"][index % 4])
            case 2: properties["mixed"] = .bool(true)
            case 3: properties["mixed"] = .json("[1,2]")
            default: break
            }
            let name = index % 97 == 0 ? "rare" : names[Int(random.next() % 4)]
            let user = random.next() % 20 == 0 ? nil : "u\(random.next() % 60)"
            return TestEvent(
                user, 1_700_000_000_000_000 + Int64(random.next() % 500_000_000) * 1000, name.isEmpty ? nil : name,
                properties)
        }
    }

    /// Reads everything out of a row group and writes it as a segment.
    static func bytes(of group: any RowGroup, schema: TableSchema) throws -> [UInt8] {
        var users: [UInt32] = []
        var times: [Int64] = []
        var codes: [UInt32] = []
        for granule in 0..<group.granuleCount {
            let rows = 0..<group.rowCount(ofGranule: granule)
            var part: [UInt32] = []
            try group.readUsers(granule: granule, rows: .range(rows), into: &part)
            users += part
            try group.readEventCodes(granule: granule, rows: .range(rows), into: &part)
            codes += part
            var instants: [Int64] = []
            try group.readTimes(granule: granule, rows: .range(rows), into: &instants)
            times += instants
        }
        var writer = SegmentWriter(
            content: SegmentContent(users: users, times: times, nameCodes: codes, names: group.eventNames))
        for column in schema.columns where column.role != .time && column.role != .user && column.role != .eventName {
            writer.add(try self.column(column.path, of: group))
        }
        return writer.finish()
    }

    private static func column(_ path: String, of group: any RowGroup) throws -> SegmentColumn {
        var column = SegmentColumn(path: path)
        var bools: ([UInt32], [Bool]) = ([], [])
        var integers: ([UInt32], [Int64]) = ([], [])
        var doubles: ([UInt32], [Double]) = ([], [])
        var strings: ([UInt32], [UInt32]) = ([], [])
        var jsons: ([UInt32], [UInt32]) = ([], [])
        var pool = StringInterner()
        for granule in 0..<group.granuleCount {
            let rows = RowSelection.range(0..<group.rowCount(ofGranule: granule))
            let types = try group.readStoredTypeNames(path, granule: granule, rows: rows)
            for slot in 0..<types.count {
                let row = UInt32(granule * Limits.granuleRowCount + slot)
                let one = RowSelection.rows([UInt16(slot)])
                func value(_ type: ScalarType) throws -> Value {
                    try group.read(path, as: type, granule: granule, rows: one).value(at: 0)
                }
                switch types.value(at: slot) {
                case .string("BOOLEAN"):
                    if case .bool(let value) = try value(.bool) { bools.0.append(row); bools.1.append(value) }
                case .string("BIGINT"):
                    if case .int64(let value) = try value(.int64) { integers.0.append(row); integers.1.append(value) }
                case .string("DOUBLE"):
                    if case .double(let value) = try value(.double) { doubles.0.append(row); doubles.1.append(value) }
                case .string("VARCHAR"):
                    if case .string(let text) = try value(.string) {
                        strings.0.append(row); strings.1.append(pool.intern(text))
                    }
                case .string("JSON"):
                    if case .string(let text) = try value(.string) {
                        jsons.0.append(row); jsons.1.append(pool.intern(text))
                    }
                default: break
                }
            }
        }
        column.bools = SparseValues(rows: bools.0, values: bools.1)
        column.integers = SparseValues(rows: integers.0, values: integers.1)
        column.doubles = SparseValues(rows: doubles.0, values: doubles.1)
        column.strings = SparseValues(rows: strings.0, values: strings.1)
        column.jsons = SparseValues(rows: jsons.0, values: jsons.1)
        (column.stringPool, column.jsonPool) = (pool.makePool(), pool.makePool())
        return column
    }

    /// Every answer of a small segment as text; throws where any read throws.
    static func dump(_ bytes: [UInt8], _ snapshot: MemorySnapshot) throws -> String {
        let reader = try SegmentReader(bytes: SharedBytes(bytes), label: "damaged.seg", users: snapshot.users)
        var text = "\(reader.rowCount) \(reader.timeRange) \(reader.userRange) \(reader.days)\n"
        for granule in 0..<reader.granuleCount {
            let rows = RowSelection.range(0..<reader.rowCount(ofGranule: granule))
            for column in snapshot.schema.columns {
                let vector = try reader.read(column.path, as: column.type, granule: granule, rows: rows)
                let types = try reader.readStoredTypeNames(column.path, granule: granule, rows: rows)
                for row in 0..<vector.count { text += "\(vector.value(at: row)) \(types.value(at: row))," }
            }
        }
        for day in reader.days {
            text += "\(try reader.users(onDay: day).values())"
            for code in 0..<UInt32(reader.eventNames.count) {
                text += "\(try reader.users(onDay: day, eventCode: code).values())"
                text += "\(try reader.rows(ofEventCode: code)?.values() ?? [])"
            }
        }
        return text
    }
}
