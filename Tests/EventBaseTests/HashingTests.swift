import EventBase
import Testing

struct HashingTests {
    @Test("CRC-32C gives the published check value and continues from a seed")
    func crc32c() {
        let digits = Array("123456789".utf8)
        #expect(Checksum.crc32c(digits) == 0xe306_9283)
        let first = Checksum.crc32c(Array(digits[..<4]))
        #expect(Checksum.crc32c(Array(digits[4...]), seed: first) == 0xe306_9283)
    }

    @Test("the hash of stored dictionaries never changes")
    func stable() {
        let values = ["", "a", "12345678", "0123456789abcdef", "0123456789abcdefg"].map {
            Hash64.hash(Array($0.utf8).rawBytes)
        }
        #expect(Set(values).count == values.count)
        #expect(values == Self.recorded, "recorded values differ: a format change; \(values)")
    }

    private static let recorded: [UInt64] = [
        11_119_800_622_019_502_016, 12_033_587_987_119_443_150, 14_186_196_856_420_111_500, 6_210_453_616_436_701_387,
        10_580_540_419_651_192_626,
    ]

    @Test("cursors read back what they wrote, and stick at the first bad read")
    func cursors() throws {
        var writer = ByteWriter()
        writer.write(UInt16(0x1234))
        writer.write(Int64.min)
        writer.write(-0.0)
        writer.write(string: "zoë")
        #expect(Array(writer.bytes[..<2]) == [0x34, 0x12])
        let bytes = writer.bytes
        var reader = ByteReader(bytes.rawBytes)
        #expect(reader.read(UInt16.self) == 0x1234)
        #expect(reader.read(Int64.self) == .min)
        #expect(reader.readDouble().sign == .minus)
        #expect(reader.readString() == "zoë")
        try reader.check("test")
        #expect(reader.read(UInt8.self) == 0)
        #expect(reader.failure?.contains("at byte \(bytes.count)") == true)
        #expect(reader.read(UInt32.self) == 0)
    }
}
