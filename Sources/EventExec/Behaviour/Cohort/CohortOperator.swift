package import EventBase
package import EventColumns
package import EventPlan

/// Finds the members of a cohort: each condition becomes a set of persons, and sets combine (SPEC 3.4).
package struct CohortOperator: Sendable {
    let plan: CohortPlan
    /// The instant that bounds `IN LAST` where no AS OF does.
    let nowMicros: Int64

    package init(_ plan: CohortPlan, nowMicros: Int64) {
        self.plan = plan
        self.nowMicros = nowMicros
    }

    /// The members, as ordinals of persons after identity merges.
    package func members(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> Bitmap {
        let sets = ConditionSets(plan: plan, end: end(snapshot), snapshot: snapshot, context: context)
        var everybody: Bitmap?
        let different = try sets.personsThatDiffer()
        func all() throws(EventSQLError) -> Bitmap {
            if let everybody { return everybody }
            let found = try sets.everybody()
            everybody = found
            return found
        }
        func evaluate(_ tree: CohortPlan.Tree) throws(EventSQLError) -> Bitmap {
            switch tree {
            case .and(let a, let b): return try evaluate(a).intersection(try evaluate(b))
            case .or(let a, let b): return try evaluate(a).union(try evaluate(b))
            case .not(let inner): return try all().subtracting(try evaluate(inner))
            case .condition(let index):
                if !plan.conditions[index].holdsForStrangers { return different[index] }
                return try all().subtracting(different[index])
            case .cohort(let name):
                guard let members = try snapshot.members(ofCohort: name) else {
                    throw EventSQLError(.notFound, "there is no cohort \(name)")
                }
                return Self.persons(of: members, snapshot.canonicalUsers)
            }
        }
        return try evaluate(plan.tree)
    }

    /// The end of every last period: AS OF, else the latest event, but never later than now.
    func end(_ snapshot: any EventSnapshot) -> Int64 {
        plan.asOfMicros ?? min(nowMicros, snapshot.rowGroups.map(\.timeRange.upperBound).max() ?? nowMicros)
    }

    static func persons(of users: Bitmap, _ canonical: [UInt32]?) -> Bitmap {
        guard let canonical else { return users }
        return Bitmap(Set(users.values().map { canonical[Int($0)] }).sorted())
    }
}
