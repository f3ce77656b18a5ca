internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// CREATE, REFRESH, EXPLAIN and DROP COHORT: members are found when a cohort is made, and kept under its name.
extension StatementRunner {
    func createCohort(
        _ name: String, _ definition: CohortDefinition, orReplace: Bool, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        guard orReplace || !store.cohorts.contains(where: { $0.name == name }) else {
            throw EventSQLError(
                .conflict, "the cohort '\(name)' exists already", hint: "use CREATE OR REPLACE COHORT",
                position: position)
        }
        let (members, notes) = try members(of: definition, position)
        try store.saveCohort(
            name: name, definition: definition.text, members: members, replacing: orReplace, atMicros: nowMicros)
        var answer = Self.table(
            [("cohort", .string), ("users", .int64)], [[.string(name), .int64(Int64(members.count))]])
        answer.kind = .effect
        answer.notes = notes
        return answer
    }

    /// REFRESH COHORT: finds the members again and tells how many came and went.
    func refreshCohort(_ name: String, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        let definition = try definition(ofCohort: name, position)
        let before = try people(definition).members(ofCohort: name) ?? Bitmap()
        let (members, notes) = try members(of: definition, position)
        try store.saveCohort(
            name: name, definition: definition.text, members: members, replacing: true, atMicros: nowMicros)
        let counts = [members, members.subtracting(before), before.subtracting(members)].map { Int64($0.count) }
        var answer = Self.table(
            [("cohort", .string), ("users", .int64), ("came", .int64), ("went", .int64)],
            [[.string(name)] + counts.map { .int64($0) }])
        answer.kind = .effect
        answer.notes = notes
        return answer
    }

    /// EXPLAIN COHORT name FOR 'user': whether each condition holds now, and the event that decided it.
    func explainCohort(
        _ name: String, _ user: Expression, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        let definition = try definition(ofCohort: name, position)
        let id = try userID(user)
        let snapshot = try people(definition)
        guard let ordinal = snapshot.ordinal(ofUser: id) else {
            throw EventSQLError(.notFound, "there is no user '\(id)'", position: user.position)
        }
        let person = snapshot.canonicalUsers?[Int(ordinal)] ?? ordinal
        let saved = try snapshot.members(ofCohort: name) ?? Bitmap()
        let isSaved = saved.contains(person) || saved.contains(ordinal)
        var rows: [[Value]] = [[.string("saved members of \(name)"), .bool(isSaved), .null, .null, .null]]
        switch definition.source {
        case .query:
            let (members, _) = try members(of: definition, position)
            rows.append([.string(definition.text), .bool(members.contains(ordinal)), .null, .null, .null])
        case .users(let table, let condition, let asOf):
            let plan = try CohortBinder.bind(
                table: table, condition: condition, asOf: asOf, position: position, with: binder)
            for line in try CohortExplanation.lines(plan, user: ordinal, snapshot, nowMicros: nowMicros) {
                rows.append([
                    .string(String(repeating: "  ", count: line.depth) + line.text), .bool(line.holds),
                    line.found.map { .double($0) } ?? .null, line.decidedBy.map { .string($0) } ?? .null,
                    line.decidedAt.map { .timestamp($0) } ?? .null,
                ])
            }
        }
        let columns = [
            OutputColumn("condition", .string), OutputColumn("holds", .bool), OutputColumn("found", .double),
            OutputColumn("decided_by", .string), OutputColumn("decided_at", .timestamp),
        ]
        let result = BehaviourResult(columns: columns, rows: rows, notes: [])
        return Answer(kind: .rows, columns: columns.map { ResultColumn($0) }, batches: result.makeBatches())
    }

    func dropCohort(_ name: String, ifExists: Bool, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        if store.cohorts.contains(where: { $0.name == name }) {
            try store.dropCohort(name: name)
        } else if !ifExists {
            throw missingCohort(name, position)
        }
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func showCohortHistory() -> Answer {
        let columns = [OutputColumn("cohort", .string), OutputColumn("at", .timestamp), OutputColumn("users", .int64)]
        let rows = store.cohorts.flatMap { cohort in
            store.sizes(ofCohort: cohort.name).map { size -> [Value] in
                [.string(cohort.name), .timestamp(size.atMicros), .int64(Int64(size.memberCount))]
            }
        }
        let result = BehaviourResult(columns: columns, rows: rows, notes: [])
        return Answer(kind: .rows, columns: columns.map { ResultColumn($0) }, batches: result.makeBatches())
    }

    private func missingCohort(_ name: String, _ position: SourcePosition) -> EventSQLError {
        EventSQLError(
            .notFound, "there is no cohort '\(name)'",
            hint: EditDistance.nearest(to: name, in: store.cohorts.map(\.name)).map { "did you mean '\($0)'?" },
            position: position)
    }

    /// The saved text after AS, read again.
    private func definition(
        ofCohort name: String, _ position: SourcePosition
    ) throws(EventSQLError) -> CohortDefinition {
        guard let cohort = store.cohorts.first(where: { $0.name == name }) else { throw missingCohort(name, position) }
        let text = "CREATE COHORT saved AS \(cohort.definition)"
        guard case .createCohort(_, let definition, _, _) = try Parser.parseStatement(text).statement else {
            throw EventSQLError(.corruption, "the definition of the cohort '\(name)' is no such")
        }
        return definition
    }

    private func members(
        of definition: CohortDefinition, _ position: SourcePosition
    ) throws(EventSQLError) -> (Bitmap, notes: [String]) {
        switch definition.source {
        case .users(let table, let condition, let asOf):
            let plan = try CohortBinder.bind(
                table: table, condition: condition, asOf: asOf, position: position, with: binder)
            let members = try CohortOperator(plan, nowMicros: nowMicros).members(
                try catalog.snapshot(ofTable: plan.table), context: context)
            return (members, plan.notes)
        case .query(let query): return (try members(of: query, position), [])
        }
    }

    /// A snapshot that knows the people of the database: of the definition's table, or of any event table.
    private func people(_ definition: CohortDefinition?) throws(EventSQLError) -> any EventSnapshot {
        if case .users(let table, _, _)? = definition?.source { return try catalog.snapshot(ofTable: table) }
        guard let table = store.tableNames.first else {
            throw EventSQLError(.notFound, "there are no events, so there is nobody")
        }
        return try catalog.snapshot(ofTable: table)
    }

    /// The users that a query's first column names; ids never seen are left out.
    private func members(of query: Query, _ position: SourcePosition) throws(EventSQLError) -> Bitmap {
        let plan = try binder.bindStatement(query)
        guard plan.columns.first?.type == .string else {
            throw EventSQLError(
                .binding, "a cohort's query must yield user ids in its first column", hint: "SELECT user_id FROM ...",
                position: position)
        }
        let snapshot = try people(nil)
        var ordinals: Set<UInt32> = []
        for batch in try executor.run(plan) {
            for row in 0..<batch.rowCount {
                if case .string(let id) = batch.columns[0].value(at: row), let ordinal = snapshot.ordinal(ofUser: id) {
                    ordinals.insert(snapshot.canonicalUsers?[Int(ordinal)] ?? ordinal)
                }
            }
        }
        return Bitmap(ordinals.sorted())
    }
}
