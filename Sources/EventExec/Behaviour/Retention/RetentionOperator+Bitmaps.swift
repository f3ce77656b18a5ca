import EventBase
import EventColumns
import EventPlan
import EventSyntax

extension RetentionOperator {
    /// Whether (day, event) user bitmaps say all there is to know: whole days, names only, every row visible, nobody
    /// merged.
    func canUseUserBitmaps(_ snapshot: any EventSnapshot) -> Bool {
        let wholeDays = [plan.filter.timeRange.lowerBound, plan.filter.timeRange.upperBound &+ 1].allSatisfy {
            $0 == .min || $0 % CalendarMath.microsPerDay == 0
        }
        let isPlain =
            plan.key == nil && plan.value == nil && plan.breakdown == nil && !plan.listsUsers && plan.clock == .calendar
            && plan.calendar.zone == nil && plan.calendar.personal == nil && plan.occurrence != .firstEver
        let namesOnly =
            isPlain && plan.filter.predicate == nil && plan.start.predicate == nil && plan.returning.predicate == nil
        return namesOnly && wholeDays && plan.minimum == 1 && plan.every != .hour && snapshot.canonicalUsers == nil
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
        let returned = returnSets(returns, table)
        if canCountByCohort(table) {
            let userCount = Int(snapshot.rowGroups.map(\.userRange.upperBound).max() ?? 0)
            try fillByCohort(&table, starts: starts, returned: returned, userCount: userCount, context)
            return
        }
        let cohorts = cohortSets(starts, table.cohorts)
        let columns = table.columns
        let criterion = plan.criterion
        let counts = try RangeWorkers.run(count: table.cohorts.count, context: context) {
            [(cohort: Int, size: Int, returned: [Int])]()
        } body: { (found: inout [(cohort: Int, size: Int, returned: [Int])], cohort: Int) throws(EventSQLError) in
            let members = cohorts[cohort]
            if members.isEmpty { return }
            let cells = Self.counts(members, cohort, columns, returned, criterion)
            found.append((cohort, members.count, cells))
        }
        for cell in counts.joined() {
            table.sizes[cell.cohort] = cell.size
            for column in columns.indices {
                table.returned[cell.cohort * columns.count + column] = cell.returned[column]
            }
        }
    }

    /// Members who returned in each column. For ON OR AFTER `returned[i]` already holds every later bucket.
    private static func counts(
        _ members: Bitmap, _ cohort: Int, _ columns: [ClosedRange<Int>], _ returned: [Bitmap],
        _ criterion: RetentionStatement.Criterion
    ) -> [Int] {
        // What ON OR BEFORE and STREAK carry from column to column.
        var carried: Bitmap?
        return columns.enumerated().map { column, span in
            let first = cohort + span.lowerBound
            let last = min(returned.count - 1, cohort + span.upperBound)
            if first > last { return 0 }
            let set =
                first == last || criterion == .onOrAfter ? returned[first] : Bitmap.union(Array(returned[first...last]))
            if column == 0 || criterion == .on || criterion == .onOrAfter { return members.intersectionCount(set) }
            let here = members.intersection(set)
            let both = carried.map { criterion == .streak ? $0.intersection(here) : $0.union(here) } ?? here
            carried = both
            return both.count
        }
    }

    /// The persons of each cohort bucket: new ones only, or all with a start.
    private func cohortSets(_ starts: [(day: Int32, users: Bitmap)], _ range: ClosedRange<Int>) -> [Bitmap] {
        var parts: [[Bitmap]] = Array(repeating: [], count: range.count)
        var seen = Bitmap()
        for (day, users) in starts {
            let opening = plan.occurrence == .firstTime ? users.subtracting(seen) : users
            if plan.occurrence == .firstTime { seen = seen.union(users) }
            if plan.filter.timeRange.contains(CalendarMath.micros(ofDay: day)) {
                parts[buckets.bucket(ofDay: day) - range.lowerBound].append(opening)
            }
        }
        return parts.map { $0.isEmpty ? Bitmap() : Bitmap.union($0) }
    }

    /// The persons with a return in each bucket; in that bucket or any later one for ON OR AFTER.
    private func returnSets(_ returns: [(day: Int32, users: Bitmap)], _ table: RetentionTable) -> [Bitmap] {
        var parts: [[Bitmap]] = Array(repeating: [], count: table.cohorts.count)
        for (day, users) in returns where plan.filter.timeRange.contains(CalendarMath.micros(ofDay: day)) {
            parts[buckets.bucket(ofDay: day) - table.cohorts.lowerBound].append(users)
        }
        var sets = parts.map { $0.isEmpty ? Bitmap() : Bitmap.union($0) }
        if plan.criterion == .onOrAfter {
            for bucket in sets.indices.dropLast().reversed() { sets[bucket] = sets[bucket].union(sets[bucket + 1]) }
        }
        return sets
    }
}
