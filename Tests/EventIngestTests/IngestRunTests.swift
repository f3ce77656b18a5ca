import EventBase
import EventColumns
import Testing

@testable import EventIngest

/// Goal: a call keeps order, counts everything, writes what it refused, and answers the same on any number of threads.
struct IngestRunTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Small, so that a small text has many blocks.
    let blockSizeBytes = 16 << 10

    /// About 500 kB, with a bad line every 100.
    private func bigText() -> String {
        (0..<4000).map { row in
            row % 100 == 99
                ? "bad \(row)"
                : #"{"timestamp":\#(row),"user_id":"u\#(row % 97)","event_name":"e","properties":{"n":\#(row),"pad":"\#(String(repeating: "x", count: 60))"}}"#
        }.joined(separator: "\n")
    }

    @Test("rows keep their order and line numbers on any number of threads", arguments: [1, 2, 5])
    func order(threadCount: Int) throws {
        let path = try folder.write("big.jsonl.zst", Pack.zstd(Array(bigText().utf8)))
        var options = IngestOptions()
        options.threadCount = threadCount
        options.rejectsPath = folder.path("r.jsonl")
        let result = try Ingest.collect([path, path], options, blockSizeBytes: blockSizeBytes)
        let good = (0..<4000).filter { $0 % 100 != 99 }
        #expect(result.rows.map(\.time) == (good + good).map { Int64($0) * 1_000_000 })
        #expect(result.summary.rowCount == 2 * good.count)
        #expect(result.summary.rejected == [.notJSON: 80])
        #expect(result.summary.newColumns == ["properties.n", "properties.pad"])
        let lines = try folder.lines("r.jsonl").compactMap { $0["line"] as? Int }
        let expected = (1...40).map { $0 * 100 }
        #expect(lines == expected + expected)
    }

    @Test("refused rows go to a file of the database, named after the input, with line, reason and raw text")
    func rejectsFile() throws {
        let bad: [UInt8] = Array(#"{"a":""#.utf8) + [0xff] + Array(#""}"#.utf8)
        let path = try folder.write(
            "in.jsonl", Array("{\"timestamp\":1}\nbad \"one\"\n".utf8) + bad + Array("\n{\"a\":1}".utf8))
        let result = try Ingest.collect([path], rejectsFolder: folder.path("rejects"))
        let files = folder.files(in: "rejects")
        #expect(files.count == 1 && files[0].hasSuffix("Z-in.jsonl.jsonl"))
        #expect(result.summary.rejectsPath == folder.path("rejects/\(files[0])"))
        let lines = try folder.lines("rejects/\(files[0])")
        #expect(lines.compactMap { $0["line"] as? Int } == [2, 3, 4])
        #expect(lines.compactMap { $0["reason"] as? String } == ["not_json", "invalid_utf8", "no_time"])
        #expect(lines.compactMap { $0["raw"] as? String } == ["bad \"one\"", #"{"a":1}"#])
        #expect(lines[1]["raw_base64"] as? String == "eyJhIjoi/yJ9")
        #expect(lines[0]["input"] as? String == path)
        #expect(lines.allSatisfy { ($0["detail"] as? String)?.isEmpty == false })
    }

    @Test("no refused row, no file")
    func noRejectsFile() throws {
        let path = try folder.write("in.jsonl", #"{"timestamp":1}"#)
        let result = try Ingest.collect([path], rejectsFolder: folder.path("rejects"))
        #expect(result.summary.rejectsPath == nil && folder.files(in: "rejects").isEmpty)
    }

    @Test("strict reports the first bad rows and writes nothing")
    func strict() throws {
        let path = try folder.write("in.jsonl", "{\"timestamp\":1}\n\nbad\n{\"a\":1}\n")
        var options = IngestOptions()
        options.strict = true
        let error = #expect(throws: EventSQLError.self) {
            try Ingest.collect([path], options, rejectsFolder: folder.path("rejects"))
        }
        #expect(error?.kind == .invalidInput && error?.path == path)
        #expect(error?.message.contains("line 3: not_json") == true)
        #expect(error?.message.contains("line 4: no_time") == true)
        #expect(folder.files(in: "rejects").isEmpty)
    }

    @Test("columns of the table count towards the limit, whatever the threads", arguments: [1, 2])
    func columnLimit(threadCount: Int) throws {
        let known = (0..<Limits.columnCountMax - 2).map { "k\($0)" }
        let pad = String(repeating: " ", count: 100)
        var lines = (0..<6000).map { "{\"timestamp\":\($0),\"k\($0 % 1000)\":1}" + pad }
        lines[10] = #"{"timestamp":1,"new_a":1}"#
        lines[5000] = #"{"timestamp":1,"new_b":1,"new_c":1}"#
        lines[5001] = #"{"timestamp":1,"new_d":1}"#
        lines[5002] = #"{"timestamp":1,"new_e":1}"#
        lines[5003] = #"{"timestamp":1,"new_d":2,"k0":0}"#
        let path = try folder.write("in.jsonl", lines.joined(separator: "\n"))
        var options = IngestOptions()
        options.threadCount = threadCount
        let result = try Ingest.collect([path], options, knownColumns: known, blockSizeBytes: blockSizeBytes)
        #expect(result.summary.newColumns == ["new_a", "new_d"])
        #expect(result.summary.rejected == [.tooManyColumns: 2])
        #expect(result.rows.count == 5998)
    }

    @Test("progress counts up to all rows and bytes")
    func progress() throws {
        let path = try folder.write("big.jsonl", bigText())
        var seen: [IngestProgress] = []
        var run = IngestRun(
            sink: CollectingSink(), options: IngestOptions(), rejectsFolder: nil, blockSizeBytes: blockSizeBytes
        ) { seen.append($0) }
        try run.run([.file(path)])
        #expect(seen.count >= 2)
        #expect(seen.last?.rowCount == run.summary.rowCount)
        #expect(seen.last?.inputSizeBytes == seen.last?.totalSizeBytes)
        #expect(seen.map(\.rowCount) == seen.map(\.rowCount).sorted())
    }

    @Test("the format is found by name, then by first byte")
    func format() throws {
        for (name, text) in [
            ("a", "timestamp,a\n1,2"), ("b", "  \n{\"timestamp\":1,\"a\":2}"), ("c.csv", "timestamp,a\n1,2\n"),
            ("d.ndjson", "{\"timestamp\":1,\"a\":2}\n"),
        ] {
            let rows = try Ingest.collect([folder.write(name, text)]).rows
            #expect(rows == [DecodedRow(time: 1_000_000, values: ["a": .int64(2)])], "\(name)")
            let packed = try Ingest.collect([folder.write(name + ".gz", Pack.gzip(Array(text.utf8)))]).rows
            #expect(packed == rows, "\(name).gz")
        }
    }
}
