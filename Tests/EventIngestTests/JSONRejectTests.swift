import EventBase
import EventColumns
import Testing

@testable import EventIngest

/// Goal: every bad line is refused with its own reason, and its neighbours are stored. Method: one line per rule, and for
/// each limit the largest value that passes and the smallest that does not.
struct JSONRejectTests {
    @Test(
        "each kind of bad line has its reason",
        arguments: [
            ("nonsense", RejectReason.notJSON), (#"{"timestamp":1"#, .notJSON),
            (#"{"timestamp":1}{"timestamp":2}"#, .notJSON),
            (#"{"timestamp":1,}"#, .notJSON), (#"{"timestamp":01}"#, .notJSON), (#"{"timestamp":1,"a":-}"#, .notJSON),
            (#"{"timestamp":1,"a":"\ud800"}"#, .notJSON), ("{\"timestamp\":1,\"a\":\"\u{1}\"}", .notJSON),
            (#"[{"timestamp":1}]"#, .notAnObject), ("17", .notAnObject), ("null", .notAnObject),
            (#""x""#, .notAnObject),
            (#"{"a":1}"#, .noTime), ("{}", .noTime), (#"{"timestamp":null}"#, .noTime),
            (#"{"timestamp":"yesterday"}"#, .badTime), (#"{"timestamp":"2015-02-29"}"#, .badTime),
            (#"{"timestamp":"2015-13-01T00:00:00Z"}"#, .badTime), (#"{"timestamp":"2015-01-01T25:00:00Z"}"#, .badTime),
            (#"{"timestamp":""}"#, .badTime), (#"{"timestamp":true}"#, .badTime), (#"{"timestamp":[1]}"#, .badTime),
            (#"{"timestamp":{"a":1}}"#, .badTime), (#"{"timestamp":1e300}"#, .badTime),
            (#"{"timestamp":1,"user_id":true}"#, .badUser), (#"{"timestamp":1,"user_id":{"id":1}}"#, .badUser),
            (#"{"timestamp":1,"user_id":[1]}"#, .badUser), (#"{"timestamp":1,"event_name":false}"#, .badEventName),
            (#"{"timestamp":1,"event_name":{}}"#, .badEventName),
            (#"{"timestamp":1,"a":1,"a":1}"#, .duplicateKey), (#"{"timestamp":1,"a":null,"a":1}"#, .duplicateKey),
            (#"{"timestamp":1,"timestamp":1}"#, .duplicateKey),
            (#"{"timestamp":1,"a":{"b":1},"a.b":1}"#, .duplicateKey),
            (#"{"timestamp":1,"a":{"b":1},"a":{"c":1}}"#, .duplicateKey),
            (#"{"timestamp":1,"user_id":"u","\u0075ser_id":"v"}"#, .duplicateKey),
            (#"{"timestamp":1,"a":9223372036854775808}"#, .numberOutOfRange),
            (#"{"timestamp":1,"a":-9223372036854775809}"#, .numberOutOfRange),
            (#"{"timestamp":1,"a":123456789012345678901234567890}"#, .numberOutOfRange),
            (#"{"timestamp":1,"a":1e400}"#, .numberOutOfRange),
            (#"{"timestamp":1,"a":[18446744073709551615]}"#, .numberOutOfRange),
            (#"{"timestamp":1,"":1}"#, .badPath), (#"{"timestamp":1,"a":{"":1}}"#, .badPath),
        ])
    func reasons(line: String, expected: RejectReason) throws {
        #expect(try Decode.reason(line) == expected)
    }

    @Test("a bad line leaves nothing behind and its neighbours are stored", arguments: RejectReason.jsonLineSamples)
    func neighbours(bad: String) throws {
        let good = #"{"timestamp":1,"user_id":"u","z":1}"#
        let decoded = try Decode.json("\(good)\n\(bad)\n\(good)")
        #expect(decoded.rejects.map(\.line) == [2])
        #expect(decoded.rejects.map(\.raw) == [Array(bad.utf8)])
        let row = DecodedRow(time: 1_000_000, user: "u", values: ["z": .int64(1)])
        #expect(decoded.buffer.rows == [row, row])
        #expect(decoded.buffer.columns.map(\.path) == ["z"])
    }

    @Test("the largest Int64s are stored")
    func int64Ends() throws {
        let rows = try Decode.json(#"{"timestamp":1,"a":9223372036854775807,"b":-9223372036854775808}"#).buffer.rows
        #expect(rows[0].values == ["a": .int64(.max), "b": .int64(.min)])
    }

    @Test(
        "bytes that are no UTF-8 are refused, wherever they stand",
        arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
    func invalidUTF8(bad: [UInt8]) throws {
        let line = Array(#"{"timestamp":1,"a":""#.utf8) + bad + Array(#""}"#.utf8)
        #expect(try Decode.reason(line) == .invalidUTF8)
        #expect(try Decode.json(line).rejects[0].raw == line)
    }

    @Test("nesting passes at the limit and not above it")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            let arrays = depth - 1
            return #"{"timestamp":1,"a":"# + String(repeating: "[", count: arrays) + "0"
                + String(repeating: "]", count: arrays) + "}"
        }
        #expect(try Decode.reason(nested(Limits.jsonDepthMax)) == nil)
        #expect(try Decode.reason(nested(Limits.jsonDepthMax + 1)) == .tooDeep)
        #expect(try Decode.reason(nested(100_000)) == .tooDeep)
        let objects = String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)
        #expect(try Decode.reason(objects) == .tooDeep)
    }

    @Test("strings pass at the limit and not above it")
    func stringSize() throws {
        func line(_ count: Int) -> String { #"{"timestamp":1,"a":""# + String(repeating: "x", count: count) + #""}"# }
        #expect(try Decode.reason(line(Limits.stringSizeBytesMax)) == nil)
        #expect(try Decode.reason(line(Limits.stringSizeBytesMax + 1)) == .stringTooLong)
        #expect(try Decode.reason(line(1 << 20)) == .stringTooLong)
        #expect(try Decode.json(line(1 << 20)).rejects[0].raw.count == RejectedRow.rawSizeBytesMax)
        let array = #"{"timestamp":1,"a":["# + String(repeating: "1,", count: Limits.stringSizeBytesMax / 2) + "1]}"
        #expect(try Decode.reason(array) == .stringTooLong)
    }

    @Test("ids and names have a shorter limit", arguments: ["user_id", "event_name", "event_id", "session_id"])
    func identifierSize(column: String) throws {
        func line(_ count: Int) -> String {
            #"{"timestamp":1,"\#(column)":""# + String(repeating: "x", count: count) + #""}"#
        }
        #expect(try Decode.reason(line(Limits.identifierSizeBytesMax)) == nil)
        #expect(try Decode.reason(line(Limits.identifierSizeBytesMax + 1)) == .identifierTooLong)
    }

    @Test("paths pass at the limit and not above it")
    func pathSize() throws {
        func line(_ count: Int) -> String {
            #"{"timestamp":1,"a":{""# + String(repeating: "k", count: count - 2) + #"":1}}"#
        }
        #expect(try Decode.reason(line(Limits.pathSizeBytesMax)) == nil)
        #expect(try Decode.reason(line(Limits.pathSizeBytesMax + 1)) == .badPath)
    }

    @Test("columns beyond the limit refuse the row that brings them, not the next one")
    func columnCount() throws {
        let wide = (0..<Limits.columnCountMax).map { #""c\#($0)":1"# }.joined(separator: ",")
        let decoded = try Decode.json(
            """
            {"timestamp":1,\(wide)}
            {"timestamp":2,"c0":1,"one_more":1}
            {"timestamp":3,"c0":1}
            """)
        #expect(decoded.buffer.rows.map(\.time) == [1_000_000, 3_000_000])
        #expect(decoded.rejects.map(\.reason) == [.tooManyColumns])
        #expect(decoded.buffer.columns.count == Limits.columnCountMax)
    }

    @Test("a line above the limit is refused, its neighbours stored")
    func lineSize() throws {
        let good = #"{"timestamp":1}"#
        let long = #"{"timestamp":1,"a":["# + String(repeating: "0,", count: Limits.lineSizeBytesMax / 2) + "0]}"
        let decoded = try Decode.json("\(good)\n\(long)\n\(good)")
        #expect(decoded.rejects.map(\.reason) == [.lineTooLong])
        #expect(decoded.buffer.rowCount == 2)
    }
}

extension RejectReason {
    /// A bad line for most reasons; each brings a key of its own that must not stay.
    static let jsonLineSamples = [
        #"{"timestamp":1,"q":1"#, #"["timestamp"]"#, #"{"q":1}"#, #"{"q":1,"timestamp":"x"}"#,
        #"{"q":"s","timestamp":1,"q":2}"#, #"{"timestamp":1,"q":1,"r":18446744073709551615}"#,
        #"{"timestamp":1,"q":[1],"user_id":[]}"#, #"{"timestamp":1,"q":{"r":1},"event_name":true}"#,
    ]
}
