import EventBase
import Testing

@Suite("Selection of codes")
struct CodeSelectionTests {
    @Test("the vector version finds the same rows as a filter", arguments: [1, 7, 8, 9, 64, 1000, 8192])
    func sameRows(count: Int) {
        let seed = UInt64.random(in: 0..<(.max))
        print("seed \(seed)")
        var generator = SeededRandom(seed: seed)
        for last in [0, 1, 31, 32, 33, 63] {
            let wanted = UInt64.random(in: 0...(.max), using: &generator)
            var codes = (0..<count).map { _ in UInt32.random(in: 0...UInt32(last + 3), using: &generator) }
            codes[count - 1] = .max
            let base = Int.random(in: 0...(8192 - min(count, 8192)), using: &generator)
            var rows: [UInt16] = [9, 9]
            let found = CodeSelection.select(codes, base: base, wanted: wanted, last: last, into: &rows)
            let expected = codes.indices.filter { wanted >> UInt64(min(codes[$0], UInt32(last))) & 1 != 0 }
            #expect(Array(rows[..<found]) == expected.map { UInt16(base + $0) }, "last code \(last), seed \(seed)")
        }
    }

    @Test("no codes, no rows")
    func empty() {
        var rows: [UInt16] = []
        #expect(CodeSelection.select([], base: 0, wanted: .max, last: 63, into: &rows) == 0)
    }
}
