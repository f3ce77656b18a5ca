import CEventKernels
import EventBase
import EventTestSupport
import Testing

@testable import EventFormat

/// Goal: a packed block comes back whole, in part and value by value, with vector instructions and without.
struct BitPackingTests {
    @Test("blocks of every width and length come back", arguments: 1...32)
    func everyWidth(width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        for count in [1, 7, 8, 100, 248, 249, 256] {
            let values = (0..<count).map { _ in
                UInt32.random(in: 0...(UInt32.max >> UInt32(32 - width)), using: &random)
            }
            let padding = [UInt32](repeating: 0, count: -count & 7)
            let packed = BitPacking.pack(values + padding, count: count + padding.count, width: width)
            let base = UInt32.random(in: 0...UInt32.max, using: &random)
            var whole = [UInt32](repeating: 0, count: 256)
            var room = whole.mutableSpan
            BitPacking.unpack(packed.rawBytes, width: width, count: count, adding: base, into: &room, at: 0)
            #expect(Array(whole.prefix(count)) == values.map { $0 &+ base }, "width \(width), \(count) values")
            checkScalar(packed, width: width, values, base)
            for every in [1, 3, 40] {
                let places = (0..<UInt16(count)).filter { _ in Int.random(in: 0..<every, using: &random) == 0 }
                checkPlaces(packed, width: width, values, places)
            }
        }
    }

    private func checkScalar(_ packed: [UInt8], width: Int, _ values: [UInt32], _ base: UInt32) {
        var target = [UInt32](repeating: 0, count: 256)
        unsafe ek_unpack_scalar(&target, packed, UInt32(width), (values.count + 7) >> 3, base)
        #expect(Array(target.prefix(values.count)) == values.map { $0 &+ base })
    }

    private func checkPlaces(_ packed: [UInt8], width: Int, _ values: [UInt32], _ places: [UInt16]) {
        if places.isEmpty { return }
        var narrow = [UInt32](repeating: 7, count: places.count + 1)
        var narrowRoom = narrow.mutableSpan
        BitPacking.unpack(
            packed.rawBytes, width: width, count: values.count, at: places.span, scaledBy: 3, adding: 5,
            into: &narrowRoom, at: 1)
        #expect(narrow == [7] + places.map { values[Int($0)] &* 3 &+ 5 })
        var wide = [Int64](repeating: 7, count: places.count + 1)
        var wideRoom = wide.mutableSpan
        BitPacking.unpack(
            packed.rawBytes, width: width, count: values.count, at: places.span, scaledBy: 1000, adding: -5,
            into: &wideRoom, at: 1)
        #expect(wide == [7] + places.map { Int64(values[Int($0)]) * 1000 - 5 })
    }
}
