import EventBase
import EventColumns
import EventPlan

/// What the predicates of a scan say about whole row groups and granules, so that most need not be opened.
struct ScanBounds {
    /// Instants outside cannot satisfy the predicates.
    private(set) var times: ClosedRange<Int64> = Int64.min...Int64.max
    /// Event names of `event_name = 'x'` or IN (...); nil: any.
    private(set) var eventNames: Set<String>?
    /// Ids of `user_id = 'x'` or IN (...); nil: any.
    private(set) var users: Set<String>?
    /// Numbers outside cannot satisfy the predicates, by path.
    private(set) var numbers: [String: ClosedRange<Double>] = [:]
    /// Predicates that row bitmaps of event names answer completely.
    private(set) var answeredByNames: Set<Int> = []
    /// Predicates that hold wherever the time lies in `times`: comparisons of the time column with a constant.
    private(set) var answeredByTimes: Set<Int> = []
    /// Nothing can satisfy the predicates.
    private(set) var isEmpty = false

    init(_ node: ScanNode) {
        for (index, predicate) in node.predicates.enumerated() { take(predicate, index, node.layout) }
    }

    private mutating func take(_ predicate: BoundExpression, _ index: Int, _ layout: ScanLayout) {
        switch predicate {
        case .compare(let comparison, .column(let column, _, _), .constant(let value, _)):
            take(comparison, layout.columns[column], value, index)
        case .compare(let comparison, .constant(let value, _), .column(let column, _, _)):
            take(comparison.mirrored, layout.columns[column], value, index)
        case .compare(let comparison, .cast(.column(let column, .int64, _), to: .double, _, _), .constant(let value, _)):
            take(comparison, layout.columns[column], value, index)
        case .inList(.column(let column, _, _), let members, negated: false):
            let texts = members.compactMap { member -> String? in
                if case .string(let text) = member.constantValue { text } else { nil }
            }
            guard texts.count == members.count else { return }
            take(names: Set(texts), layout.columns[column], index)
        default: break
        }
    }

    private mutating func take(_ comparison: Comparison, _ column: ScanLayout.Column, _ value: Value, _ index: Int) {
        switch value {
        case .null: isEmpty = true
        case .string(let text) where comparison == .equal: take(names: [text], column, index)
        case .timestamp(let micros) where column.role == .time: narrow(comparison, micros, index)
        case .int64(let number): narrow(comparison, column, Double(number))
        case .double(let number) where !number.isNaN: narrow(comparison, column, number)
        default: break
        }
    }

    private mutating func take(names: Set<String>, _ column: ScanLayout.Column, _ index: Int) {
        switch column.role {
        case .eventName:
            if eventNames == nil { answeredByNames.insert(index) }
            eventNames = eventNames?.intersection(names) ?? names
        case .user: users = users?.intersection(names) ?? names
        default: break
        }
    }

    private mutating func narrow(_ comparison: Comparison, _ micros: Int64, _ index: Int) {
        // At the ends of the range of instants a bound may let one too many through.
        if comparison != .notEqual, micros != .min, micros != .max { answeredByTimes.insert(index) }
        var (low, high) = (times.lowerBound, times.upperBound)
        switch comparison {
        case .equal: (low, high) = (max(low, micros), min(high, micros))
        case .less: high = min(high, micros == .min ? micros : micros - 1)
        case .lessOrEqual: high = min(high, micros)
        case .greater: low = max(low, micros == .max ? micros : micros + 1)
        case .greaterOrEqual: low = max(low, micros)
        case .notEqual: break
        }
        if low > high { isEmpty = true } else { times = low...high }
    }

    /// Bounds are kept as DOUBLE and inclusive, which can only keep too much.
    private mutating func narrow(_ comparison: Comparison, _ column: ScanLayout.Column, _ number: Double) {
        guard column.type.isNumeric, !column.isTypeName else { return }
        let old = numbers[column.path] ?? -.infinity ... .infinity
        var (low, high) = (old.lowerBound, old.upperBound)
        switch comparison {
        case .equal: (low, high) = (max(low, number), min(high, number))
        case .less, .lessOrEqual: high = min(high, number)
        case .greater, .greaterOrEqual: low = max(low, number)
        case .notEqual: break
        }
        if low > high { isEmpty = true } else { numbers[column.path] = low...high }
    }

    /// The predicates that every row of a group satisfies, judging by its first and last instant.
    func answered(byTimesOf group: any RowGroup) -> Set<Int> {
        times.contains(group.timeRange) ? answeredByTimes : []
    }

    /// Whether a granule can hold a row that satisfies the predicates, judging by zone maps.
    func mayHold(_ group: any RowGroup, granule: Int, timePath: String) -> Bool {
        if times != Int64.min...Int64.max,
            case .int64(let low, let high, _) = group.zone(of: timePath, granule: granule)
        {
            if high < times.lowerBound || low > times.upperBound { return false }
        }
        for (path, range) in numbers {
            switch group.zone(of: path, granule: granule) {
            case .unknown: break
            case .allNull: return false
            case .int64(let low, let high, _):
                if Double(high) < range.lowerBound || Double(low) > range.upperBound { return false }
            case .double(let low, let high, _):
                // NaN sorts above every number and may hide outside the zone.
                if low > range.upperBound || high < range.lowerBound && range.upperBound < .infinity { return false }
            }
        }
        return true
    }
}
