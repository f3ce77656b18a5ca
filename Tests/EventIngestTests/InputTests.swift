import EventBase
import EventIO
import Testing

@testable import EventIngest

/// Goal: whatever an input is packed in and however it is cut into blocks, the same lines come out.
struct InputTests {
    let folder: TemporaryFolder
    let text: String

    init() throws {
        folder = try TemporaryFolder()
        text =
            (0..<5000).map { #"{"timestamp":\#($0),"n":\#($0),"s":"\#(String(repeating: "ä", count: $0 % 50))"}"# }
            .joined(separator: "\n") + "\n"
    }

    /// All text of an input, cut into blocks of a size.
    private func blocks(_ path: String, size: Int, delimiter: UInt8? = nil) throws -> [[UInt8]] {
        var reader = BlockReader(
            try ByteSourceOpener.open(SequentialReader(path: path)), delimiter: delimiter, blockSizeBytes: size)
        var result: [[UInt8]] = []
        while let block = try reader.next() { result.append(Array(block.bytes[..<block.count])) }
        return result
    }

    @Test("plain, gzip and zstd give the same text, also of several members", arguments: [1000, 1 << 20])
    func packed(size: Int) throws {
        let bytes = Array(text.utf8)
        let half = bytes.count / 2
        let files = [
            bytes, Pack.gzip(bytes), Pack.zstd(bytes),
            Pack.gzip(Array(bytes[..<half])) + Pack.gzip([]) + Pack.gzip(Array(bytes[half...])),
            Pack.gzip(bytes) + [UInt8](repeating: 0, count: 512),
            Pack.zstd(Array(bytes[..<half])) + Pack.zstd(Array(bytes[half...])),
        ]
        for (index, file) in files.enumerated() {
            let cut = try blocks(folder.write("input-\(index)", file), size: size)
            #expect(cut.joined().elementsEqual(bytes), "file \(index)")
            #expect(cut.allSatisfy { $0.last == UInt8(ascii: "\n") })
        }
    }

    @Test("a damaged or cut archive is an error, never half a file")
    func damaged() throws {
        let bytes = Array(text.utf8)
        let gzip = Pack.gzip(bytes)
        var flipped = gzip
        flipped[gzip.count / 2] ^= 0x55
        let zstd = Pack.zstd(bytes)
        let files = [
            Array(gzip.dropLast(1)), Array(gzip.prefix(100)), Array(gzip.prefix(5)), flipped, gzip + Array("junk".utf8),
            Array(zstd.dropLast(1)), Array(zstd.prefix(5)), zstd + Array("junk".utf8),
        ]
        for (index, file) in files.enumerated() {
            let path = try folder.write("damaged-\(index)", file)
            #expect(throws: EventSQLError.self, "file \(index)") { try Ingest.collect([path]) }
        }
    }

    @Test("a byte order mark is skipped, an empty file has no rows")
    func marks() throws {
        let path = try folder.write("bom.jsonl", [0xef, 0xbb, 0xbf] + Array(#"{"timestamp":1}"#.utf8))
        #expect(try Ingest.collect([path]).rows.count == 1)
        for (index, empty) in [[], Pack.gzip([]), Pack.zstd([]), Array("\n\n  \r\n".utf8)].enumerated() {
            let path = try folder.write("empty-\(index)", empty)
            let result = try Ingest.collect([path])
            #expect(result.rows.isEmpty && result.summary.rejected.isEmpty)
        }
    }

    @Test("missing files and directories are one clear error")
    func missing() throws {
        #expect(throws: EventSQLError.self) { try Ingest.collect([folder.path("none.jsonl")]) }
        #expect(throws: EventSQLError.self) { try Ingest.collect([folder.path("")]) }
    }

    @Test("a line that no block may hold is refused, those around it are stored")
    func oversized() throws {
        let long = String(repeating: "x", count: Limits.lineSizeBytesMax + 10_000_000)
        let path = try folder.write(
            "long.jsonl", "{\"timestamp\":1}\n{\"a\":\"\(long)\"}\n{\"timestamp\":3}\nbad\n{\"a\":\"\(long)")
        let rejects = folder.path("rejects.jsonl")
        var options = IngestOptions()
        options.rejectsPath = rejects
        let result = try Ingest.collect([path], options)
        #expect(result.rows.map(\.time) == [1_000_000, 3_000_000])
        #expect(result.summary.rejected == [.lineTooLong: 2, .notJSON: 1])
    }
}
