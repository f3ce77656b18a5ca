internal import EventBase
internal import EventColumns
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// CREATE, DROP and SHOW VIRTUAL EVENT: names for selectors, kept as the statement that made them.
extension StatementRunner {
    func createVirtualEvent(_ event: VirtualEvent, orReplace: Bool) throws(EventSQLError) -> Answer {
        if !orReplace, store.definitions(of: .virtualEvent).contains(where: { $0.name == event.name }) {
            throw EventSQLError(
                .conflict, "the virtual event '\(event.name)' exists already",
                hint: "use CREATE OR REPLACE VIRTUAL EVENT", position: event.position)
        }
        try VirtualEvents.check(event, with: binder)
        let text = Printer.print(Statement.createVirtualEvent(event, orReplace: false))
        try store.setDefinition(text, kind: .virtualEvent, name: event.name)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func dropVirtualEvent(
        _ name: String, ifExists: Bool, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        let names = store.definitions(of: .virtualEvent).map(\.name)
        if names.contains(name) {
            try store.setDefinition(nil, kind: .virtualEvent, name: name)
        } else if !ifExists {
            throw EventSQLError(
                .notFound, "there is no virtual event '\(name)'",
                hint: EditDistance.nearest(to: name, in: names).map { "did you mean '\($0)'?" }, position: position)
        }
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func showVirtualEvents() throws(EventSQLError) -> Answer {
        var rows: [[Value]] = []
        for definition in store.definitions(of: .virtualEvent) {
            let event = try StoreCatalog.virtualEvent(definition)
            rows.append([.string(event.name), .string(event.table), .string(event.text)])
        }
        return Self.table([("event", .string), ("table", .string), ("definition", .string)], rows)
    }
}
