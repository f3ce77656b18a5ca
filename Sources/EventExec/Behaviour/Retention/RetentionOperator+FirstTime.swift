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
        var known = Bitmap()
        for (day, users) in starts {
            // Set algebra leaves out who started before: most of a day's users, whom nobody needs to look up.
            let new = users.subtracting(known)
            known = known.union(new)
            let isInside = plan.filter.timeRange.contains(CalendarMath.micros(ofDay: day))
            let cohort = buckets.bucket(ofDay: day) - table.cohorts.lowerBound
            members.enter(new.values(), isInside ? UInt16(cohort) : CohortOfUser.outside)
            if isInside { table.sizes[cohort] += new.count }
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

    /// Puts users who are in no cohort yet into one.
    mutating func enter(_ users: [UInt32], _ cohort: UInt16) {
        var target = cohorts.mutableSpan
        let users = users.span
        for index in users.indices { target[Int(users[index])] = cohort }
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
