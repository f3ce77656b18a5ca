import EventSQL
import Testing

@testable import EventIngest

/// Goal: a call stores all of its inputs or nothing, and a second call adds. Method: a database on disk, opened again.
struct DatabaseTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> EventDatabase { try EventDatabase.open(at: folder.path("db")) }

    private func events(_ range: Range<Int>) -> String {
        range.map { #"{"timestamp":\#($0),"user_id":"u\#($0 % 3)","event_name":"e","n":\#($0)}"# }.joined(
            separator: "\n")
    }

    private func rowCount(_ database: EventDatabase) -> Int {
        database.info().tables.first { $0.name == "events" }?.rowCount ?? 0
    }

    @Test("rows of several files are there after the call, after reopening, and a second call adds")
    func commits() throws {
        var database = try open()
        let first = try folder.write("a.jsonl", events(0..<1000))
        let second = try folder.write("b.jsonl.gz", Pack.gzip(Array(events(1000..<1500).utf8)))
        let summary = try EventIngest.ingest(into: database, inputs: [.file(first), .file(second)])
        #expect(summary.rowCount == 1500 && summary.newColumns == ["n"] && summary.rejectsPath == nil)
        #expect(rowCount(database) == 1500)
        database.close()
        database = try open()
        #expect(rowCount(database) == 1500)
        let again = try EventIngest.ingest(into: database, inputs: [.file(first)])
        #expect(again.rowCount == 1000 && again.newColumns.isEmpty)
        #expect(rowCount(database) == 2500)
    }

    @Test("a bad row goes to the database's rejects folder, and the database opens with it")
    func rejects() throws {
        let database = try open()
        let path = try folder.write("a.jsonl", events(0..<10) + "\nbad\n")
        let summary = try EventIngest.ingest(into: database, inputs: [.file(path)])
        #expect(summary.rowCount == 10 && summary.rejected == [.notJSON: 1])
        #expect(folder.files(in: "db/rejects").count == 1)
        database.close()
        #expect(try rowCount(open()) == 10)
    }

    @Test("a strict call with a bad row stores nothing, nor does one whose last file is damaged")
    func allOrNothing() throws {
        let database = try open()
        let good = try folder.write("good.jsonl", events(0..<100))
        let bad = try folder.write("bad.jsonl", events(0..<10) + "\nbad\n")
        let cut = try folder.write("cut.jsonl.gz", Array(Pack.gzip(Array(events(0..<100).utf8)).dropLast(3)))
        var options = IngestOptions()
        options.strict = true
        #expect(throws: EventSQLError.self) {
            try EventIngest.ingest(into: database, inputs: [.file(good), .file(bad)], options: options)
        }
        #expect(throws: EventSQLError.self) {
            try EventIngest.ingest(into: database, inputs: [.file(good), .file(cut)])
        }
        #expect(rowCount(database) == 0)
        try EventIngest.ingest(into: database, inputs: [.file(good)])
        #expect(rowCount(database) == 100)
    }
}
