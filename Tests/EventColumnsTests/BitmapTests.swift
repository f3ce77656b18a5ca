import EventBase
import EventColumns
import Testing

struct BitmapTests {
    @Test("set algebra, ranges and bytes agree with Swift's sets")
    func algebra() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            func members() -> Set<UInt32> {
                Set((0..<Int(random.next() % 300)).map { _ in UInt32(random.next() % 200_000) })
            }
            let (a, b) = (members(), members())
            let (x, y) = (Bitmap(a.sorted()), Bitmap(b.sorted()))
            #expect(x.values() == a.sorted() && x.count == a.count && x.isEmpty == a.isEmpty, "seed \(seed)")
            #expect(x.union(y).values() == a.union(b).sorted(), "seed \(seed)")
            #expect(Bitmap.union([x, y]).values() == a.union(b).sorted(), "seed \(seed)")
            #expect(x.intersection(y).values() == a.intersection(b).sorted(), "seed \(seed)")
            #expect(x.intersectionCount(y) == a.intersection(b).count, "seed \(seed)")
            #expect(x.subtracting(y).values() == a.subtracting(b).sorted(), "seed \(seed)")
            #expect(x.symmetricDifference(y).values() == a.symmetricDifference(b).sorted(), "seed \(seed)")
            let range = UInt32(random.next() % 100_000)..<UInt32(100_000 + random.next() % 100_000)
            #expect(x.values(in: range) == a.filter { range.contains($0) }.sorted(), "seed \(seed)")
            let bytes = x.portableBytes()
            #expect(try Bitmap(portable: bytes.rawBytes).values() == a.sorted(), "seed \(seed)")
        }
        #expect(Bitmap().isEmpty && Bitmap(range: 3..<6).values() == [3, 4, 5])
    }
}
