import EventBase
import EventColumns
import EventPlan
import EventSyntax

extension RetentionOperator {
    /// Whether everybody is in one cohort at most and every period is a column of its own: then each return is counted once,
    /// where its person's cohort says.
    func canCountByCohort(_ table: RetentionTable) -> Bool {
        plan.occurrence == .firstTime && plan.criterion == .on && table.columns.allSatisfy { $0.count == 1 }
            && table.cohorts.count < Int(CohortOfUser.outside)
    }

    /// Asks every returning user of every bucket for the cohort, instead of intersecting every cohort with every bucket.
    /// - Complexity: O(days on which users started or returned, added up over users).
    func fillByCohort(
        _ table: inout RetentionTable, starts: [(day: Int32, users: Bitmap)], returned: [Bitmap],
        userCount: Int, _ context: QueryContext
    ) throws(EventSQLError) {
        var members = CohortOfUser(userCount: userCount)
        for (day, users) in starts {
            let isInside = plan.filter.timeRange.contains(CalendarMath.micros(ofDay: day))
            let cohort = buckets.bucket(ofDay: day) - table.cohorts.lowerBound
            let count = members.enter(users.values(), isInside ? UInt16(cohort) : CohortOfUser.outside)
            if isInside { table.sizes[cohort] += count }
        }
        let all = members
        let cohortCount = table.cohorts.count
        let counts = try RangeWorkers.run(count: returned.count, context: context) {
            [(bucket: Int, byCohort: [Int])]()
        } body: { (found: inout [(bucket: Int, byCohort: [Int])], bucket: Int) throws(EventSQLError) in
            found.append((bucket, all.count(returned[bucket].values(), cohortCount: cohortCount)))
        }
        for (bucket, byCohort) in counts.joined() {
            for cohort in 0...min(bucket, cohortCount - 1) where bucket - cohort < table.columns.count {
                table.returned[cohort * table.columns.count + bucket - cohort] = byCohort[cohort]
            }
        }
    }
}

/// The cohort of every user: two bytes each.
private struct CohortOfUser: Sendable {
    static let none = UInt16.max
    /// Started before or behind what the statement looks at.
    static let outside = UInt16.max - 1

    private var cohorts: [UInt16]

    init(userCount: Int) { cohorts = Array(repeating: Self.none, count: userCount + 1) }

    /// Puts users who are in no cohort yet into one; answers how many.
    mutating func enter(_ users: [UInt32], _ cohort: UInt16) -> Int {
        var target = cohorts.mutableSpan
        let users = users.span
        var count = 0
        for index in users.indices {
            let user = Int(users[index])
            let isNew = target[user] == Self.none
            if isNew { target[user] = cohort }
            count &+= isNew ? 1 : 0
        }
        return count
    }

    /// How many of the users are in each cohort.
    func count(_ users: [UInt32], cohortCount: Int) -> [Int] {
        // What is in no cohort lands in the last place.
        var counts = [Int](repeating: 0, count: cohortCount + 1)
        var target = counts.mutableSpan
        let source = cohorts.span
        let users = users.span
        for index in users.indices { target[min(Int(source[Int(users[index])]), cohortCount)] &+= 1 }
        return counts
    }
}
