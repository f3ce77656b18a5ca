// Goal: selecting a place agrees with sorting. Method: random keys with many ties, every place of small arrays.
import EventBase
import Testing

@testable import EventExec

@Suite("Order selection")
struct OrderSelectionTests {
    @Test("the keys at a place are those of the sorted array", arguments: 0..<UInt64(40))
    func agreesWithSorting(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...60, using: &random)
        let keys = (0..<count).map { _ in Int64.random(in: -20...20, using: &random) }
        let sorted = keys.sorted()
        for place in 0..<count {
            var own = keys
            let found = OrderSelection.neighbours(at: place, of: &own)
            #expect(found == (sorted[place], sorted[min(place + 1, count - 1)]), "seed \(seed), place \(place)")
        }
    }

    @Test("counting by leading bits agrees with sorting, over any span of keys", arguments: 0..<UInt64(60))
    func countingAgreesWithSorting(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let spans: [ClosedRange<Int64>] = [
            -20...20, -100_000...100_000, .min ... .max, (.max - 3) ... .max, .min...(.min + 70_000), 7...7,
        ]
        let span = spans[Int(seed) % spans.count]
        let lead = Int.random(in: 0...5, using: &random)
        let count = Int.random(in: 1...300, using: &random)
        var keys = (0..<(lead + count + 3)).map { _ in Int64.random(in: span, using: &random) }
        if seed % 4 == 0 { keys[lead + count / 2] = .max }
        let range = lead..<(lead + count)
        let sorted = keys[range].sorted()
        for place in 0..<count {
            let found = OrderSelection.neighbours(at: place, of: keys, in: range)
            #expect(found == (sorted[place], sorted[min(place + 1, count - 1)]), "seed \(seed), place \(place)")
        }
    }

    @Test("doubles keep their order and their bits as keys")
    func doublesAsKeys() {
        let values = [-Double.infinity, -3.5, -0.0, 0.0, Double.leastNonzeroMagnitude, 2, .infinity, .nan]
        let keys = values.map { OrderSelection.key(of: $0) }
        #expect(keys == keys.sorted())
        #expect(zip(values, keys).allSatisfy { OrderSelection.value(of: $1).bitPattern == $0.bitPattern })
    }
}
