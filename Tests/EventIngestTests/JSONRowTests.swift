import EventBase
import EventColumns
import Testing

@testable import EventIngest

/// Goal: a good line becomes exactly the row that SPEC 4.2 says. Method: literal lines, literal rows.
struct JSONRowTests {
    let t: Int64 = 1_425_168_000_000_000  // 2015-03-01T00:00:00Z

    @Test("roles are taken out, nested objects become paths, values keep their types")
    func flattening() throws {
        let decoded = try Decode.json(
            """
            {"event_id":"e1","timestamp":"2015-03-01T00:00:00Z","user_id":"u","event_name":"n",\
            "properties":{"a":1,"b":2.5,"c":true,"d":"x","e":{"f":-7}},"context":{}}
            """)
        #expect(decoded.rejects.isEmpty)
        #expect(
            decoded.buffer.rows == [
                DecodedRow(
                    time: t, user: "u", name: "n",
                    values: [
                        "event_id": .string("e1"), "properties.a": .int64(1), "properties.b": .double(2.5),
                        "properties.c": .bool(true), "properties.d": .string("x"), "properties.e.f": .int64(-7),
                    ])
            ])
    }

    @Test("null and empty objects are nothing; strings stay strings whatever they look like")
    func absence() throws {
        let rows = try Decode.json(
            #"{"timestamp":"2015-03-01","a":null,"b":{},"c":{"d":{}},"e":"null","f":"1","g":"true","h":"","i":"2015-03-01"}"#
        ).buffer.rows
        #expect(
            rows == [
                DecodedRow(
                    time: t,
                    values: [
                        "e": .string("null"), "f": .string("1"), "g": .string("true"), "h": .string(""),
                        "i": .string("2015-03-01"),
                    ])
            ])
    }

    @Test("arrays become compact JSON text")
    func arrays() throws {
        let rows = try Decode.json(
            #"{"timestamp":0,"a":[ 1 , "x\u0022y\n\u0001é" ,{ "k" : [] , "l":{} ,"m":null}, [true, -0.5]],"b":[]}"#
        ).buffer.rows
        #expect(rows[0].values["a"] == .json(#"[1,"x\"y\n\u0001é",{"k":[],"l":{},"m":null},[true,-0.5]]"#))
        #expect(rows[0].values["b"] == .json("[]"))
    }

    @Test("a path of several types keeps each value")
    func typeClash() throws {
        let rows = try Decode.json(
            """
            {"timestamp":1,"p":1}
            {"timestamp":1,"p":"1"}
            {"timestamp":1,"p":1.0}
            {"timestamp":1,"p":false}
            {"timestamp":1,"p":[1]}
            {"timestamp":1,"p":{"q":1}}
            """
        ).buffer.rows
        #expect(rows.map { $0.values["p"] } == [.int64(1), .string("1"), .double(1), .bool(false), .json("[1]"), nil])
        #expect(rows[5].values == ["p.q": .int64(1)])
    }

    @Test("a missing user or name leaves a row without it; numbers as ids become text")
    func rolesOptional() throws {
        let rows = try Decode.json(
            """
            {"timestamp":1}
            {"timestamp":1,"user_id":null,"event_name":null}
            {"timestamp":1,"user_id":"","event_name":""}
            {"timestamp":1,"user_id":-12,"event_name":404}
            {"timestamp":1,"user_id":17850.0}
            {"timestamp":1,"user_id":1.5}
            """
        ).buffer.rows
        #expect(rows.map(\.user) == [nil, nil, nil, "-12", "17850", "1.5"])
        #expect(rows.map(\.name) == [nil, nil, nil, "404", nil, nil])
        #expect(rows.allSatisfy { $0.values.isEmpty })
    }

    @Test(
        "times are read by their form and size",
        arguments: [
            (#""2015-03-01T00:00:00Z""#, 0), (#""2015-03-01""#, 0), (#""2015-03-01 00:00""#, 0),
            (#""2015-03-01T02:30:00+02:30""#, 0), (#""2015-03-01T00:00:00.1Z""#, 100_000),
            (#""2015-03-01T00:00:00.123456789Z""#, 123_456), (#""2015-03-01T00:00:00.000""#, 0),
            ("1425168000", 0), ("1425168000123", 123_000), ("1425168000123456", 123_456),
            ("1425168000123456789", 123_456), ("1425168000.5", 500_000), ("1.425168e9", 0),
        ])
    func times(text: String, offset: Int64) throws {
        let rows = try Decode.json(#"{"timestamp":\#(text)}"#).buffer.rows
        #expect(rows.map(\.time) == [t + offset])
    }

    @Test("units of whole numbers change at 10^11, 10^14 and 10^17")
    func unitBounds() {
        #expect(EventTimeRule.micros(int64: 99_999_999_999) == 99_999_999_999_000_000)
        #expect(EventTimeRule.micros(int64: 100_000_000_000) == 100_000_000_000_000)
        #expect(EventTimeRule.micros(int64: 99_999_999_999_999) == 99_999_999_999_999_000)
        #expect(EventTimeRule.micros(int64: 100_000_000_000_000) == 100_000_000_000_000)
        #expect(EventTimeRule.micros(int64: 100_000_000_000_000_000) == 100_000_000_000_000)
        #expect(EventTimeRule.micros(int64: -1) == -1_000_000)
        #expect(EventTimeRule.micros(int64: .min) == -9_223_372_036_854_776)
        #expect(EventTimeRule.micros(int64: .max) == 9_223_372_036_854_775)
    }

    @Test("blank lines, a missing last line feed and CRLF are no rows of their own, but lines count")
    func lines() throws {
        let decoded = try Decode.json("\r\n{\"timestamp\":1,\"a\":\"x\"}\r\n   \n\nbad\r\n{\"timestamp\":2}")
        #expect(decoded.buffer.rows.map(\.time) == [1_000_000, 2_000_000])
        #expect(decoded.rejects.map(\.line) == [5])
        #expect(decoded.rejects.map(\.raw) == [Array("bad".utf8)])
    }

    @Test("mapping moves paths to roles and columns, and keeps what was in the way")
    func mapping() throws {
        let rows = try Decode.json(
            #"{"time":1,"actor":{"login":"ann","id":5},"user_id":"old","event_name":"x","s":"s1","timestamp":9}"#,
            ["timestamp=time", "user_id=actor.login", "event_name==purchase", "session_id=s", "source==web"]
        ).buffer.rows
        #expect(
            rows == [
                DecodedRow(
                    time: 1_000_000, user: "ann", name: "purchase",
                    values: [
                        "actor.id": .int64(5), "input.user_id": .string("old"), "input.event_name": .string("x"),
                        "session_id": .string("s1"), "source": .string("web"), "input.timestamp": .int64(9),
                    ])
            ])
    }

    @Test(
        "an unreadable mapping is refused",
        arguments: [["user_id"], ["=a"], ["a="], ["a=b", "a=c"], ["a=x", "b=x"], ["timestamp==2015-01-01"]])
    func badMapping(texts: [String]) {
        #expect(throws: EventSQLError.self) { try ColumnMapping(texts) }
    }

    @Test("a decoder gives the same rows whatever it decoded before")
    func reuse() throws {
        var decoder = JSONLinesDecoder()
        let first = InputBlock(Array("{\"timestamp\":1,\"b\":1,\"a\":{\"x\":1}}\n{\"timestamp\":1,\"c\":1}".utf8))
        let second = InputBlock(Array("{\"timestamp\":1,\"a\":{\"y\":2},\"b\":\"s\"}".utf8))
        _ = decoder.decode(first)
        let again = decoder.decode(second)
        var fresh = JSONLinesDecoder()
        let alone = fresh.decode(second)
        #expect(again.buffer.rows == alone.buffer.rows)
        #expect(again.buffer.columns.map(\.path) == alone.buffer.columns.map(\.path))
    }
}
