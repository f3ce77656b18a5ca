import EventBase
import EventColumns
import Testing

@testable import EventIngest

/// Goal: no bytes trap a decoder, and every line gets exactly one verdict. Method: good lines, changed at random places by
/// random bytes, cuts, copies and splices; the seed is printed, `EVENTSQL_SEED` repeats it.
struct MutationTests {
    private static let seeds = [
        #"{"event_id":"e1","timestamp":"2015-03-01T00:00:00.123Z","user_id":"ü","event_name":"n","properties":{"a":1,"b":[1,{"c":"\u00e9\n"}]}}"#,
        #"{"timestamp":1425168000.5,"user_id":-12,"a":{"b":{"c":{"d":null}},"e":[[],{},[[1e5]]]},"f":9223372036854775807,"g":-0.0}"#,
        #"{"timestamp":1425168000123,"x":"","y":{},"z":[true,false,null],"user_id":"\ud83d\ude00","w":1.7976931348623157e308}"#,
    ]
    private static let fragments = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "true", "1e999", "-", "18446744073709551616", "\\ud800",
        "\u{0}", "\"a\":1,",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\"\":", "timestamp", "2015-99-99", "\r", "\t", "\"\"", "é",
    ]

    private func mutate(_ line: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &random)))
            case 3: bytes.insert(contentsOf: Array(Self.fragments.randomElement(using: &random)!.utf8), at: place)
            case 4:
                let from = Int.random(in: 0...bytes.count, using: &random)
                bytes.insert(contentsOf: Array(bytes[min(from, place)..<max(from, place)]), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    /// Lines that a block of `text` has, blank ones left out, as the decoders count them.
    private func visibleLineCount(_ text: [UInt8]) -> Int {
        text.split(separator: UInt8(ascii: "\n")).count { line in
            line.contains { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }
        }
    }

    @Test("changed JSON lines are stored or refused, never both, never a trap")
    func json() {
        let seed = TestSeed.make()
        var random = SeededRandom(seed: seed)
        var decoder = JSONLinesDecoder()
        var storedCount = 0
        for _ in 0..<300 {
            let lines = (0..<20).map { _ in mutate(Array(Self.seeds.randomElement(using: &random)!.utf8), &random) }
            let text = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            let decoded = decoder.decode(InputBlock(text))
            #expect(decoded.buffer.rowCount + decoded.rejects.count == visibleLineCount(text), "seed \(seed)")
            #expect(decoded.buffer.rows.count == decoded.buffer.rowCount)
            storedCount += decoded.buffer.rowCount
        }
        #expect(storedCount > 0, "seed \(seed)")
    }

    @Test("changed CSV is stored or refused, never a trap, and no line is skipped")
    func csv() throws {
        let seed = TestSeed.make()
        var random = SeededRandom(seed: seed)
        let header = "timestamp,user_id,a,b\n"
        let good = "2015-03-01,u,\"x \"\"y\"\"\nz\",1.5\r\n1425168000,,7,\n\"1\",\"2\",\"3\",\"4\"\n"
        for _ in 0..<600 {
            let text = mutate(Array((good + good).utf8), &random)
            var block = InputBlock(Array(header.utf8) + text)
            var (layout, _) = try CSVLayout.read(
                &block, delimiter: UInt8(ascii: ","), mapping: ColumnMapping(), path: "x")
            layout.infer(from: block)
            var decoder = CSVDecoder(layout: layout, mapping: ColumnMapping())
            let decoded = decoder.decode(block)
            let lineCount = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
            #expect(
                decoded.lineCount == lineCount - (text.last.map { $0 == UInt8(ascii: "\n") } ?? true ? 1 : 0),
                "seed \(seed)")
            #expect(decoded.buffer.rows.count == decoded.buffer.rowCount)
        }
    }
}
