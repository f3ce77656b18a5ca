import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: what is forgotten stays forgotten, for all ids of a person, as the database was told to; old rows go by age.
struct ForgettingTests {
    private static func event(_ user: String, day: Int64 = 0) -> TestEvent {
        TestEvent(user, StoreFixture.start + day * 86_400_000_000, "n")
    }

    @Test("forgetting one id of a person forgets them all")
    func person() throws {
        let store = try StoreFixture.open(TestStorage())
        try store.append(EventBuffer(["anon", "u1", "u2"].map { Self.event($0) }), table: "events")
        try store.identify("anon", as: "u1", atMicros: 1)
        #expect(try store.forgetUser("anon") == 2)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows([Self.event("u2")]))
    }

    @Test(
        "refused: appends fail as a whole, imports leave the rows out, also after PURGE and reopening; accepted again on demand"
    )
    func refuse() throws {
        let storage = TestStorage()
        var store = try StoreFixture.open(storage)
        try store.append(EventBuffer([Self.event("gone"), Self.event("stays")]), table: "events")
        _ = try store.forgetUser("gone")
        try store.setForgottenUsers(.refuse)
        for _ in 0..<2 {
            #expect(throws: EventSQLError.self) {
                try store.append(EventBuffer([Self.event("stays"), Self.event("gone")]), table: "events")
            }
            let session = try store.beginImport(table: "events")
            try session.add(EventBuffer([Self.event("gone"), Self.event("stays"), Self.event("gone")]))
            let summary = try session.commit()
            #expect(summary.refusedCount == 2 && summary.rowCount == 1)
            try store.purge()
            store.close()
            store = try StoreFixture.open(storage)
        }
        #expect(try StoreFixture.rows(store).count == 3)
        try store.setForgottenUsers(.accept)
        try store.append(EventBuffer([Self.event("gone")]), table: "events")
        #expect(try StoreFixture.rows(store).count == 4)
    }

    @Test("a time to live drops whole segments that are older, now and at every opening, and survives reopening")
    func ttl() throws {
        let storage = TestStorage()
        let age: Int64 = 30 * 86_400_000_000
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing([Self.event("old"), Self.event("new", day: 60)], into: store)
        let now = StoreFixture.start + 70 * 86_400_000_000
        #expect(try store.dropExpiredSegments(nowMicros: now) == 0)
        try store.setTTL(age, ofTable: "events")
        #expect(try store.dropExpiredSegments(nowMicros: now) == 1)
        #expect(try StoreFixture.rows(store) == StoreFixture.rows([Self.event("new", day: 60)]))
        store.close()
        let again = try StoreFixture.open(storage)
        #expect(again.ttl(ofTable: "events") == age)
        #expect(try StoreFixture.rows(again).isEmpty, "the clock of the machine is years ahead of these events")
    }
}
