import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: no damaged byte and no missing end of any file makes the store trap or answer a wrong row without a word.
/// Method: a small database with a segment, hidden rows, a cohort, a user run and a log; every file is damaged at every
/// byte and cut at many lengths; what is read must be the truth, or less than the truth with a report or an error.
struct DamageTests {
    private static func database() throws -> (storage: TestStorage, rows: [String]) {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        let events = StoreFixture.events(12, seed: 77, days: 10)
        try StoreFixture.importing(events, into: store)
        _ = try store.hideRows(inTable: "events") { (_, _) throws(EventSQLError) in Bitmap([2, 5]) }
        try store.saveCohort(name: "c", definition: "d", members: Bitmap([1, 2]), replacing: false)
        try store.append(EventBuffer(StoreFixture.events(2, seed: 78)), table: "events")
        let rows = try StoreFixture.rows(store)
        store.close()
        return (storage, rows)
    }

    /// Opens, reads, and returns what is wrong with the answer; nil when it is right or says that it is not whole.
    private static func examine(_ storage: TestStorage, _ truth: [String]) -> String? {
        do {
            let store = try StoreFixture.open(storage, options: StoreOptions(readOnly: true))
            let hasReports = !store.info().reports.isEmpty
            _ = try? store.snapshot(ofTable: "events").members(ofCohort: "c")
            guard let rows = try? StoreFixture.rows(store) else { return nil }
            if rows == truth { return nil }
            let known = Set(truth)
            let renamed = store.info().reports.contains { $0.contains("unknown user") }
            if !renamed, let wrong = rows.first(where: { !known.contains($0) }) { return "a wrong row: \(wrong)" }
            if !hasReports { return "\(truth.count - rows.count) rows are missing without a word" }
            return nil
        } catch { return nil }
    }

    @Test("a flipped bit in any byte of any file but the log")
    func flips() throws {
        let (storage, truth) = try Self.database()
        var flipCount = 0
        for (name, bytes) in storage.files().sorted(by: { $0.key < $1.key })
        where !name.hasSuffix("LOCK") && !name.hasSuffix(".wal") {
            for offset in bytes.indices {
                let damaged = storage.killed()
                var copy = bytes
                copy[offset] ^= UInt8(1 << (offset % 8))
                damaged.overwrite(name, copy)
                flipCount += 1
                if let wrong = Self.examine(damaged, truth) { Issue.record("\(name) byte \(offset): \(wrong)") }
            }
        }
        print("bytes flipped: \(flipCount)")
    }

    @Test("any file but the log cut short or missing")
    func cuts() throws {
        let (storage, truth) = try Self.database()
        for (name, bytes) in storage.files().sorted(by: { $0.key < $1.key })
        where !name.hasSuffix("LOCK") && !name.hasSuffix(".wal") {
            for length in 0..<bytes.count where length < 40 || length > bytes.count - 40 || length % 37 == 0 {
                let damaged = storage.killed()
                damaged.overwrite(name, Array(bytes.prefix(length)))
                if let wrong = Self.examine(damaged, truth) { Issue.record("\(name) cut at \(length): \(wrong)") }
            }
            let damaged = storage.killed()
            damaged.delete(name)
            // The second copy of a manifest and the manifest before it are insurance that nobody misses.
            if let wrong = Self.examine(damaged, truth) { Issue.record("\(name) missing: \(wrong)") }
        }
    }
}
