import CEventKernels
import EventBase
import Testing

/// Goal: exactly the canonical lowercase UUIDs are packed, and come back as they were. Method: random ones, every byte at every
/// place of one of them, both kernels beside each other.
struct PackedUUIDTests {
    private func text(_ random: inout SeededRandom) -> [UInt8] {
        var text: [UInt8] = []
        text.append(uuid: PackedUUID(random.next(), random.next()))
        return text
    }

    private func packScalar(_ text: [UInt8]) -> PackedUUID? {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe ek_pack_uuid_scalar(&bytes, text) != 0 else { return nil }
        return PackedUUID(bytes.rawBytes.word(at: 0), bytes.rawBytes.word(at: 8))
    }

    @Test("packed and back is the same")
    func roundTrip() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let uuid = PackedUUID(random.next(), random.next())
            var text: [UInt8] = [7]
            text.append(uuid: uuid)
            #expect(text.count == 37)
            #expect(text.rawBytes.packedUUID(at: 1) == uuid)
            #expect(packScalar(Array(text[1...])) == uuid)
        }
        let known = Array("37e9671c-4537-4d5d-8cf6-35ee9e9e2fa4".utf8)
        #expect(known.rawBytes.packedUUID == PackedUUID(0x5d4d_3745_1c67_e937, 0xa42f_9e9e_ee35_f68c))
    }

    @Test("anything else is none")
    func others() {
        var random = SeededRandom(seed: 2)
        let good = text(&random)
        for place in good.indices {
            let isHyphen = [8, 13, 18, 23].contains(place)
            for byte in UInt8.min...UInt8.max {
                var text = good
                text[place] = byte
                let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                let isGood = isHyphen ? byte == 0x2d : isDigit
                #expect((text.rawBytes.packedUUID != nil) == isGood, "byte \(byte) at \(place)")
                #expect(text.rawBytes.packedUUID == packScalar(text))
            }
        }
        #expect(Array(good.dropLast()).rawBytes.packedUUID == nil)
        #expect((good + [0x30]).rawBytes.packedUUID == nil)
    }

    @Test("texts that lie apart are copied one behind the other")
    func copies() {
        var random = SeededRandom(seed: 3)
        let source = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        var (starts, counts): ([UInt32], [UInt32]) = ([], [])
        var expected: [UInt8] = [1, 2]
        for _ in 0..<200 {
            let start = Int.random(in: 0...500, using: &random)
            let count = Int.random(in: 0...(500 - start), using: &random)
            starts.append(UInt32(start))
            counts.append(UInt32(count))
            expected += source[start..<start + count]
        }
        var copied: [UInt8] = [1, 2]
        copied.append(textsAt: starts.span, counts: counts.span, of: source.rawBytes)
        #expect(copied == expected)
        copied.append(textsAt: [UInt32]().span, counts: [UInt32]().span, of: source.rawBytes)
        #expect(copied == expected)
    }
}
