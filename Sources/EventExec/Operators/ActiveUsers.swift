import EventBase
import EventColumns
import EventPlan

/// Distinct users by day, week, month, quarter or year, from the user bitmaps of segments: no row is read.
///
/// Recognised: one key that is `date_trunc` of the time column or its cast to DATE; only `count(DISTINCT user)`; conditions on
/// whole UTC days and on event names. Everything else, and tables with hidden rows, is left to the general operators.
/// - Complexity: O(bitmaps of the days asked for).
struct ActiveUsers {
    private let scan: ScanNode
    private let bucket: Bucket
    private let snapshot: any EventSnapshot
    private var timeRange = Int64.min...Int64.max
    /// nil: any event.
    private var names: [String]?

    private enum Bucket {
        case date
        case trunc(String)
    }

    /// nil where rows must be read.
    static func answer(
        _ node: AggregateNode, _ snapshots: StatementSnapshots, counting readings: ReadCounters
    ) throws(EventSQLError) -> [Batch]? {
        guard node.keys.count == 1, node.groupingSets == nil, !node.aggregates.isEmpty,
            case .scan(let scan) = node.input,
            let bucket = bucket(node.keys[0], scan), node.aggregates.allSatisfy({ countsUsers($0, scan) })
        else { return nil }
        let snapshot = try snapshots.snapshot(ofTable: scan.table, counting: readings)
        guard snapshot.rowGroups.allSatisfy({ $0.hasUserBitmaps && $0.hiddenRows == nil }) else { return nil }
        var answer = ActiveUsers(scan: scan, bucket: bucket, snapshot: snapshot)
        guard answer.takeConditions() else { return nil }
        // A day whose only such events are nobody's has a count of 0, which bitmaps of users do not show.
        if answer.names != nil, snapshot.rowGroups.contains(where: { $0.userRange.lowerBound == 0 }) { return nil }
        return [try answer.run(type: node.keys[0].type, aggregateCount: node.aggregates.count)]
    }

    private init(scan: ScanNode, bucket: Bucket, snapshot: any EventSnapshot) {
        self.scan = scan
        self.bucket = bucket
        self.snapshot = snapshot
    }

    private static func role(_ expression: BoundExpression, _ scan: ScanNode) -> ColumnRole? {
        guard case .column(let index, _, _) = expression, scan.outputs.indices.contains(index) else { return nil }
        return scan.layout.columns[scan.outputs[index]].role
    }

    private static func bucket(_ key: BoundExpression, _ scan: ScanNode) -> Bucket? {
        switch key {
        case .cast(let inner, .date, _, _) where role(inner, scan) == .time: return .date
        case .call(let call) where call.function == "date_trunc" && call.arguments.count == 2:
            guard case .string(let unit) = call.arguments[0].constantValue, role(call.arguments[1], scan) == .time,
                ["day", "week", "month", "quarter", "year"].contains(unit.lowercased())
            else { return nil }
            return .trunc(unit.lowercased())
        default: return nil
        }
    }

    private static func countsUsers(_ call: AggregateCall, _ scan: ScanNode) -> Bool {
        (call.function == "count_distinct" || call.function == "count" && call.isDistinct) && call.filter == nil
            && call.arguments.count == 1 && role(call.arguments[0], scan) == .user
    }

    /// Splits the scan's conditions into whole days and event names; false when something else is asked.
    private mutating func takeConditions() -> Bool {
        guard let condition = BoundExpression.all(scan.predicates) else { return true }
        let filter = RowFilterPlan(condition, layout: scan.layout)
        let day = CalendarMath.microsPerDay
        let (low, high) = (filter.timeRange.lowerBound, filter.timeRange.upperBound)
        guard low == .min || low % day == 0, high == .max || (high + 1) % day == 0 else { return false }
        timeRange = filter.timeRange
        guard let rest = filter.predicate else { return true }
        for part in rest.conjuncts {
            guard let found = eventNames(part) else { return false }
            names = names.map { known in known.filter { found.contains($0) } } ?? found
        }
        return true
    }

    /// The names that `event_name = 'x'` or `event_name IN (...)` allows.
    private func eventNames(_ part: BoundExpression) -> [String]? {
        func isName(_ expression: BoundExpression) -> Bool {
            if case .column(let index, _, _) = expression {
                scan.layout.columns[index].role == .eventName
            } else {
                false
            }
        }
        func text(_ expression: BoundExpression) -> String? {
            if case .string(let name) = expression.constantValue { name } else { nil }
        }
        switch part {
        case .compare(.equal, let a, let b):
            return isName(a) ? text(b).map { [$0] } : isName(b) ? text(a).map { [$0] } : nil
        case .inList(let operand, let members, negated: false) where isName(operand):
            let found = members.map(text)
            return found.contains(nil) ? nil : found.compactMap { $0 }
        default: return nil
        }
    }

    private func run(type: ScalarType, aggregateCount: Int) throws(EventSQLError) -> Batch {
        var parts: [Int64: [Bitmap]] = [:]
        for group in snapshot.rowGroups {
            let codes = names.map { names in names.compactMap { group.eventNames.code(of: $0) } }
            for day in group.days where timeRange.contains(CalendarMath.micros(ofDay: day)) {
                let key = start(of: day, type)
                guard let codes else {
                    parts[key, default: []].append(try group.users(onDay: day))
                    continue
                }
                for code in codes {
                    let users = try group.users(onDay: day, eventCode: code)
                    if !users.isEmpty { parts[key, default: []].append(users) }
                }
            }
        }
        let keys = parts.keys.sorted()
        let counts = keys.map { Int64(persons(Bitmap.union(parts[$0] ?? []))) }
        let column = Vector(type: .int64, values: .int64(counts))
        return Batch(
            columns: [Vector(type: type, values: .int64(keys))] + Array(repeating: column, count: aggregateCount),
            rowCount: keys.count)
    }

    /// Users whose identities were merged count once.
    private func persons(_ users: Bitmap) -> Int {
        guard let canonical = snapshot.canonicalUsers else { return users.count }
        var seen = UserSet(userCount: canonical.count)
        return users.values().count { user in
            let person = canonical[Int(user)]
            defer { seen.insert(person) }
            return !seen.contains(person)
        }
    }

    /// The key of a day: the first instant of its period, or the day itself.
    private func start(of day: Int32, _ type: ScalarType) -> Int64 {
        guard case .trunc(let unit) = bucket else { return Int64(day) }
        let date = CalendarMath.civil(day: Int(day))
        let first =
            switch unit {
            case "week": Int(day) - (CalendarMath.isoWeekday(day: Int(day)) - 1)
            case "month": CalendarMath.days(year: date.year, month: date.month, day: 1)
            case "quarter": CalendarMath.days(year: date.year, month: (date.month - 1) / 3 * 3 + 1, day: 1)
            case "year": CalendarMath.days(year: date.year, month: 1, day: 1)
            default: Int(day)
            }
        return CalendarMath.micros(ofDay: Int32(first))
    }
}
