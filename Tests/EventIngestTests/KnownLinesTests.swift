import EventBase
import EventColumns
import Testing

@testable import EventIngest

/// Goal: a line of a known shape gives exactly the row that the parser gives. Method: lines of few shapes with all kinds of
/// values, some of them damaged, through a decoder that learns shapes and one that does not; the seed is printed,
/// `EVENTSQL_SEED` repeats it.
struct KnownLinesTests {
    private static let scalars = [
        "0", "-0", "7", "-12", "01", "+1", "1.", ".5", "1.50", "-0.0", "76.84", "1e3", "1E-2", "123456789012345678",
        "1234567890123456789", "9223372036854775807", "18446744073709551615", "0.1234567890123456789",
        "9007199254740993.5",
        "12345678901.123", "true", "false", "null", "tru", "nul", "truefalse", "\"\"", "\"a\"",
        "\"text of more than sixteen bytes\"",
        "\"ünï\"", "\"日本語のとても長い文字列\"", "\"a\\\"b\"", "\"\\u00e9\"", "\"tab\there\"", "\"\u{1}\"", "\"'\"", "[1,2]",
        "{}",
        "{\"deep\":1}", "\"user_00011248\"",
    ]
    private static let times = [
        "\"2024-03-01T00:00:08.661Z\"", "\"2024-03-01T23:59:59Z\"", "\"2024-03-01 10:00:00\"", "1425168000",
        "1425168000123",
        "1425168000.5", "\"soon\"", "null", "\"2024-02-30T00:00:00Z\"", "-1",
    ]
    private static let otherDays = [
        "\"2024-03-02T10:20:30.5Z\"", "\"2024-02-29T23:59:60Z\"", "\"2024-03-01T00:00:08.Z\"",
        "\"2024-03-01T24:00:00Z\"",
        "\"2024-03-01T00:00:08.1234567Z\"", "\"2024-03-01T00:00:08,661Z\"", "\"2024-03-01T00:0a:08Z\"",
        "\"2024-03-01T00:00:08.66xZ\"", "\"2024-03-01T00:00:08+01:00\"",
    ]
    private static let mostlyGood = "\"2024-03-01T00:00:08.661Z\""

    private func pick(_ random: inout SeededRandom, _ common: String) -> String {
        Int.random(in: 0..<4, using: &random) > 0 ? common : Self.scalars.randomElement(using: &random)!
    }

    private func id(_ random: inout SeededRandom) -> String {
        if random.next() % 3 > 0 { return "\"e\(random.next() % 1000)\"" }
        var text: [UInt8] = []
        text.append(uuid: PackedUUID(random.next(), random.next() % 50))
        return "\"\(String(decoding: text, as: UTF8.self))\""
    }

    private func line(_ random: inout SeededRandom) -> String {
        let good =
            Int.random(in: 0..<9, using: &random) > 0 ? Self.mostlyGood : Self.otherDays.randomElement(using: &random)!
        let time = Int.random(in: 0..<12, using: &random) > 0 ? good : Self.times.randomElement(using: &random)!
        var text =
            "{\"event_id\":\(pick(&random, id(&random))),\"timestamp\":\(time)"
        if Bool.random(using: &random) {
            text += ",\"user_id\":\(pick(&random, "\"u\(Int.random(in: 0..<9, using: &random))\""))"
        }
        text += ",\"event_name\":\(pick(&random, "\"open\"")),\"p\":{\"url\":\(pick(&random, "\"/a\""))"
        if Bool.random(using: &random) { text += ", \"amount\": \(pick(&random, "12.5"))" }
        text += Int.random(in: 0..<8, using: &random) == 0 ? "},\"p\":{\"url\":1}}" : "},\"c\":\(pick(&random, "1"))}"
        if Int.random(in: 0..<9, using: &random) == 0 {
            var bytes = Array(text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 1...255, using: &random)
            return String(decoding: bytes.filter { $0 != 10 }, as: UTF8.self)
        }
        return text
    }

    private func compare(_ mapping: [String]) throws {
        let seed = TestSeed.make()
        var random = SeededRandom(seed: seed)
        var learning = JSONLinesDecoder(mapping: try ColumnMapping(mapping))
        var parsing = JSONLinesDecoder(mapping: try ColumnMapping(mapping), readsKnownLines: false)
        var storedCount = 0
        for _ in 0..<60 {
            let count = Int.random(in: 1...300, using: &random)
            let text = Array((0..<count).map { _ in line(&random) }.joined(separator: "\n").utf8)
            let known = learning.decode(InputBlock(text))
            let parsed = parsing.decode(InputBlock(text))
            #expect(known.buffer.rows == parsed.buffer.rows, "seed \(seed)")
            #expect(known.buffer.sizeBytes == parsed.buffer.sizeBytes, "seed \(seed)")
            #expect(known.lineCount == parsed.lineCount)
            #expect(known.rejects.map(\.line) == parsed.rejects.map(\.line), "seed \(seed)")
            #expect(known.rejects.map(\.reason) == parsed.rejects.map(\.reason), "seed \(seed)")
            storedCount += known.buffer.rowCount
        }
        #expect(storedCount > 1000, "seed \(seed)")
    }

    @Test("lines of known shapes give what the parser gives")
    func plain() throws { try compare([]) }

    @Test("lines of known shapes give what the parser gives, also under a mapping")
    func mapped() throws { try compare(["user_id=c", "event_name=p.url", "shared=p.amount"]) }

    @Test("a key that comes twice is refused also where every literal is known")
    func twice() throws {
        let lines = [
            #"{"timestamp":1,"a":1,"b":2}"#, #"{"timestamp":1,"b":1,"a":2}"#, #"{"timestamp":1,"a":1,"b":1,"a":2}"#,
            #"{"timestamp":1,"o":{"x":1},"q":{"y":1}}"#, #"{"timestamp":1,"q":{"y":1},"o":{"z":1}}"#,
            #"{"timestamp":1,"o":{"x":1},"q":{"y":1},"o":{"z":1}}"#,
        ]
        let decoded = try Decode.json((lines + lines).joined(separator: "\n"))
        #expect(decoded.rejects.map(\.line) == [3, 6, 9, 12])
        #expect(decoded.rejects.allSatisfy { $0.reason == .duplicateKey })
        #expect(decoded.buffer.rowCount == 8)
    }

    @Test("most lines of one shape are read without the parser")
    func isUsed() {
        let lines = KnownLines()
        let block = InputBlock(
            Array(#"{"a": 1,"timestamp":1}{"a": "x","timestamp":1} {"a": 1 ,"timestamp":1}"#.utf8))
        let bytes = block.bytes.rawBytes
        lines.learn(from: KnownLines.start, bytes, literal: 0..<6, to: 1, entered: [], slot: 0, .property)
        lines.learn(from: 1, bytes, literal: 7..<20, to: 2, entered: [], slot: 1, .time)
        lines.learn(from: 2, bytes, literal: 21..<22, to: KnownLines.end, entered: [], slot: 0, .property)
        lines.begin(firstRow: 0)
        let times = lines
        func isRead(_ range: Range<Int>) -> Bool {
            times.go(to: range.lowerBound, lineCount: 0)
            guard case .time = times.read(bytes, until: range.upperBound) else { return false }
            times.commit(micros: 7)
            return true
        }
        #expect(isRead(0..<22))
        #expect(isRead(22..<46))
        #expect(!isRead(47..<70))
        #expect(!isRead(0..<21))
        #expect(lines.usedSlots == [0])
        #expect(lines.rowCount == 2)
        var buffer = EventBuffer()
        let column = buffer.column(path: "a")
        lines.append(0, to: &buffer, column: column, bytes)
        #expect(buffer.columns[column].integers.rows == [0])
        #expect(buffer.columns[column].strings.rows == [1])
    }
}
