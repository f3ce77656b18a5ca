import EventBase
import EventColumns
import EventPlan
import EventSyntax

extension RetentionOperator {
    /// Whether (day, event) user bitmaps say all there is to know: whole days, names only, every row visible, nobody
    /// merged.
    func canUseUserBitmaps(_ snapshot: any EventSnapshot) -> Bool {
        let wholeDays = [plan.timeRange.lowerBound, plan.timeRange.upperBound &+ 1].allSatisfy {
            $0 == .min || $0 % CalendarMath.microsPerDay == 0
        }
        return wholeDays && plan.every != .hour && snapshot.canonicalUsers == nil
            && snapshot.rowGroups.allSatisfy { $0.hasUserBitmaps && $0.hiddenRows == nil }
    }

    /// Cohorts and returns as sets of users, counted by intersection: no row is read.
    func fillFromBitmaps(
        _ table: inout RetentionTable, _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) {
        let days = UserDays(snapshot)
        let starts = try days.users(of: plan.start.names, context)
        let returns =
            plan.start.names == plan.returning.names ? starts : try days.users(of: plan.returning.names, context)
        let cohorts = cohortSets(starts, table.cohorts)
        let returned = returnSets(returns, table)
        let columns = table.columns
        let criterion = plan.criterion
        let counts = try RangeWorkers.run(count: table.cohorts.count, context: context) {
            [(cohort: Int, size: Int, returned: [Int])]()
        } body: { (found: inout [(cohort: Int, size: Int, returned: [Int])], cohort: Int) throws(EventSQLError) in
            let members = cohorts[cohort]
            if members.isEmpty { return }
            let cells = columns.map { span in
                Self.count(members, cohort, span, returned, reachesOn: criterion == .onOrAfter)
            }
            found.append((cohort, members.count, cells))
        }
        for cell in counts.joined() {
            table.sizes[cell.cohort] = cell.size
            for column in columns.indices { table.returned[cell.cohort * columns.count + column] = cell.returned[column] }
        }
    }

    /// Members who returned in the periods `span`. With `reachesOn`, `returned[i]` already holds every later bucket.
    private static func count(
        _ members: Bitmap, _ cohort: Int, _ span: ClosedRange<Int>, _ returned: [Bitmap], reachesOn: Bool
    ) -> Int {
        let first = cohort + span.lowerBound
        if first >= returned.count { return 0 }
        if reachesOn || span.count == 1 { return members.intersectionCount(returned[first]) }
        let last = min(returned.count - 1, cohort + span.upperBound)
        return members.intersectionCount(Bitmap.union(Array(returned[first...last])))
    }

    /// The persons of each cohort bucket: new ones only, or all with a start.
    private func cohortSets(_ starts: [(day: Int32, users: Bitmap)], _ range: ClosedRange<Int>) -> [Bitmap] {
        var parts: [[Bitmap]] = Array(repeating: [], count: range.count)
        var seen = Bitmap()
        for (day, users) in starts {
            let opening = plan.occurrence == .firstTime ? users.subtracting(seen) : users
            if plan.occurrence == .firstTime { seen = seen.union(users) }
            if plan.timeRange.contains(CalendarMath.micros(ofDay: day)) {
                parts[buckets.bucket(ofDay: day) - range.lowerBound].append(opening)
            }
        }
        return parts.map { $0.isEmpty ? Bitmap() : Bitmap.union($0) }
    }

    /// The persons with a return in each bucket; in that bucket or any later one for ON OR AFTER.
    private func returnSets(_ returns: [(day: Int32, users: Bitmap)], _ table: RetentionTable) -> [Bitmap] {
        var parts: [[Bitmap]] = Array(repeating: [], count: table.cohorts.count)
        for (day, users) in returns where plan.timeRange.contains(CalendarMath.micros(ofDay: day)) {
            parts[buckets.bucket(ofDay: day) - table.cohorts.lowerBound].append(users)
        }
        var sets = parts.map { $0.isEmpty ? Bitmap() : Bitmap.union($0) }
        if plan.criterion == .onOrAfter {
            for bucket in sets.indices.dropLast().reversed() { sets[bucket] = sets[bucket].union(sets[bucket + 1]) }
        }
        return sets
    }
}
