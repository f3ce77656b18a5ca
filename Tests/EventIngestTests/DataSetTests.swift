import EventBase
import EventColumns
import EventIO
import Foundation
import Testing

@testable import EventIngest

/// Goal: on real data nothing is lost, doubled or misread. Method: rows, users, events per name and per day against a count
/// that shares no parser with the engine (Foundation's JSON), and against the figures that came with the data.
@Suite(.enabled(if: DataSets.isPresent, DataSets.absence))
struct DataSetTests {
    private func ingest(_ name: String, _ mapping: [String] = []) throws -> (EventCounts, IngestSummary) {
        var options = IngestOptions()
        options.mapping = try ColumnMapping(mapping)
        var run = IngestRun(sink: CountingSink(), options: options, rejectsFolder: nil)
        try run.run([.file(DataSets.path(name))])
        return (run.sink.counts, run.summary)
    }

    /// Lines of a packed file, by the unpacker alone.
    private func lines(_ name: String) throws -> [Data] {
        let source = try ByteSourceOpener.open(SequentialReader(path: DataSets.path(name)))
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try source.read(into: &buffer, 0..<buffer.count)
            if count == 0 { break }
            data.append(contentsOf: buffer[..<count])
        }
        return data.split(separator: UInt8(ascii: "\n"))
    }

    private func reference(_ name: String, time: String, user: String, event: String?) throws -> EventCounts {
        var counts = EventCounts()
        for line in try lines(name) {
            let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            let text = try #require(object[time] as? String)
            let micros = try #require(TimestampText.parse(text))
            counts.add(
                user: object[user] as? String, name: event.map { object[$0] as? String ?? "" } ?? "edit", micros: micros
            )
        }
        return counts
    }

    @Test(
        "canonical events equal an independent count, and the figures of DATA.md",
        arguments: [
            ("wikiticker", 39_244, 10_531, 3), ("github", 3_800, 2_500, 15), ("grocery-households", 119_907, 225, 4),
            ("bpi2012-loans", 262_200, 13_087, 24), ("travel-se", 390_025, 44_203, 7),
        ])
    func canonical(name: String, rowCount: Int, userCount: Int, nameCount: Int) throws {
        let file = "\(name).events.jsonl.gz"
        let (counts, summary) = try ingest(file)
        #expect(summary.rejected.isEmpty)
        #expect(counts.rowCount == rowCount && counts.users.count == userCount && counts.rowsByName.count == nameCount)
        if rowCount < 100_000 {
            #expect(try counts == reference(file, time: "timestamp", user: "user_id", event: "event_name"))
        }
    }

    @Test("foreign JSON with its own names and nulls")
    func foreignJSON() throws {
        let file = "raw/wikiticker-2015-09-12-sampled.json.gz"
        let (counts, summary) = try ingest(file, ["timestamp=time", "user_id=user", "event_name==edit"])
        #expect(summary.rejected.isEmpty)
        #expect(try counts == reference(file, time: "time", user: "user", event: nil))
    }

    @Test("foreign CSV, quotes and all")
    func retail() throws {
        let (counts, summary) = try ingest(
            "raw/online-retail.csv.gz", ["user_id=CustomerID", "timestamp=InvoiceDate", "event_name==purchase"])
        #expect(summary.rejected.isEmpty)
        #expect(counts.rowCount == 541_909 && counts.anonymousCount == 135_080)
        #expect(counts.users.count == 4_372)
        #expect(summary.newColumns == ["InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice", "Country"])
    }

    @Test(
        "silos as CSV",
        arguments: [
            ("Users", 44_203, "Id", 0), ("Posts", 72_181, "OwnerUserId", nil), ("Comments", 157_989, "UserId", nil),
            ("Badges", 108_812, "UserId", 0),
        ] as [(String, Int, String, Int?)])
    func silos(name: String, rowCount: Int, user: String, anonymousCount: Int?) throws {
        let time = ["Badges": "Date"][name] ?? "CreationDate"
        let (counts, summary) = try ingest(
            "raw/travel-se/\(name).csv.gz", ["user_id=\(user)", "timestamp=\(time)", "event_name==\(name)"])
        #expect(summary.rejected.isEmpty && counts.rowCount == rowCount)
        if let anonymousCount { #expect(counts.anonymousCount == anonymousCount) }
    }

    @Test("words that look like nothing are values")
    func wordsOfNothing() throws {
        let path = DataSets.path("raw/travel-se/Users.csv.gz")
        var options = IngestOptions()
        options.mapping = try ColumnMapping(["user_id=Id", "timestamp=CreationDate"])
        let rows = try Ingest.collect([path], options).rows
        func name(_ user: String) -> Value? { rows.first { $0.user == user }?.values["DisplayName"] }
        #expect(name("1777") == .string("null"))
        #expect(name("31914") == .string("nan"))
        #expect(rows.contains { $0.user == "-1" })
    }
}
