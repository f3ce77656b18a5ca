import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// What the tests of this target share: events from a seed, and a store on a disk in memory.
enum StoreFixture {
    /// One thread and nothing in the background, so that a call number means the same call in every run.
    static let options: StoreOptions = {
        var options = StoreOptions(createIfMissing: true, threadCount: 1)
        options.compactsInBackground = false
        return options
    }()
    /// 2024-01-15T00:00:00Z.
    static let start: Int64 = 1_705_276_800_000_000

    static func events(_ count: Int, seed: UInt64, days: Int64 = 60) -> [TestEvent] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let time = start + Int64(random.next() % UInt64(days * 86_400)) * 1_000_000
            let user = random.next() % 8 == 0 ? nil : "user-\(random.next() % 12)"
            var properties: [String: Value] = [:]
            if random.next() & 1 == 0 {
                properties["properties.plan"] = .string(["free", "pro"][Int(random.next() & 1)])
            }
            if random.next() & 1 == 0 { properties["properties.amount"] = .double(Double(random.next() % 1000) / 4) }
            if random.next() & 3 == 0 { properties["properties.count"] = .int64(Int64(random.next() % 50) - 25) }
            properties["properties.index"] = .int64(Int64(seed << 32) + Int64(index))
            return TestEvent(user, time, ["signup", "use", "pay"][Int(random.next() % 3)], properties)
        }
    }

    static func open(_ storage: TestStorage, options: StoreOptions = options) throws(EventSQLError) -> EventStore {
        try EventStore.open(at: "/db", options: options, storage: storage)
    }

    static func importing(_ events: [TestEvent], into store: EventStore) throws(EventSQLError) {
        let session = try store.beginImport(table: "events")
        try session.add(EventBuffer(events))
        _ = try session.commit()
    }

    /// Visible rows, in an order that does not depend on how they are stored.
    static func rows(_ store: EventStore) throws -> [String] {
        try rows(store.snapshot(ofTable: "events").testEvents())
    }

    static func rows(_ events: [TestEvent]) -> [String] { events.map(describe).sorted() }

    static func describe(_ event: TestEvent) -> String {
        let properties = event.properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(event.user ?? "-") \(event.time) \(event.name ?? "-") \(properties.joined(separator: " "))"
    }
}
