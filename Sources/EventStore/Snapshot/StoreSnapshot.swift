internal import EventBase
internal import EventColumns

/// One table at one instant; holds its segments alive for as long as a statement uses them.
final class StoreSnapshot: EventSnapshot {
    let schema: TableSchema
    let rowGroups: [any RowGroup]
    let canonicalUsers: [UInt32]?
    private let userPool: UserPool
    /// By name; nil for a cohort whose file is damaged.
    private let cohorts: [String: Bitmap?]

    init(
        schema: TableSchema, rowGroups: [any RowGroup], users: UserPool, canonicalUsers: [UInt32]?,
        cohorts: [String: Bitmap?]
    ) {
        self.schema = schema
        self.rowGroups = rowGroups
        userPool = users
        self.canonicalUsers = canonicalUsers
        self.cohorts = cohorts
    }

    var users: any StringPool { userPool }

    func ordinal(ofUser id: String) -> UInt32? {
        let utf8 = Array(id.utf8)
        return try? userPool.ordinal(of: utf8.rawBytes)
    }

    func members(ofCohort name: String) throws(EventSQLError) -> Bitmap? {
        guard let found = cohorts[name] else { return nil }
        if let members = found { return members }
        throw EventSQLError(
            .corruption, "the members of cohort '\(name)' cannot be read", hint: "create the cohort again")
    }
}
