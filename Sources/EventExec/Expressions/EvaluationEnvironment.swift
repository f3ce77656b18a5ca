package import EventBase
package import EventColumns
package import EventPlan

/// What expressions need besides their rows: the cohorts that they mention.
package struct EvaluationEnvironment: Sendable {
    private var cohorts: [String: Bitmap] = [:]
    private var snapshot: (any EventSnapshot)?
    /// Whether hash tables that expressions and groupings make send all keys to one slot.
    package var hashesCollide = false
    /// May end functions that take long for one row; nil: they run to their end.
    var context: QueryContext?

    package init() {}

    /// The cohorts that expressions mention, read from a snapshot.
    package init(_ expressions: [BoundExpression], snapshot: any EventSnapshot) throws(EventSQLError) {
        self.snapshot = snapshot
        var names: [(String, Place)] = []
        func collect(_ expression: BoundExpression) {
            if case .inCohort(_, let name, _, let place) = expression { names.append((name, place)) }
            expression.children.forEach(collect)
        }
        expressions.forEach(collect)
        for (name, place) in names where cohorts[name] == nil {
            guard let members = try snapshot.members(ofCohort: name) else {
                throw EventSQLError(.notFound, "there is no cohort \(name)", position: place.position)
            }
            // Identities may have been merged since the cohort was saved.
            cohorts[name] = CohortOperator.persons(of: members, snapshot.canonicalUsers)
        }
    }

    func members(ofCohort name: String) -> Bitmap? { cohorts[name] }

    /// The pool whose codes are user ordinals.
    var users: (any StringPool)? { snapshot?.users }

    /// The ordinal of the person with an id.
    func ordinal(ofUser id: String) -> UInt32? {
        guard let snapshot, let ordinal = snapshot.ordinal(ofUser: id) else { return nil }
        return snapshot.canonicalUsers?[Int(ordinal)] ?? ordinal
    }
}
