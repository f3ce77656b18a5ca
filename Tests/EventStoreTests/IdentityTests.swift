import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// Goal: merged ids are one person at once and after reopening, chains included, and can be taken apart again.
struct IdentityTests {
    @Test("merge, chain, un-merge")
    func merge() throws {
        let storage = TestStorage()
        let store = try StoreFixture.open(storage)
        try StoreFixture.importing(["anon", "u1", "u2"].map { TestEvent($0, StoreFixture.start, "n") }, into: store)
        #expect(try store.snapshot(ofTable: "events").canonicalUsers == nil)
        try store.identify("anon", as: "u1", atMicros: 1)
        try store.identify("u1", as: "u2", atMicros: 2)
        #expect(throws: EventSQLError.self) { try store.identify("u2", as: "anon", atMicros: 3) }
        store.close()
        let again = try StoreFixture.open(storage)
        let snapshot = try again.snapshot(ofTable: "events")
        let ordinals = ["anon", "u1", "u2"].map { snapshot.ordinal(ofUser: $0)! }
        let persons = try #require(snapshot.canonicalUsers)
        #expect(persons.count == snapshot.users.count)
        #expect(ordinals.map { persons[Int($0)] } == Array(repeating: ordinals[2], count: 3))
        #expect(again.identities.map(\.id) == ["anon", "u1"])
        try again.identify("u1", as: "u1", atMicros: 4)
        let apart = try #require(try again.snapshot(ofTable: "events").canonicalUsers)
        #expect(ordinals.map { apart[Int($0)] } == [ordinals[1], ordinals[1], ordinals[2]])
        try again.identify("new", as: "u2", atMicros: 5)
        #expect(try again.snapshot(ofTable: "events").ordinal(ofUser: "new") != nil)
    }
}
