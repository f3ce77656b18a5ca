import EventBase
import EventColumns
import EventPlan

/// Runs a SESSIONS: one row a session (SPEC 3.11).
extension SessionsPlan: ActivityPlan {
    /// One session of a person.
    private struct Session: Sendable {
        var person: UInt32
        var id: UInt32
        var start: Int64
        var end: Int64
        var events: Int
        var firstNode: UInt32
        var lastNode: UInt32
        /// Of the breakdown.
        var value: UInt32
    }

    private struct Worker: Sendable {
        var visits: PersonVisits
        var sessions: [Session] = []
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    private static let openBit: UInt64 = 2
    private static let endBit: UInt64 = 4
    /// Of one row of the answer.
    private static let rowSizeBytes = 400

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let readers = RowReaders(layout: layout, snapshot: snapshot)
        let gather = try readers.source(try request(readers), by: key, context)
        let breakdown = try RowBreakdownReader(breakdown, readers)
        guard let keys = gather.keys else { preconditionFailure("BUG: names are keys of their rows") }
        let visits = PersonVisits(
            openBits: start == nil ? 0 : Self.openBit, endBits: end == nil ? 0 : Self.endBit, names: keys.groups,
            values: breakdown?.values)
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(visits: visits)
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            let values = try breakdown?.read(persons.rows) ?? []
            let known = worker.sessions.count
            for (position, person) in persons.persons.enumerated() {
                try context.check()
                let range = persons.starts[position]..<persons.starts[position + 1]
                worker.visits.read(
                    persons.rows, range, values: values, visibleBits: .max, excludedBits: 0, needsNode: false)
                if identifier != nil { worker.visits.sortBySession() }
                cut(person, worker.visits.visits, into: &worker.sessions)
            }
            try context.reserve(bytes: (worker.sessions.count - known) * Self.rowSizeBytes, for: "SESSIONS")
        }
        let sessions = workers.flatMap(\.sessions)
        defer { context.release(bytes: sessions.count * Self.rowSizeBytes) }
        return try rows(sessions, keys, breakdown?.values.values ?? [], gather, context)
    }

    private func request(_ readers: RowReaders) throws(EventSQLError) -> GatherRequest {
        let nothing = GatherRequest.Condition(names: [])
        // The bits of START and END stay where they are when only one of them is asked for.
        var request = GatherRequest(conditions: [nothing, nothing, nothing])
        if let start { request.conditions[1] = try readers.condition(start) }
        if let end { request.conditions[2] = try readers.condition(end) }
        request.filter = try readers.predicate(filter.predicate)
        request.timeRange = filter.timeRange
        let name = layout.index(role: .eventName).map { BoundExpression.column($0, .string, Place()) }
        request.group = try readers.values(name ?? .constant(.null, .string))
        if let identifier { request.hold = [try readers.values(identifier)] }
        request.includesAddresses = breakdown != nil
        return request
    }

    private func cut(_ person: UInt32, _ visits: [PersonVisits.Visit], into sessions: inout [Session]) {
        let attribution = breakdown?.attribution
        var isOpen = false
        for (index, visit) in visits.enumerated() {
            if isOpen {
                let session = sessions[sessions.count - 1]
                let isOther = identifier != nil && visits[index - 1].session != visit.session
                let isPast = gapMicros.map { visit.time - session.end > $0 } ?? false
                let isLong = maximumMicros.map { visit.time - session.start > $0 } ?? false
                if isOther || isPast || isLong || (start != nil && visit.mask & Self.openBit != 0) { isOpen = false }
            }
            if isOpen {
                sessions[sessions.count - 1].end = visit.time
                sessions[sessions.count - 1].events += 1
                sessions[sessions.count - 1].lastNode = visit.node
                let isWanted =
                    attribution == .last || attribution == .first && sessions[sessions.count - 1].value == RowKey.none
                if isWanted, visit.value != RowKey.none { sessions[sessions.count - 1].value = visit.value }
            } else {
                if start != nil, visit.mask & Self.openBit == 0 { continue }
                isOpen = true
                sessions.append(
                    Session(
                        person: person, id: visit.session, start: visit.time, end: visit.time, events: 1,
                        firstNode: visit.node, lastNode: visit.node, value: visit.value))
            }
            if end != nil, visit.mask & Self.endBit != 0 { isOpen = false }
        }
    }

    /// By person; a person's sessions by start, then end, then id.
    private func rows(
        _ sessions: [Session], _ keys: RowKeyReader, _ values: [Value], _ source: PersonSource, _ context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let names = keys.groups.values
        let ids = keys.heldValues.map(\.breakdownText)
        let ranks = BreakdownOrder.ranks(ids.map { .string($0) })
        func rank(_ session: Session) -> Int { identifier == nil ? 0 : ranks[Int(session.id)] }
        let sorted = try sessions.sorted(context) { a, b in
            if a.person != b.person { return a.person < b.person }
            return (a.start, a.end, rank(a), a.events) < (b.start, b.end, rank(b), b.events)
        }
        var number: Int64 = 0
        var person: UInt32 = 0
        return try sorted.map { session throws(EventSQLError) in
            try context.check()
            number = session.person == person ? number + 1 : 1
            person = session.person
            var row: [Value] = [.string(source.name(of: session.person)), .int64(number)]
            if identifier != nil { row.append(.string(ids[Int(session.id)])) }
            let seconds = Double(session.end - session.start) / Double(CalendarMath.microsPerSecond)
            row += [
                .timestamp(session.start), .timestamp(session.end), .double(seconds), .int64(Int64(session.events)),
                BreakdownOrder.label(session.firstNode, names), BreakdownOrder.label(session.lastNode, names),
            ]
            if breakdown != nil { row.append(BreakdownOrder.label(session.value, values)) }
            return row
        }
    }
}
