import EventBase
import Testing

@testable import EventFormat

/// Goal: no bytes make the decoder of strings trap, or answer strings that are not as many as asked for. Method: chunks of
/// every kind with random bytes changed, cut or made up, whole and in ranges; checksums, which would refuse them, are below.
struct StringDamageTests {
    static func chunk(kind: Int, count: Int, _ random: inout SeededRandom) -> [UInt8] {
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        for index in 0..<count {
            let text =
                switch kind {
                case 0: SegmentModel.uuid(&random)
                case 1: "user-\(index * 31)"
                case 2: SegmentModel.hex(index - index % 3, digits: 12, prefix: "s_")
                case 3: SegmentModel.hex(index, digits: 10, prefix: "")
                case 4: SegmentModel.uuid(&random, version: 4)
                default: String(repeating: "text", count: index % 9) + "\(index / 2)"
                }
            heap += Array(text.utf8)
            offsets.append(UInt32(heap.count))
        }
        var writer = ByteWriter()
        StringCodec.encode(heap, offsets, to: &writer)
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], _ range: Range<Int>) {
        guard let (heap, offsets) = StringCodec.decode(bytes.rawBytes, range) else { return }
        #expect(offsets.count == range.count + 1 && offsets.first == 0 && Int(offsets[range.count]) == heap.count)
        #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("ids take what their digits say", arguments: [(0, 16.1), (1, 4), (2, 2.3), (3, 5.1), (4, 15.3)])
    func size(kind: Int, sizeBytesPerString: Double) {
        var random = SeededRandom(seed: 5)
        let bytes = Self.chunk(kind: kind, count: 8192, &random)
        #expect(Double(bytes.count) / 8192 < sizeBytesPerString, "kind \(kind): \(bytes.count) bytes")
    }

    @Test("eight digits are the four bytes they spell, and nothing else is")
    func hexDigits() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<2000 {
            let number = UInt32(truncatingIfNeeded: random.next())
            let digits = String(number, radix: 16)
            let text = Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
            #expect((text.rawBytes.word(at: 0).hexBytes) == number.byteSwapped)
            #expect(HexDigits.text(of: number.byteSwapped) == text.rawBytes.word(at: 0))
        }
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max {
                var text = Array("0a1b2c3d".utf8)
                text[place] = byte
                #expect(((text.rawBytes.word(at: 0).hexBytes) == nil) == (HexDigits.number(of: byte) == nil))
            }
        }
    }

    @Test("damaged chunks are refused or decoded, never trapped on", arguments: 0..<6)
    func damage(kind: Int) {
        var random = SeededRandom(seed: UInt64(kind) + 7)
        for count in [1, 2, 63, 64, 65, 200] {
            let whole = Self.chunk(kind: kind, count: count, &random)
            Self.decode(whole, 0..<count)
            for _ in 0..<400 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    bytes[Int.random(in: 0..<min(bytes.count, 64), using: &random)] = UInt8(random.next() & 255)
                    bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8(1 << (random.next() & 7))
                }
                if random.next() % 4 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
                let low = Int.random(in: 0...count, using: &random)
                Self.decode(bytes, low..<Int.random(in: low...count, using: &random))
                Self.decode(bytes, 0..<count)
            }
        }
    }
}
