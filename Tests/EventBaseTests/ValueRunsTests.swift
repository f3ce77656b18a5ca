import EventBase
import Testing

@Suite("Runs of equal values")
struct ValueRunsTests {
    @Test(
        "a run begins where a value differs from the one before",
        arguments: [1, 2, 7, 8, 9, 10, 64, 1000, 8192, 65_536])
    func sameStarts(count: Int) {
        let seed = UInt64.random(in: 0..<(.max))
        print("seed \(seed)")
        var generator = SeededRandom(seed: seed)
        for length in [1, 2, 5, 40, 100_000] {
            var values: [UInt32] = []
            var value = UInt32.random(in: 0...(.max), using: &generator)
            while values.count < count {
                values += repeatElement(value, count: Int.random(in: 1...length, using: &generator))
                value = UInt32.random(in: 0...(.max), using: &generator)
            }
            values.removeLast(values.count - count)
            var starts: [UInt16] = [7]
            let found = ValueRuns.starts(of: values, into: &starts)
            let expected = values.indices.filter { $0 == 0 || values[$0] != values[$0 - 1] }
            #expect(Array(starts[..<found]) == expected.map { UInt16($0) }, "runs up to \(length), seed \(seed)")
        }
    }

    @Test("no values, no runs")
    func empty() {
        var starts: [UInt16] = []
        #expect(ValueRuns.starts(of: [], into: &starts) == 0)
    }
}
