import EventBase
import EventIO
import EventTestSupport
import Testing

struct PosixStorageTests {
    @Test("what is written and synced is read back, listed, mapped, renamed and removed")
    func files() throws {
        let directory = try TemporaryDirectory()
        let storage = PosixStorage()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try storage.writeSynced(bytes, to: directory.file("a"))
        #expect(try storage.read(directory.file("a")) == bytes)
        #expect(try storage.size(of: directory.file("a")) == bytes.count)
        let mapped = try storage.map(directory.file("a"))
        try storage.rename(directory.file("a"), to: directory.file("b"))
        #expect(try storage.list(directory.path) == ["b"])
        try storage.remove(directory.file("b"))
        #expect(mapped.count == bytes.count && mapped.span.byte(at: 99_999) == bytes[99_999])
        #expect(try storage.kind(of: directory.file("b")) == nil)
    }

    @Test("an error names the path and says what the system said")
    func missing() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: EventSQLError.self) { try PosixStorage().read(directory.file("none")) }
        #expect(error?.path?.hasSuffix("none") == true && error?.message.isEmpty == false)
    }

    @Test("a lock is held once, and free again when it is given back")
    func lock() throws {
        let directory = try TemporaryDirectory()
        let storage = PosixStorage()
        let held = try #require(try storage.lock(directory.file("LOCK"), note: "1\n"))
        #expect(try storage.lock(directory.file("LOCK"), note: "2\n") == nil)
        held.unlock()
        #expect(try storage.lock(directory.file("LOCK"), note: "3\n") != nil)
    }
}
