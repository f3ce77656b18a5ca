import EventBase
import EventColumns
import EventIO
import Testing

@testable import EventIngest

/// Goal: CSV becomes rows as RFC 4180 and SPEC 4.2 say, at every block size. Method: literal texts and rows.
struct CSVTests {
    private func collect(
        _ text: String, _ mapping: [String] = [], strict: Bool = false
    ) throws -> (rows: [DecodedRow], summary: IngestSummary) {
        let folder = try TemporaryFolder()
        var options = IngestOptions()
        options.mapping = try ColumnMapping(mapping)
        options.strict = strict
        return try Ingest.collect([folder.write("input.csv", text)], options)
    }

    @Test("columns are typed by all their values; an empty field is nothing")
    func types() throws {
        let rows = try collect(
            """
            timestamp,user_id,event_name,i,d,b,s,mixed,zero,big,nothing,p.q
            2015-03-01,007,buy,1,1.5,true,x,1,007,12345678901234567890,,5
            2015-03-01T00:00:01Z,8,buy,-2,3,False,nan,a,1,1,,
            1425168000,,,,,,,,,,,
            """
        ).rows
        #expect(
            rows.map(\.values) == [
                [
                    "i": .int64(1), "d": .double(1.5), "b": .bool(true), "s": .string("x"), "mixed": .string("1"),
                    "zero": .string("007"), "big": .string("12345678901234567890"), "p.q": .int64(5),
                ],
                [
                    "i": .int64(-2), "d": .double(3), "b": .bool(false), "s": .string("nan"), "mixed": .string("a"),
                    "zero": .string("1"), "big": .string("1"),
                ],
                [:],
            ])
        #expect(rows.map(\.user) == ["007", "8", nil])
        #expect(rows.map(\.name) == ["buy", "buy", nil])
        #expect(rows.map { $0.time - 1_425_168_000_000_000 } == [0, 1_000_000, 0])
    }

    @Test("quotes, commas and line ends inside quotes, CRLF, no last line end")
    func quoting() throws {
        let rows = try collect(
            "timestamp,a,\"b,\"\"c\"\"\"\r\n1,\"x\r\ny\",\"say \"\"hi\"\"\"\r\n2,\"\",5\" pipe\r\n\r\n3,\" z \",\"1\""
        ).rows
        #expect(
            rows == [
                DecodedRow(time: 1_000_000, values: ["a": .string("x\r\ny"), "b,\"c\"": .string("say \"hi\"")]),
                DecodedRow(time: 2_000_000, values: ["b,\"c\"": .string("5\" pipe")]),
                DecodedRow(time: 3_000_000, values: ["a": .string(" z "), "b,\"c\"": .string("1")]),
            ])
    }

    @Test("bad records are refused with their line and reason, the others stored")
    func rejects() throws {
        let folder = try TemporaryFolder()
        let text = """
            timestamp,user_id,a
            1,u,"two
            lines"
            2,u
            3,u,x,y
            ,u,x
            soon,u,x
            4,u,"x"y
            5,u,ok
            6,u,"open
            7,u,ok
            """
        var options = IngestOptions()
        options.rejectsPath = folder.path("rejects.jsonl")
        let result = try Ingest.collect([folder.write("input.csv", text)], options)
        #expect(result.rows.map(\.time) == [1_000_000, 5_000_000, 7_000_000])
        #expect(
            result.summary.rejected == [.fieldCount: 2, .noTime: 1, .badTime: 1, .badQuote: 1, .unclosedQuote: 1])
        let lines = try folder.lines("rejects.jsonl")
        #expect(lines.compactMap { $0["line"] as? Int } == [4, 5, 6, 7, 8, 10])
        #expect(
            lines.compactMap { $0["raw"] as? String } == [
                "2,u", "3,u,x,y", ",u,x", "soon,u,x", "4,u,\"x\"y", "6,u,\"open",
            ])
    }

    @Test(
        "a header that cannot serve is one clear error",
        arguments: ["", "a,b\n1,2", "timestamp,a,a\n1,2,3", "\"timestamp\n1"])
    func badHeader(text: String) throws {
        if text.isEmpty {
            #expect(try collect(text).rows.isEmpty)
        } else {
            #expect(throws: EventSQLError.self) { try collect(text) }
        }
    }

    @Test("a foreign file loads by mapping")
    func mapping() throws {
        let rows = try collect(
            "InvoiceNo,InvoiceDate,CustomerID\n536365,2010-12-01 08:26:00,17850\n536366,2010-12-01 08:28,\n",
            ["user_id=CustomerID", "timestamp=InvoiceDate", "event_name==purchase"]
        ).rows
        #expect(
            rows == [
                DecodedRow(
                    time: 1_291_191_960_000_000, user: "17850", name: "purchase", values: ["InvoiceNo": .int64(536365)]),
                DecodedRow(time: 1_291_192_080_000_000, name: "purchase", values: ["InvoiceNo": .int64(536366)]),
            ])
    }

    @Test("where blocks are cut changes nothing", arguments: [8, 33, 64, 257, 4096])
    func blockSizes(size: Int) throws {
        let folder = try TemporaryFolder()
        let text = (0..<300).map { "\($0),\"q\($0 % 3 == 0 ? "\n\"\"" : "")\($0)\",\($0)" }.joined(separator: "\r\n")
        let path = try folder.write("x.csv", text)
        var reader = BlockReader(
            try ByteSourceOpener.open(.init(path: path)), delimiter: UInt8(ascii: ","), blockSizeBytes: size)
        var records = 0
        var bytes: [UInt8] = []
        while let block = try reader.next() {
            var record = CSVRecordReader(delimiter: UInt8(ascii: ","))
            var start = 0
            while start < block.count {
                let outcome = record.read(block.bytes.rawBytes, start, block.count)
                #expect(outcome == .record && record.fields.count == 3)
                records += 1
                start = record.next
            }
            bytes += block.bytes[..<block.count]
        }
        #expect(records == 300)
        #expect(bytes == Array(text.utf8))
    }

    @Test(
        "numbers of CSV are read exactly",
        arguments: ["0.1", "-2.50", "123456789.123456", "1e3", "4.9e-324", "9007199254740993.5", "0.30000000000000004"])
    func doubles(text: String) {
        let bytes = Array(text.utf8)
        #expect(CSVValue.double(bytes.rawBytes, 0..<bytes.count) == Double(text))
    }
}
