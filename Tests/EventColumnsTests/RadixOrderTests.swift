import EventBase
import EventColumns
import Testing

/// Orders of rows against a stable sort: keys at random, and keys that come in ascending runs, few and many.
@Suite("Orders of rows")
struct RadixOrderTests {
    @Test("equal keys keep their order, however many runs the keys come in", arguments: [1, 2, 3, 7, 16, 17, 40])
    func stableOrder(runCount: Int) {
        let seed = UInt64.random(in: 0..<(.max))
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for greatest: UInt64 in [3, 1000, .max] {
            var keys: [UInt64] = []
            for _ in 0..<runCount {
                let length = Int.random(in: 0...200, using: &random)
                keys += (0..<length).map { _ in UInt64.random(in: 0...greatest, using: &random) }.sorted()
            }
            let rows = (0..<UInt32(keys.count)).map { $0 }
            let expected = rows.sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
            #expect(RadixOrder.sort(rows, by: keys) == expected, "keys up to \(greatest), seed \(seed)")
        }
    }
}
