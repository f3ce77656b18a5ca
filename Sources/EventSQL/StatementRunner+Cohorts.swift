internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// CREATE COHORT: find the members, save them under a name.
extension StatementRunner {
    func createCohort(
        _ name: String, _ definition: CohortDefinition, orReplace: Bool, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        guard orReplace || !store.cohorts.contains(where: { $0.name == name }) else {
            throw EventSQLError(
                .conflict, "the cohort '\(name)' exists already", hint: "use CREATE OR REPLACE COHORT",
                position: position)
        }
        let members: Bitmap
        var notes: [String] = []
        switch definition.source {
        case .users(let table, let condition, let asOf):
            let plan = try CohortBinder.bind(
                table: table, condition: condition, asOf: asOf, position: position, with: binder)
            notes = plan.notes
            members = try CohortOperator(plan, nowMicros: nowMicros).members(
                try catalog.snapshot(ofTable: plan.table), context: context)
        case .query(let query): members = try self.members(of: query, position)
        }
        try store.saveCohort(name: name, definition: definition.text, members: members, replacing: orReplace)
        var answer = Self.table(
            [("cohort", .string), ("users", .int64)], [[.string(name), .int64(Int64(members.count))]])
        answer.kind = .effect
        answer.notes = notes
        return answer
    }

    /// The users that a query's first column names; ids never seen are left out.
    private func members(of query: Query, _ position: SourcePosition) throws(EventSQLError) -> Bitmap {
        let plan = try binder.bindStatement(query)
        guard plan.columns.first?.type == .string else {
            throw EventSQLError(
                .binding, "a cohort's query must yield user ids in its first column", hint: "SELECT user_id FROM ...",
                position: position)
        }
        let snapshot = try catalog.snapshot(ofTable: store.tableNames[0])
        var ordinals: Set<UInt32> = []
        for batch in try executor.run(plan) {
            for row in 0..<batch.rowCount {
                if case .string(let id) = batch.columns[0].value(at: row), let ordinal = snapshot.ordinal(ofUser: id) {
                    ordinals.insert(ordinal)
                }
            }
        }
        return Bitmap(ordinals.sorted())
    }
}
