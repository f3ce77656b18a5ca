import EventBase
import EventColumns
import EventStore
import EventTestSupport

/// A workload of everything that changes a database, step by step, beside a plain list of the events that it should hold.
enum MixedWorkload {
    /// What the database should hold.
    struct Model: Sendable, Equatable {
        var events: [TestEvent] = []
        var plans: KeyedFixture.Model = [:]
        var cohort: [UInt32]?
        var identityCount = 0
        var rows: [String] { StoreFixture.rows(events) }
    }

    struct Step: Sendable {
        var name: String
        var run: @Sendable (EventStore) throws -> Void
        var apply: @Sendable (inout Model) -> Void = { _ in }
    }

    static let steps: [Step] = {
        var steps: [Step] = []
        func append(_ count: Int) {
            let events = StoreFixture.events(count, seed: UInt64(steps.count + 2000))
            steps.append(
                Step(name: "append") {
                    try $0.append(EventBuffer(events), table: "events")
                } apply: {
                    $0.events += events
                })
        }
        func load(_ count: Int) {
            let events = StoreFixture.events(count, seed: UInt64(steps.count + 3000))
            steps.append(
                Step(name: "import") {
                    try StoreFixture.importing(events, into: $0)
                } apply: {
                    $0.events += events
                })
        }
        func flush() { steps.append(Step(name: "flush") { try $0.flush() }) }
        func compact() { steps.append(Step(name: "compact") { _ = try $0.compact() }) }
        func delete(_ name: String) {
            steps.append(
                Step(name: "delete") {
                    try MixedWorkload.delete(name, from: $0)
                } apply: {
                    $0.events.removeAll { $0.name == name }
                })
        }
        func forget(_ user: String) {
            steps.append(
                Step(name: "forget") {
                    _ = try $0.forgetUser(user)
                } apply: {
                    $0.events.removeAll { $0.user == user }
                })
        }
        func put(_ ids: [String]) {
            var random = SeededRandom(seed: UInt64(steps.count + 70))
            let rows = ids.map { KeyedFixture.row($0, &random) }
            steps.append(
                Step(name: "upsert") {
                    _ = try $0.put([KeyedFixture.batch(rows)], into: "plans", onConflict: .replace)
                } apply: { model in
                    for (id, row) in zip(ids, rows) { model.plans[id] = row }
                })
        }
        append(3)
        flush()
        steps.append(Step(name: "table") { try $0.createKeyedTable(named: "plans", columns: KeyedFixture.columns) })
        append(4)
        put(["a", "b"])
        delete("pay")
        load(8)
        append(2)
        put(["b", "c"])
        flush()
        steps.append(
            Step(name: "cohort") {
                try $0.saveCohort(name: "c", definition: "d", members: Bitmap([1, 2]), replacing: true)
            } apply: {
                $0.cohort = [1, 2]
            })
        compact()
        append(3)
        forget("user-1")
        steps.append(
            Step(name: "identify") {
                try $0.identify("user-2", as: "user-3", atMicros: 7)
            } apply: {
                $0.identityCount += 1
            })
        load(6)
        flush()
        delete("signup")
        append(3)
        compact()
        steps.append(Step(name: "purge") { try $0.purge() })
        append(2)
        return steps
    }()

    /// Hides all events of a name.
    static func delete(_ name: String, from store: EventStore) throws {
        _ = try store.hideRows(inTable: "events") { (_, group) throws(EventSQLError) in
            guard
                let code = (0..<UInt32(group.eventNames.count)).first(where: { group.eventNames.string(at: $0) == name }
                )
            else { return Bitmap() }
            var rows: [UInt32] = []
            var codes: [UInt32] = []
            for granule in 0..<group.granuleCount {
                let all = 0..<group.rowCount(ofGranule: granule)
                try group.readEventCodes(granule: granule, rows: .range(all), into: &codes)
                for row in all where codes[row] == code {
                    rows.append(UInt32(granule * Limits.granuleRowCount + row))
                }
            }
            return Bitmap(rows)
        }
    }

    /// What a store holds, in the form of the model; events come without an order.
    static func found(_ store: EventStore) throws -> (rows: [String], rest: Model) {
        var rest = Model()
        if !store.keyedTableNames.isEmpty { rest.plans = try KeyedFixture.model(store) }
        rest.cohort = try store.snapshot(ofTable: "events").members(ofCohort: "c").map { Array($0.values()) }
        rest.identityCount = store.identities.count
        return (try StoreFixture.rows(store), rest)
    }

    /// The model without its events, to compare with `found`.
    static func rest(_ model: Model) -> Model {
        var rest = model
        rest.events = []
        return rest
    }
}
