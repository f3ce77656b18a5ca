import EventBase
import EventColumns
import EventFormat
import Testing

/// Goal: a run of the user directory finds every id and only those. Method: compare with a dictionary; then damage it.
struct UserRunTests {
    static func ids(_ count: Int) -> [String] { (0..<count).map { $0 % 7 == 0 ? "用户-\($0)" : "u\($0)" } }

    static func read(_ bytes: [UInt8]) throws -> UserRunReader {
        try UserRunReader(bytes: SharedBytes(bytes), label: "run")
    }

    @Test("ids and ordinals are found both ways", arguments: [0, 1, 6, 7, 1023, 1024, 1025, 20_000])
    func roundTrip(count: Int) throws {
        let ids = Self.ids(count)
        let pool = HeapStringPool(["skipped"] + ids)
        let bytes = UserRunWriter.encode(first: 100, ids: pool, codes: 1..<UInt32(count + 1))
        let run = try Self.read(bytes)
        try run.verify()
        #expect(run.first == 100 && run.count == count)
        for (index, id) in ids.enumerated() {
            #expect(try String(utf8: run.bytes(of: 100 + UInt32(index))) == id)
            #expect(String(utf8: run.bytesOrEmpty(of: 100 + UInt32(index))) == id)
            #expect(try run.ordinal(of: Array(id.utf8).rawBytes) == 100 + UInt32(index))
        }
        for id in ["", "skipped", "u7", "x1"] { #expect(try run.ordinal(of: Array(id.utf8).rawBytes) == nil) }
    }

    @Test("damage of a run is found when it is touched")
    func damage() throws {
        let ids = Self.ids(40)
        let bytes = UserRunWriter.encode(first: 1, ids: HeapStringPool(ids), codes: 0..<40)
        try Damage.each(of: bytes, mayEqual: true) { bytes in
            let run = try Self.read(bytes)
            try run.verify()
            return try ids.indices.map { index in
                let id = try String(utf8: run.bytes(of: 1 + UInt32(index)))
                return "\(id) \(try run.ordinal(of: Array(id.utf8).rawBytes) ?? 0)"
            }
        }
    }

    @Test("a damaged block reads as empty where nothing can be thrown, and throws elsewhere")
    func lazyDamage() throws {
        var bytes = UserRunWriter.encode(first: 1, ids: HeapStringPool(Self.ids(40)), codes: 0..<40)
        bytes[4 * 41 + 3] ^= 1
        let run = try Self.read(bytes)
        #expect(run.bytesOrEmpty(of: 5).byteCount == 0)
        #expect(throws: EventSQLError.self) { _ = try run.bytes(of: 5).byteCount }
    }
}
