import EventBase
import EventColumns
import EventFormat
import Testing

/// Goal: every width, tail and extreme comes back exactly. Method: one column of a kind per segment, so that the codec is
/// chosen as it is for users, read whole, in ranges that begin and end anywhere, and value by value.
struct CodecTests {
    static func reader(_ column: SegmentColumn, rowCount: Int) throws -> SegmentReader {
        let content = SegmentContent(
            users: [UInt32](repeating: 1, count: rowCount), times: [Int64](repeating: 0, count: rowCount),
            nameCodes: [UInt32](repeating: 0, count: rowCount), names: HeapStringPool(["e"]))
        var writer = SegmentWriter(content: content)
        writer.add(column)
        return try SegmentTests.open(writer.finish())
    }

    static func rows(_ count: Int) -> [UInt32] { (0..<UInt32(count)).map { $0 } }

    /// Reads `count` rows whole, in a random range, and a few alone; compares with `expected`.
    static func check(
        _ column: SegmentColumn, _ type: ScalarType, _ expected: [String], _ random: inout SeededRandom, _ what: String
    ) throws {
        let reader = try reader(column, rowCount: expected.count)
        let low = Int.random(in: 0..<expected.count, using: &random)
        let high = Int.random(in: low...expected.count, using: &random)
        let alone = UInt16.random(in: 0..<UInt16(expected.count), using: &random)
        let selections: [(RowSelection, [String])] = [
            (.range(0..<expected.count), expected), (.range(low..<high), Array(expected[low..<high])),
            (.rows([alone]), [expected[Int(alone)]]),
            (.rows([0, UInt16(expected.count - 1)]), [expected[0], expected[expected.count - 1]]),
        ]
        for (selection, wanted) in selections where expected.count > 1 || selection.count <= 1 {
            let vector = try reader.read(column.path, as: type, granule: 0, rows: selection)
            let actual = (0..<vector.count).map { SegmentModel.seen(vector, at: $0) }
            if actual != wanted { Issue.record("\(what), \(selection.count) of \(expected.count) rows") }
        }
    }

    @Test("integers of every width, length and divisor", arguments: 0...64)
    func integers(width: Int) throws {
        var random = SeededRandom(seed: UInt64(width))
        for count in [1, 7, 8, 9, 248, 249, 255, 256, 257, 511, 700] {
            for divisor in [1, 60, 1_000_000, Int64(1) << 33] {
                let mask = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
                let base = Int64(bitPattern: random.next())
                let values = (0..<count).map { _ in base &+ Int64(bitPattern: random.next() & mask) &* divisor }
                var column = SegmentColumn(path: "n")
                column.integers = SparseValues(rows: Self.rows(count), values: values)
                try Self.check(column, .int64, values.map { "\($0)" }, &random, "width \(width), divisor \(divisor)")
            }
        }
    }

    @Test("the ends of the integers")
    func integerExtremes() throws {
        var random = SeededRandom(seed: 3)
        let values = (0..<600).map { [Int64.min, .max, 0, -1, 1][$0 % 5] }
        var column = SegmentColumn(path: "n")
        column.integers = SparseValues(rows: Self.rows(600), values: values)
        try Self.check(column, .int64, values.map { "\($0)" }, &random, "extremes")
    }

    @Test("doubles of every kind, bit by bit", arguments: 0..<6)
    func doubles(kind: Int) throws {
        var random = SeededRandom(seed: UInt64(kind) + 40)
        let odd: [Double] = [
            -0.0, 0, .nan, -.nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            Double(bitPattern: 0x7ff4_0000_0000_0001), 9_007_199_254_740_994, 1e300, 0.1 + 0.2,
        ]
        for count in [1, 9, 256, 1000, 8192] {
            let values = (0..<count).map { index -> Double in
                switch kind {
                case 0: Double(Int.random(in: -100_000...100_000, using: &random)) / 100
                case 1: Double(index)
                case 2: Double(bitPattern: random.next())
                case 3: odd[index % odd.count]
                case 4: index % 20 == 3 ? odd[index % odd.count] : Double(index) / 1000
                default: [0.1, 2.0 / 3.0, 1e-9][index % 3]
                }
            }
            var column = SegmentColumn(path: "d")
            column.doubles = SparseValues(rows: Self.rows(count), values: values)
            try Self.check(column, .double, values.map { "\($0.bitPattern)" }, &random, "kind \(kind)")
        }
    }

    @Test("strings of every kind, byte by byte", arguments: 0..<15)
    func strings(kind: Int) throws {
        var random = SeededRandom(seed: UInt64(kind) + 60)
        for count in [1, 65, 300, 8192] {
            let texts = (0..<count).map { index -> String in
                switch kind {
                case 0: SegmentModel.uuid(&random)
                case 1: index == count / 2 ? SegmentModel.uuid(&random).uppercased() : SegmentModel.uuid(&random)
                case 2: "t\(index * 7)"
                case 3: "\(index)"
                case 4: index == 3 ? "07" : "\(index * 999_999_937)"
                case 5: String(repeating: "🎉é", count: index % 50) + "\(index)"
                case 6: "v\(index % 20)"
                case 7: SegmentModel.hex(index - (index % 3 == 2 ? 1 : 0), digits: 12, prefix: "s_")
                case 8: SegmentModel.hex(index * 7919, digits: 9, prefix: "é")
                case 9: SegmentModel.hex(index, digits: 6, prefix: "") + (index == 5 ? "g" : "0")
                case 10: "page \(index - index % 2 * (index % 4 == 3 ? 1 : 0)) of the book"
                case 11: SegmentModel.hex(index, digits: 40, prefix: "sha1:")
                case 12: SegmentModel.uuid(&random, version: 4)
                case 13: SegmentModel.uuid(&random, version: index == 7 ? 5 : 4)
                default: index == 0 ? "" : "no number \(index) here"
                }
            }
            var interner = StringInterner()
            let codes = texts.map { interner.intern($0) }
            var column = SegmentColumn(path: "s")
            column.strings = SparseValues(rows: Self.rows(count), values: codes)
            column.stringPool = interner.makePool()
            try Self.check(column, .string, texts, &random, "kind \(kind)")
        }
    }
}
