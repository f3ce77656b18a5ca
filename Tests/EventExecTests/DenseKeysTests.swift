import EventBase
import EventColumns
import Testing

@testable import EventExec

/// Groups found in grids against a dictionary of the keys' values: texts of several dictionaries with NULLs, dates that wander, and
/// whole numbers too far apart for a grid.
@Suite("Groups by small numbers")
struct DenseKeysTests {
    private static let words = (0..<40).map { "word \($0)" }

    private static func texts(_ pool: HeapStringPool, _ count: Int, _ random: inout SeededRandom) -> Vector {
        let hasNulls = Bool.random(using: &random)
        let present = (0..<count).map { _ in !hasNulls || Int.random(in: 0..<5, using: &random) > 0 }
        let codes = present.map { $0 ? UInt32.random(in: 0..<UInt32(pool.count), using: &random) : .max }
        return Vector(type: .string, values: .string(codes: codes, pool: pool), validity: hasNulls ? present : nil)
    }

    private static func dates(around day: Int64, spread: Int64, _ count: Int, _ random: inout SeededRandom) -> Vector {
        Vector(type: .date, values: .int64((0..<count).map { _ in day + Int64.random(in: 0...spread, using: &random) }))
    }

    @Test("every row is counted once and by its own keys", arguments: [UInt64](1...40))
    func counts(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pools = (0..<6).map { _ in
            HeapStringPool(
                Self.words.shuffled(using: &random).prefix(Int.random(in: 1...40, using: &random)), isDistinct: true)
        }
        let spread: Int64 = seed % 4 == 0 ? 1 << 40 : Int64.random(in: 0...200, using: &random)
        let keyCount = Int.random(in: 1...3, using: &random)
        var (dense, counting) = (DenseKeys(), DenseKeys())
        var encoder = KeyEncoder(types: [.string, .date, .string].prefix(keyCount).map { $0 })
        var (expected, byNumber, byCount): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
        func note(_ keys: [Vector], _ row: Int, _ rows: Int, _ counts: inout [String: Int]) {
            counts["\(keys.map { $0.value(at: row) })", default: 0] += rows
        }
        for batch in 0..<30 {
            let count = Int.random(in: 0...60, using: &random)
            let pool = pools.randomElement(using: &random)!
            let keys = [
                Self.texts(pool, count, &random),
                Self.dates(around: 19_000 + Int64(batch * 7), spread: spread, count, &random),
                Self.texts(pools[0], count, &random),
            ]
            let own = Array(keys.prefix(keyCount))
            for row in 0..<count { note(own, row, 1, &expected) }
            let numbers = dense.encode(own, count: count, &encoder)
            for number in numbers { note(encoder.vectors(of: [number]), 0, 1, &byNumber) }
            if !counting.addCounts(own, count: count) { for row in 0..<count { note(own, row, 1, &byCount) } }
        }
        for (keys, counts) in counting.takeCounts() {
            for row in counts.indices { note(keys, row, Int(counts[row]), &byCount) }
        }
        #expect(byNumber == expected)
        #expect(byCount == expected)
    }
}
