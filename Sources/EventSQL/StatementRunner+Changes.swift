internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// Statements that hide, remove or merge what is stored.
extension StatementRunner {
    /// DELETE FROM an event table: hides the rows for which the condition is true.
    func delete(
        fromEvents table: String, where filter: Expression?, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        guard let schema = try catalog.schema(ofTable: table) else { throw missing(table, position) }
        let predicate = try filter.map { (filter) throws(EventSQLError) in
            try binder.bindPredicate(filter, schema: schema)
        }
        if predicate?.containsSubquery == true {
            throw EventSQLError(
                .binding, "DELETE takes conditions over the table's own rows", hint: "save the users as a cohort first",
                position: filter?.position ?? position)
        }
        let layout = ScanLayout(schema)
        let context = context
        let count = try store.hideRows(inTable: table) { (snapshot, group) throws(EventSQLError) in
            guard let predicate else { return Bitmap(range: 0..<UInt32(group.rowCount)) }
            let condition = try RowGroupFilter(predicate, layout: layout, snapshot: snapshot)
            return try condition.matching(group, context: context)
        }
        return effect("deleted", count)
    }

    /// FORGET USER: hides all rows of a person, under every id that counts for them.
    func forgetUser(_ user: Expression) throws(EventSQLError) -> Answer {
        effect("deleted", try store.forgetUser(try userID(user)))
    }

    /// PURGE: removes the bytes of what is hidden. A table's name is checked; the whole database is purged.
    func purge(_ table: String?, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        if let table, try catalog.schema(ofTable: table) == nil { throw missing(table, position) }
        try store.purge()
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func setTTL(_ table: String, _ age: Duration?, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        guard try catalog.schema(ofTable: table) != nil else { throw missing(table, position) }
        if let age, age.micros <= 0 {
            throw EventSQLError(.invalidInput, "a time to live is longer than nothing", position: position)
        }
        try store.setTTL(age?.micros, ofTable: table)
        return effect("deleted", try store.dropExpiredSegments(nowMicros: nowMicros))
    }

    /// IDENTIFY alias AS person; UNIDENTIFY is the same with the alias as its own person.
    func identify(_ alias: Expression, as person: Expression) throws(EventSQLError) -> Answer {
        try store.identify(try userID(alias), as: try userID(person), atMicros: nowMicros)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func showIdentities() -> Answer {
        Self.table(
            [("id", .string), ("person", .string), ("identified_at", .string)],
            store.identities.map {
                [.string($0.id), .string($0.person), .string(TimestampText.print(micros: $0.atMicros))]
            })
    }

    /// `SET forgotten_users = 'refuse' | 'accept'`: what happens to later events of people who were forgotten.
    func setForgottenUsers(_ value: Expression) throws(EventSQLError) -> Answer {
        guard case .literal(.string(let word), _) = value,
            let policy = ForgottenUsers(rawValue: word.lowercased())
        else {
            throw EventSQLError(
                .binding, "forgotten_users is 'accept' or 'refuse'", hint: "SET forgotten_users = 'refuse'",
                position: value.position)
        }
        try store.setForgottenUsers(policy)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func userID(_ expression: Expression) throws(EventSQLError) -> String {
        guard case .literal(.string(let id), _) = expression, !id.isEmpty else {
            throw EventSQLError(.binding, "a user id is a text in quotes", position: expression.position)
        }
        return id
    }

    func missing(_ table: String, _ position: SourcePosition) -> EventSQLError {
        EventSQLError(
            .notFound, "there is no table '\(table)'", hint: "tables: \(catalog.tableNames.joined(separator: ", "))",
            position: position)
    }

    func effect(_ column: String, _ count: Int) -> Answer { effect([(column, count)]) }

    /// How many rows a statement changed in which way.
    func effect(_ counts: [(String, Int)]) -> Answer {
        var answer = Self.table(counts.map { ($0.0, .int64) }, [counts.map { .int64(Int64($0.1)) }])
        answer.kind = .effect
        return answer
    }
}
